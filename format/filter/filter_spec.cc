#include "format/filter/filter_spec.h"

#include <algorithm>
#include <cstdlib>

#include "format/filter/expression.h"
#include "format/model/event.h"

namespace ctrace {
namespace {

unexpected wrong(const FilterOptionRow& row, const std::string& value, std::string_view wanted) {
  return unexpected(Error::Kind::kUsage, "option '--" + std::string(row.name) + "' takes " +
                                             std::string(wanted) + ", not '" + value + "'");
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 10 &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

// A leading zero would make it octal for the expression.
std::string decimal(std::string_view digits) {
  return std::to_string(std::strtoull(std::string(digits).c_str(), nullptr, 10));
}

Result<std::string> number_expression(const FilterOptionRow& row, const std::string& value) {
  if (!is_number(value)) return wrong(row, value, "a number");
  return std::string(row.field) + " = " + decimal(value);
}

// "12": as the container numbers it; "host:12": as the recorder does.
Result<std::string> process_expression(const FilterOptionRow& row, const std::string& value) {
  constexpr std::string_view kHost = "host:";
  const bool host = value.starts_with(kHost);
  const std::string number = value.substr(host ? kHost.size() : 0);
  if (!is_number(number)) return wrong(row, value, "a number or host:NUMBER");
  return (host ? "host." : "") + std::string(row.field) + " = " + decimal(number);
}

Result<std::string> abi_expression(const FilterOptionRow& row, const std::string& value) {
  if (std::ranges::find(kAbiNames, value) != std::end(kAbiNames)) return "abi = " + value;
  return wrong(row, value, "one of x86_64, i386, x32, arm64 and arm");
}

// "ENOENT", "-2", "<0", ">= 4096", "!=0", "0..10".
Result<std::string> result_expression(const FilterOptionRow& row, const std::string& given) {
  std::string text, value = given;
  if (const size_t end = value.find_first_not_of("=!<>"); end > 0 && end != value.npos)
    value.erase(end, value.find_first_not_of(' ', end) - end);
  if (const size_t dots = value.find(".."); dots != value.npos) {
    text = "ret >= " + value.substr(0, dots) + " and ret <= " + value.substr(dots + 2);
  } else {
    const bool compares = value.find_first_of("=!<>") == 0;
    text = compares ? "ret " + value : "ret = " + value;
  }
  // Nothing of a whole expression may come in with the value.
  const bool clean = value.find_first_of(" \t\n()\"',") == value.npos;
  if (clean && Expression::parse(text)) return text;
  return wrong(row, value, "a number, an errno's name, <N, <=N, >N, >=N, !=N or N..N");
}

Result<std::string> text_expression(const FilterOptionRow& row, const std::string& value) {
  return std::string(row.field) + " glob " + expression_text(value);
}

Result<std::string> flag_expression(const FilterOptionRow& row, const std::string&) {
  return std::string(row.field);
}

using Spec = FilterSpec;
using enum FilterOptionRow::Values;

// clang-format off
constexpr FilterOptionRow kRows[] = {
    {"event", "e", "NAME,...", "only these events; a pattern names many: 'open*'", &Spec::events},
    {"exclude-event", "ee", "NAME,...", "not these events", &Spec::exclude_events},
    {"set", "", "NAME,...", "only the events of these sets; with --event: and of these sets too",
     &Spec::sets},
    {"exclude-set", "eset", "NAME,...", "not the events of these sets", &Spec::exclude_sets},
    {"comm", "", "NAME,...", "only tasks of these names, as the kernel keeps them (15 bytes)",
     &Spec::comms},
    {"exclude-comm", "ecomm", "NAME,...", "not tasks of these names", &Spec::exclude_comms},
    {"exe", "", "PATTERN", "only tasks that run a program whose path is like this; * passes every /",
     &Spec::exes, nullptr, kWhole, text_expression, "exe"},
    {"container", "", "NAME|ID|IMAGE|pod:NS/NAME|label:K=V,...",
     "only these containers: name, image, pod or label (each may be a pattern), id or its beginning",
     &Spec::containers},
    {"new", "", "", "only containers that started after the recorder", nullptr, &Spec::only_new,
     kWhole},
    {"existing", "", "", "only containers that ran before it", nullptr, &Spec::only_existing, kWhole},
    {"host", "", "", "the host's own processes too, whichever containers are chosen", nullptr,
     &Spec::host, kWhole},
    {"pid", "", "N|host:N,...", "only processes of this number: their own, or the recorder's",
     &Spec::pids, nullptr, kCommaList, process_expression, "pid"},
    {"tid", "", "N|host:N,...", "only threads of this number", &Spec::tids, nullptr, kCommaList,
     process_expression, "tid"},
    {"ppid", "", "N|host:N,...", "only children of this process", &Spec::ppids, nullptr, kCommaList,
     process_expression, "ppid"},
    {"tree", "", "N|host:N,...", "only this process and what descends from it", &Spec::trees},
    {"uid", "", "N,...", "only tasks of this user, numbered as outside of user namespaces",
     &Spec::uids, nullptr, kCommaList, number_expression, "uid"},
    {"gid", "", "N,...", "only tasks of this group, numbered likewise", &Spec::gids, nullptr,
     kCommaList, number_expression, "gid"},
    {"abi", "", "NAME,...", "only this system call table: x86_64, i386, x32, arm64, arm",
     &Spec::abis, nullptr, kCommaList, abi_expression, "abi"},
    {"failed", "", "", "only system calls that returned an error", nullptr, &Spec::failed, kWhole,
     flag_expression, "failed"},
    {"successful", "", "", "only system calls that did not", nullptr, &Spec::successful, kWhole,
     flag_expression, "successful"},
    {"denied", "", "",
     "only system calls that seccomp refused, or left to a supervisor or tracer", nullptr,
     &Spec::denied, kWhole, flag_expression, "denied"},
    {"ret", "", "RESULT,...", "only these results: 0, ENOENT, '<0', '>=4096', 0..10",
     &Spec::results, nullptr, kCommaList, result_expression, "ret"},
    {"path", "", "PATTERN", "only with a path like this as an argument; * passes every /",
     &Spec::paths, nullptr, kWhole, text_expression, "path"},
    {"since", "", "TIME", "from then on: '2026-11-23 10:11:12.5', 10:11:12, with Z for UTC, +1.5s",
     &Spec::since, nullptr, kLast},
    {"until", "", "TIME", "before then", &Spec::until, nullptr, kLast},
    {"where", "", "EXPRESSION", "only where this holds; see EXPRESSIONS", &Spec::where, nullptr,
     kWhole},
};
// clang-format on

}  // namespace

std::span<const FilterOptionRow> filter_option_rows() { return kRows; }

bool FilterSpec::empty() const {
  return std::ranges::all_of(kRows, [this](const FilterOptionRow& row) {
    return row.flag ? !(this->*row.flag) : (this->*row.list).empty();
  });
}

std::vector<std::string> FilterSpec::words() const {
  std::vector<std::string> words;
  for (const FilterOptionRow& row : kRows) {
    const std::string option = "--" + std::string(row.name);
    if (row.flag) {
      if (this->*row.flag) words.push_back(option);
      continue;
    }
    for (const std::string& value : this->*row.list) {
      words.push_back(option);
      words.push_back(value);
    }
  }
  return words;
}

}  // namespace ctrace
