#include "format/options/common_options.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace ctrace {
namespace {

OptionRow flag_row(std::string_view name, std::string_view alias, std::string_view help,
                   bool& flag) {
  return {name, alias, "", help, [&flag](const std::string&) {
            flag = true;
            return Result<void>();
          }};
}

OptionRow text_row(std::string_view name, std::string_view value, std::string_view help,
                   std::string& text) {
  return {name, "", value, help, [&text](const std::string& given) {
            text = given;
            return Result<void>();
          }};
}

template <typename T>
Result<void> assign(Result<T> value, T& to) {
  if (!value) return unexpected(value.error());
  to = std::move(*value);
  return {};
}

Result<void> take_filter_value(const FilterOptionRow& row, const std::string& value,
                               FilterSpec& spec) {
  if (row.flag) {
    spec.*row.flag = true;
    return {};
  }
  std::vector<std::string>& list = spec.*row.list;
  if (row.values == FilterOptionRow::Values::kCommaList) {
    return append_list("--" + std::string(row.name), value, list);
  }
  if (row.values == FilterOptionRow::Values::kLast) list.clear();
  list.push_back(value);
  return {};
}

}  // namespace

OptionGroup filter_options(FilterSpec& spec) {
  OptionGroup group{"WHICH EVENTS (options may be repeated; all sorts must fit; an exclusion wins)",
                    {}};
  for (const FilterOptionRow& row : filter_option_rows()) {
    group.rows.push_back(
        {row.name, row.alias, row.value, row.help,
         [&row, &spec](const std::string& value) { return take_filter_value(row, value, spec); }});
  }
  return group;
}

OptionGroup output_options(PrintOptions& print, OutputPaths& paths) {
  const auto row = [](std::string_view name, std::string_view alias, std::string_view value,
                      std::string_view help, auto take) {
    return OptionRow{name, alias, value, help, take};
  };
  const auto format = [&print](const std::string& value) {
    return assign(output_format_by_name(value), print.format);
  };
  const auto fields = [&print](const std::string& value) {
    return assign(parse_fields(value), print.fields);
  };
  const auto string_size = [&print](const std::string& value) {
    uint64_t size = 0;
    auto parsed = parse_count("--string-size", value, 0, size);
    if (parsed) print.string_size = size;
    return parsed;
  };
  const auto color = [&print](const std::string& value) {
    return assign(color_mode_by_name(value), print.color);
  };
  return {
      "OUTPUT",
      {row("format", "", "table|json|strace",
           "a line (table, the default), a JSON object or a line like strace's for each event",
           format),
       row("fields", "", "NAME,...", "only these columns or keys; see --list-fields", fields),
       flag_row("count", "c", "no events but how often each was made, by container", print.count),
       row("string-size", "s", "N", "show at most N bytes of a text (JSON: always all)",
           string_size),
       row("color", "", "auto|always|never",
           "colours in the table; auto (the default): on a terminal without NO_COLOR", color),
       text_row("events-path", "FILE", "print to this file", paths.events),
       text_row("errors-path", "FILE", "write messages to this file, not to stderr",
                paths.errors)}};
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
