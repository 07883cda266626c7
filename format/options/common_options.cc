#include "format/options/common_options.h"

#include <charconv>
#include <cstdio>

namespace ctrace {
namespace {

struct FilterRow {
  std::string_view name, alias, value, help;
  std::vector<std::string> FilterSpec::*list;
};

constexpr FilterRow kFilterRows[] = {
    {"event", "e", "NAME,...", "only these events", &FilterSpec::events},
    {"exclude-event", "ee", "NAME,...", "not these events", &FilterSpec::exclude_events},
    {"set", "", "NAME,...", "only the events of these sets; with --event: and of these sets too",
     &FilterSpec::sets},
    {"exclude-set", "eset", "NAME,...", "not the events of these sets", &FilterSpec::exclude_sets},
    {"comm", "", "NAME,...", "only tasks of these names, as the kernel keeps them (15 bytes)",
     &FilterSpec::comms},
    {"exclude-comm", "ecomm", "NAME,...", "not tasks of these names", &FilterSpec::exclude_comms},
    {"container", "", "NAME|ID,...", "only these containers: name, id or the beginning of an id",
     &FilterSpec::containers},
};

OptionRow flag_row(std::string_view name, std::string_view alias, std::string_view help,
                   bool& flag) {
  return {name, alias, "", help, [&flag](const std::string&) {
            flag = true;
            return Result<void>();
          }};
}

}  // namespace

OptionGroup filter_options(FilterSpec& spec) {
  OptionGroup group{"WHICH EVENTS (each option may be repeated; an exclusion wins)", {}};
  for (const FilterRow& row : kFilterRows) {
    group.rows.push_back({row.name, row.alias, row.value, row.help,
                          [&row, &list = spec.*row.list](const std::string& value) {
                            return append_list("--" + std::string(row.name), value, list);
                          }});
  }
  return group;
}

OptionGroup output_options(OutputFormat& format) {
  const auto take = [&format](const std::string& value) -> Result<void> {
    auto named = output_format_by_name(value);
    if (!named) return unexpected(named.error());
    format = *named;
    return {};
  };
  return {"OUTPUT",
          {{"format", "", "table|json",
            "a line (table, the default) or a JSON object for each event", take}}};
}

OptionGroup general_options(GeneralFlags& flags) {
  return {"GENERAL",
          {flag_row("help", "h", "this text", flags.help),
           flag_row("version", "", "the version", flags.version)}};
}

bool general_flags_answered(const ProgramOptions& options, const GeneralFlags& flags) {
  if (flags.help) {
    std::fputs(help_text(options).c_str(), stdout);
  } else if (flags.version) {
    std::printf("%s %s\n", std::string(options.program).c_str(), CTRACE_VERSION);
  }
  return flags.help || flags.version;
}

Result<void> append_list(std::string_view option, const std::string& value,
                         std::vector<std::string>& list) {
  for (size_t start = 0; start <= value.size();) {
    const size_t end = std::min(value.find(',', start), value.size());
    if (end == start) {
      return unexpected(Error::Kind::kUsage, "option '" + std::string(option) +
                                                 "' has an empty name in '" + value + "'");
    }
    list.push_back(value.substr(start, end - start));
    start = end + 1;
  }
  return {};
}

Result<void> parse_count(std::string_view option, const std::string& value, uint64_t smallest,
                         uint64_t& count) {
  const char* const end = value.data() + value.size();
  uint64_t number = 0;
  const auto parsed = std::from_chars(value.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end || number < smallest) {
    return unexpected(Error::Kind::kUsage,
                      "option '" + std::string(option) + "' needs a whole number from " +
                          std::to_string(smallest) + " on, not '" + value + "'");
  }
  count = number;
  return {};
}

}  // namespace ctrace
