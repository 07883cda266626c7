#include "analyze/explain.h"

#include <algorithm>

#include "analyze/call_facts.h"
#include "analyze/subcommand.h"
#include "format/catalogue/catalogue.h"
#include "format/decode/decode.h"
#include "format/print/text_table.h"

namespace ctrace {
namespace {

using nlohmann::ordered_json;

constexpr size_t kFew = 3;  // names in a cell

std::string errno_word(int number) {
  const std::string_view name = errno_name(number);
  return name.empty() ? std::to_string(number) : std::string(name);
}

// "start-up", "steady" or "both".
std::string_view phase_word(const CallUse& use) {
  if (use.startup == use.count) return "start-up";
  return use.startup == 0 ? "steady" : "both";
}

std::vector<std::pair<std::string, uint64_t>> word_counts(const Tally<std::string>& tally) {
  std::vector<std::pair<std::string, uint64_t>> counts;
  for (const auto& [word, count] : tally.counts) {
    counts.emplace_back(word.empty() ? "?" : escaped(word), count);
  }
  return counts;
}

std::vector<std::pair<std::string, uint64_t>> errno_counts(const CallUse& use) {
  std::vector<std::pair<std::string, uint64_t>> counts;
  for (const auto& [number, count] : use.errnos.counts) {
    counts.emplace_back(errno_word(number), count);
  }
  return counts;
}

std::vector<std::pair<std::string, uint64_t>> value_counts(const std::string& name,
                                                           const CallUse& use) {
  std::vector<std::pair<std::string, uint64_t>> counts;
  const CheckedArg* arg = find_checked_arg(name);
  if (arg == nullptr) return counts;
  for (const auto& [value, count] : use.values.counts) {
    counts.emplace_back(checked_value(*arg, value), count);
  }
  return counts;
}

ordered_json tally_json(const std::vector<std::pair<std::string, uint64_t>>& counts,
                        uint64_t others) {
  ordered_json json = ordered_json::object();
  for (const auto& [word, count] : counts) json[word] = count;
  if (others != 0) json["..."] = others;
  return json;
}

ordered_json facts_json(const std::string& name, const Minset& minset, const SyscallSet& set) {
  return {{"risk", risk_name(risk_of(name))},
          {"docker_default", docker_word(docker_default(name))},
          {"runtime_baseline", minset.baseline().contains(name)},
          {"argument_rules", set.args.contains(name) ? set.args.at(name).size() : 0}};
}

ordered_json use_json(const CallKey& key, const CallUse& use) {
  ordered_json json = {{"name", escaped(key.name)},
                       {"abi", abi_name(key.abi)},
                       {"count", use.count},
                       {"failed", use.failed},
                       {"first_ns", use.first_ns},
                       {"last_ns", use.last_ns},
                       {"startup_count", use.startup},
                       {"phase", phase_word(use)},
                       {"recordings", use.runs},
                       {"processes", tally_json(word_counts(use.comms), use.comms.others)},
                       {"programs", tally_json(word_counts(use.programs), use.programs.others)},
                       {"errnos", tally_json(errno_counts(use), use.errnos.others)}};
  if (find_checked_arg(key.name) != nullptr) {
    json["values"] = tally_json(value_counts(key.name, use), use.values.others);
  }
  return json;
}

TextRow use_row(const CallKey& key, const CallUse& use, const Minset& minset,
                const SyscallSet& set) {
  const std::string values = top_words(value_counts(key.name, use), use.values.others, 2 * kFew);
  std::string why = minset.baseline().contains(key.name) ? "runtime too" : "";
  if (minset.denied().contains(key.name)) why = "refused, not in the set";
  if (set.args.contains(key.name)) {
    why += (why.empty() ? "" : ", ") + std::to_string(set.args.at(key.name).size()) +
           " argument rule" + (set.args.at(key.name).size() == 1 ? "" : "s");
  }
  return {escaped(key.name),
          std::string(abi_name(key.abi)),
          std::to_string(use.count),
          std::to_string(use.failed),
          seconds_text(use.first_ns),
          seconds_text(use.last_ns),
          std::string(phase_word(use)),
          std::string(risk_name(risk_of(key.name))),
          std::string(docker_word(docker_default(key.name))),
          top_words(word_counts(use.comms), use.comms.others, kFew),
          top_words(word_counts(use.programs), use.programs.others, kFew),
          top_words(errno_counts(use), use.errnos.others, kFew),
          values,
          why.empty() ? "-" : why};
}

// Calls of the set that nobody in the container was seen to make.
std::vector<std::string> unseen_names(const Minset& minset, const SyscallSet& set) {
  std::vector<std::string> names;
  for (const std::string& name : set.names) {
    const auto& calls = minset.evidence().calls();
    const bool seen =
        std::ranges::any_of(calls, [&](const auto& c) { return c.first.name == name; });
    if (!seen) names.push_back(name);
  }
  return names;
}

Abi first_native(const SyscallSet& set) {
  return set.abis.contains(Abi::kArm64) && !set.abis.contains(Abi::kX86_64) ? Abi::kArm64
                                                                            : Abi::kX86_64;
}

}  // namespace

Refused count_refused(const SyscallSet& set, Abi native) {
  Refused refused;
  for (const EventType& type : event_types()) {
    if (!type.is_syscall || !syscall_number(type.id, native)) continue;
    if (type.id == kSyscallInvalid) continue;
    ++refused.known;
    refused.by_set += set.names.contains(type.name) ? 0 : 1;
    refused.by_docker += docker_default(type.name) == DockerDefault::kDenied ? 1 : 0;
  }
  return refused;
}

ordered_json explain_json(const Minset& minset, const SyscallSet& set) {
  ordered_json json;
  json["calls"] = ordered_json::array();
  for (const auto& [key, use] : minset.evidence().calls()) {
    ordered_json row = use_json(key, use);
    row["in_set"] = set.names.contains(key.name);
    row.update(facts_json(key.name, minset, set));
    json["calls"].push_back(std::move(row));
  }
  json["unseen"] = ordered_json::array();
  for (const std::string& name : unseen_names(minset, set)) {
    ordered_json row = {{"name", name}};
    row.update(facts_json(name, minset, set));
    json["unseen"].push_back(std::move(row));
  }
  json["answered_enosys"] = newer_twins(set);
  const Refused refused = count_refused(set, first_native(set));
  json["refused"] = {{"known", refused.known},
                     {"by_this_profile", refused.by_set},
                     {"by_docker_default", refused.by_docker}};
  json["warnings"] = ordered_json::array();
  for (const std::string& warning : minset.warnings()) json["warnings"].push_back(escaped(warning));
  return json;
}

void print_explain(const Minset& minset, const SyscallSet& set, OutputBuffer& out) {
  std::vector<TextRow> rows = {{"SYSCALL", "ABI", "COUNT", "FAILED", "FIRST(s)", "LAST(s)", "PHASE",
                                "RISK", "DOCKER", "PROCESSES", "PROGRAMS", "ERRNOS", "VALUES",
                                "NOTE"}};
  for (const auto& [key, use] : minset.evidence().calls()) {
    rows.push_back(use_row(key, use, minset, set));
  }
  for (const std::string& name : unseen_names(minset, set)) {
    rows.push_back({name, "-", "0", "0", "-", "-", "-", std::string(risk_name(risk_of(name))),
                    std::string(docker_word(docker_default(name))), "-", "-", "-", "-",
                    minset.baseline().contains(name) ? "runtime" : "always"});
  }
  print_rows(rows, out);
  std::string twins;
  for (const std::string& name : newer_twins(set)) twins += " " + name;
  if (!twins.empty()) {
    out.append("\nanswered ENOSYS, so that libc falls back to older calls:" + twins + "\n");
  }
  const Refused refused = count_refused(set, first_native(set));
  out.append("\nrefused: " + std::to_string(refused.by_set) + " of " +
             std::to_string(refused.known) + " system calls; Docker's default refuses " +
             std::to_string(refused.by_docker) + "\n");
}

}  // namespace ctrace
