#include "analyze/minset.h"

#include <algorithm>
#include <bit>

#include "analyze/call_facts.h"
#include "analyze/call_types.h"
#include "analyze/denied_calls.h"
#include "format/catalogue/catalogue.h"

namespace ctrace {
namespace {

// Every program needs these to end and to return from a signal's handler, seen or not.
constexpr const char* kAlways[] = {"exit", "exit_group", "restart_syscall", "rt_sigreturn"};

// For messages.
std::string shown(const Container& container) {
  return "container '" + container_name(&container) + "'";
}

std::string joined(const std::set<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

// One rule a value. The kernel reads 32 bits of these arguments, so the upper half, which some
// libcs fill with the sign, must not count.
std::vector<ArgRule> rules_for(const CheckedArg& arg, const std::set<uint64_t>& values) {
  std::vector<ArgRule> rules;
  for (const uint64_t value : values) {
    rules.push_back({arg.index, Compare::kMaskedEqual, arg.mask, value});
  }
  return rules;
}

}  // namespace

Minset::Minset(MinsetChoice choice)
    : choice_(std::move(choice)),
      scope_(choice_.containers, choice_.exact),
      evidence_(choice_.startup_ns) {}

Result<void> Minset::add(const std::string& file, RecordingReader& reader) {
  const Chosen chosen = scope_.choose(reader);
  if (!add_calls(reader, chosen)) return {};
  if (chosen.host) add_baseline(reader, nullptr);
  for (const uint32_t index : chosen.containers) {
    const Container& container = reader.containers().at(index);
    add_baseline(reader, &container);
    warn_of_container(container);
    start_unseen_ = start_unseen_ || container.existing;
    any_container_ = true;
  }
  warn_of_recording(file, reader);
  if (!choice_.args && !choice_.evidence) return {};
  return evidence_.add(reader, chosen);
}

bool Minset::add_calls(RecordingReader& reader, const Chosen& chosen) {
  const CallTypes types(reader);
  std::set<std::pair<uint16_t, Abi>> refused;
  if (!choice_.include_denied) refused = find_denied(reader, chosen);
  bool any = false;
  for (const CallCount& row : reader.call_counts()) {
    const bool counts = row.count != 0 && is_own(row, chosen);
    const EventType* type = counts ? types.find(row.event_id) : nullptr;
    if (type == nullptr || !type->is_syscall) continue;
    if (refused.contains({row.event_id, row.abi})) {
      denied_.insert(type->name);
    } else {
      add_call(row.abi, *type);
      counted_[{type->name, row.abi}] += row.count;
    }
    any = true;
  }
  return any;
}

void Minset::add_call(Abi abi, const EventType& type) {
  // 32-bit ARM's calls are recorded as numbers; libseccomp has their names.
  if (abi == Abi::kArm) {
    const auto number = syscall_number(type.id, abi);
    const auto name = number ? seccomp_name(abi, *number) : std::nullopt;
    if (name) {
      set_.abis.insert(abi);
      set_.names.insert(*name);
      return;
    }
  }
  if (!seccomp_knows(abi, type.name)) {
    unresolved_.insert(type.name + " (" + std::string(abi_name(abi)) + ")");
    return;
  }
  set_.abis.insert(abi);
  set_.names.insert(type.name);
}

void Minset::add_baseline(const RecordingReader& reader, const Container* container) {
  // The runtime is a program of the machine's own kind, whatever runs in the container.
  const Abi native = native_abi(reader);
  set_.abis.insert(native);
  std::set<std::string> names = baseline_names(choice_.baseline, container, native);
  add_clock_calls(names);
  baseline_.merge(names);
}

void Minset::warn_of_recording(const std::string& file, RecordingReader& reader) {
  const uint64_t lost = reader.totals().lost;
  if (reader.totals().undecided_denials != 0 && !choice_.include_denied) {
    warnings_.push_back("'" + file + "' does not tell of " +
                        std::to_string(reader.totals().undecided_denials) +
                        " calls under a filter whether it refused them: they are in the set");
  }
  const bool narrow = is_narrowed(reader.header());
  // The kernel side counted every call, whatever became of its event.
  if (reader.has_tallies()) {
    if ((lost != 0 || narrow) && (choice_.args || choice_.evidence)) {
      warnings_.push_back("'" + file +
                          "' has not the event of every call: the set is complete all the same, "
                          "from the kernel side's counters; what is told of the calls is not");
    }
    return;
  }
  if (narrow) {
    warnings_.push_back(
        "'" + file +
        "' was recorded with filters: calls that they left out are missing from the set");
  }
  if (lost != 0) {
    warnings_.push_back("'" + file + "' lost " + std::to_string(lost) +
                        " events: calls that were made only then may be missing from the set");
  }
}

void Minset::warn_of_container(const Container& container) {
  if (container.seccomp_mode != 0) {
    warnings_.push_back(shown(container) +
                        " ran under a seccomp filter: calls that would have followed those that "
                        "it refused are not in the set");
  }
  if (container.existing) {
    warnings_.push_back(shown(container) +
                        " ran before the recording began: the calls of its start may be missing");
  }
}

void Minset::warn_of_set() {
  for (const std::string& name : set_.names) denied_.erase(name);
  if (!denied_.empty()) {
    warnings_.push_back("refused by a filter each time, so not in the set (--include-denied): " +
                        joined(denied_));
  }
  if (!unresolved_.empty()) {
    warnings_.push_back("left out, libseccomp does not know them: " + joined(unresolved_));
  }
  std::set<std::string> escapes;
  for (const std::string& name : set_.names) {
    const Risk risk = risk_of(name);
    const bool worst = risk == Risk::kEscape || docker_default(name) == DockerDefault::kDenied;
    if (worst && name != "clone3") escapes.insert(name);
  }
  if (!escapes.empty()) {
    warnings_.push_back("the set has calls that help to leave a container, because it made them: " +
                        joined(escapes));
  }
  if (set_.names.contains("io_uring_setup")) {
    warnings_.push_back(
        "io_uring is used: what is done through its rings is no system call and no profile can "
        "refuse it");
  }
  for (const Abi abi : {Abi::kI386, Abi::kX32, Abi::kArm}) {
    if (!set_.abis.contains(abi)) continue;
    warnings_.push_back(std::string(abi_name(abi)) +
                        " calls were made: the profile allows the set for that table too");
  }
}

// Which values the argument may have. False: it is not to be ruled, because they are not few, not
// known, or all there are.
bool Minset::find_arg_rule(const std::string& name, std::vector<ArgRule>& rules) {
  const CheckedArg* arg = find_checked_arg(name);
  if (arg == nullptr) return false;
  std::set<uint64_t> values;
  const auto take = [&](const Tally<uint64_t>& tally) {
    for (const auto& [value, count] : tally.counts) values.insert(value);
    return tally.others == 0;
  };
  for (const Abi abi : set_.abis) {
    // Reached by another call (i386's socketcall), whose arguments are behind a pointer.
    if (seccomp_number(abi, name).value_or(-1) < 0) return false;
    const auto counted = counted_.find({name, abi});
    if (counted == counted_.end()) continue;
    const auto use = evidence_.calls().find({name, abi});
    // Calls whose events are missing may have had other values.
    if (use == evidence_.calls().end() || use->second.count < counted->second) return false;
    if (use->second.values_unknown || !take(use->second.values)) return false;
  }
  if (values.empty()) return false;
  if (any_container_ && baseline_.contains(name)) {
    // What the runtime does under the filter is among what it did to set up the container.
    const auto setup = evidence_.setup_values().find(name);
    if (!arg->is_whole()) {
      values.insert(arg->runtime_value);
    } else if (start_unseen_ || setup == evidence_.setup_values().end() || !take(setup->second)) {
      return false;
    }
  }
  const int bits = std::popcount(arg->mask);
  const bool all = bits < 16 && values.size() == size_t{1} << bits;
  if (all || values.size() > arg->limit) return false;
  rules = rules_for(*arg, values);
  return true;
}

void Minset::add_arg_rules() {
  for (const std::string& name : set_.names) {
    std::vector<ArgRule> rules;
    if (find_arg_rule(name, rules)) set_.args.emplace(name, std::move(rules));
  }
  std::set<std::string> blind;
  for (const char* name : {"clone3", "socketcall"}) {
    if (set_.names.contains(name)) blind.insert(name);
  }
  if (!blind.empty()) {
    warnings_.push_back("no rule can look at the arguments of " + joined(blind) +
                        ": they are behind a pointer");
  }
}

Result<SyscallSet> Minset::finish() {
  if (auto found = scope_.all_found(); !found) return unexpected(found.error());
  warn_of_set();
  if (set_.names.empty()) {
    return unexpected(
        "the set would be empty: no container made a system call of its own in the recording");
  }
  if (choice_.args) add_arg_rules();
  set_.names.insert(baseline_.begin(), baseline_.end());
  set_.names.insert(std::begin(kAlways), std::end(kAlways));
  // The 32-bit tables have two returns from a handler, which cannot be told apart when they end:
  // the number is gone.
  if (set_.abis.contains(Abi::kI386) || set_.abis.contains(Abi::kArm))
    set_.names.insert("sigreturn");
  return set_;
}

}  // namespace ctrace
