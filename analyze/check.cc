#include "analyze/check.h"

#include <algorithm>

#include "analyze/json_lines_reader.h"
#include "analyze/refusing_rule.h"
#include "analyze/subcommand.h"
#include "format/catalogue/catalogue.h"
#include "format/options/common_options.h"
#include "format/print/text_table.h"
#include "format/seccomp/profile_reader.h"

namespace ctrace {
namespace {

using nlohmann::ordered_json;

std::string when_text(const RefusedKey& key, const RefusedUse& use) {
  return key.comm.empty() ? "-" : seconds_text(use.first_ns);
}

std::string count_text(const RefusedKey& key, const RefusedUse& use) {
  return key.comm.empty() ? "-" : std::to_string(use.count);
}

}  // namespace

// Is a call with this answer of the filter one to be listed?
bool ProfileCheck::concerns(const Event& event, uint32_t answer) {
  if (question_ == Question::kWould) return !is_allowed(answer);
  if (is_logged(answer)) return true;
  if (!is_refused(event.denied)) return false;
  if (!is_allowed(answer)) return true;
  ++refused_by_others_;
  return false;
}

void ProfileCheck::add_own(const Event& event, uint64_t begin_ns) {
  ++calls_;
  const auto found = judge_.answer(event);
  if (found && concerns(event, *found)) add_refused(event, *found, begin_ns, event.task->comm);
}

// Most of the set-up is done before the filter is in force, so that what would be logged does not
// count: only what was refused.
void ProfileCheck::add_setup(const Event& event, uint64_t begin_ns) {
  const auto found = judge_.answer(event);
  if (!found) return;
  const uint32_t index = event.task->container->index;
  setup_seen_[index].insert(event.type->name);
  if (is_allowed(*found)) setup_allowed_[index].insert(event.type->name);
  const bool did = question_ == Question::kDid && is_refused(event.denied);
  if (did && !is_allowed(*found)) add_refused(event, *found, begin_ns, "");
}

void ProfileCheck::add_refused(const Event& event, uint32_t answer, uint64_t begin_ns,
                               std::string comm) {
  RefusedUse& use = refused_[{event.type->name, event.abi, container_name(event.task->container),
                              std::move(comm), describe_answer(answer)}];
  const uint64_t at_ns = event.time_ns > begin_ns ? event.time_ns - begin_ns : 0;
  use.first_ns = use.count == 0 ? at_ns : std::min(use.first_ns, at_ns);
  ++use.count;
}

// Would the runtime get as far as the container's execve? A call of its baseline is refused when
// the set-up, in which the call's arguments stand, shows none that would be let through.
void ProfileCheck::add_runtime(RecordingReader& reader, const Chosen& chosen) {
  const Abi abi = native_abi(reader);
  for (const uint32_t index : chosen.containers) {
    const Container& container = reader.containers().at(index);
    for (const std::string& name : baseline_names(baseline_, &container, abi)) {
      const auto number = seccomp_number(abi, name);
      if (!number || *number < 0 || setup_allowed_[index].contains(name)) continue;
      uint16_t looked_at = 0;
      const uint32_t found = run_filter(judge_.filter(), {abi, *number, {}}, &looked_at);
      const bool by_args = (looked_at & kLookedAtArgs) != 0;
      const bool is_refused = by_args ? setup_seen_[index].contains(name) : !is_allowed(found);
      if (!is_refused) continue;
      refused_[{name, abi, container_name(&container), "", describe_answer(found)}].count = 1;
    }
  }
}

Result<void> ProfileCheck::add(RecordingReader& reader, const Chosen& chosen) {
  judge_.next_recording();
  setup_allowed_.clear();
  setup_seen_.clear();
  const uint64_t begin_ns = reader.header().monotonic_ns;
  uint64_t execs = 0;
  auto read = reader.read({}, [&](const Event& event) {
    execs += event.type->id == kProcessExec && is_own(*event.task, chosen) ? 1 : 0;
    // An execve that was refused comes before any exec.
    if (!event.type->is_syscall || (execs < begin_at_exec_ && !is_refused(event.denied)))
      return true;
    if (is_own(*event.task, chosen)) {
      add_own(event, begin_ns);
    } else if (is_setup(*event.task, chosen)) {
      add_setup(event, begin_ns);
    }
    return true;
  });
  if (read && question_ == Question::kWould) add_runtime(reader, chosen);
  return read;
}

ordered_json refused_json(const RefusedCalls& refused, const SeccompProfile* profile) {
  ordered_json json = ordered_json::array();
  for (const auto& [key, use] : refused) {
    ordered_json row = {{"name", escaped(key.name)},           {"abi", abi_name(key.abi)},
                        {"container", escaped(key.container)}, {"process", escaped(key.comm)},
                        {"by_runtime", key.comm.empty()},      {"action", key.answer}};
    if (profile != nullptr) row["rule"] = refusing_rule(*profile, key.abi, key.name);
    if (!key.comm.empty()) row.update({{"count", use.count}, {"first_ns", use.first_ns}});
    json.push_back(std::move(row));
  }
  return json;
}

void print_refused(const RefusedCalls& refused, OutputBuffer& out, const SeccompProfile* profile) {
  std::vector<TextRow> rows = {
      {"SYSCALL", "ABI", "CONTAINER", "ACTION", "COUNT", "FIRST(s)", "PROCESS"}};
  if (profile != nullptr) rows.front().push_back("RULE");
  for (const auto& [key, use] : refused) {
    rows.push_back({escaped(key.name), std::string(abi_name(key.abi)), escaped(key.container),
                    key.answer, count_text(key, use), when_text(key, use),
                    key.comm.empty() ? "(the runtime, to start it)" : escaped(key.comm)});
    if (profile != nullptr) rows.back().push_back(refusing_rule(*profile, key.abi, key.name));
  }
  if (rows.size() > 1) print_rows(rows, out);
}

ordered_json check_json(const ProfileCheck& check, const SeccompProfile* profile) {
  return {{"calls", check.calls()}, {"refused", refused_json(check.refused(), profile)}};
}

// ---- the subcommand

namespace {

struct CheckOptions {
  std::vector<std::string> containers, capabilities;
  Baseline baseline = Baseline::kRecorded;
  bool json = false;
};

OptionGroup check_options(CheckOptions& options) {
  const auto take_baseline = [&](const std::string& value) -> Result<void> {
    auto baseline = baseline_by_name(value);
    if (!baseline) return unexpected(baseline.error());
    options.baseline = *baseline;
    return {};
  };
  const auto take_caps = [&](const std::string& value) {
    return append_list("--cap", value, options.capabilities);
  };
  return {"CHECK",
          {container_option(options.containers),
           {"cap", "", "NAME,...",
            "capabilities that the container will have beside Docker's 14, for rules that ask for "
            "them (SYS_PTRACE)",
            take_caps},
           {"runtime-baseline", "", "NAME",
            "whose start is checked too: recorded (the default), runc, crun, union, none",
            take_baseline},
           flag_option("json", "one JSON object instead of a table", options.json)}};
}

constexpr HelpText kHelp = {
    "PROFILE is OCI's, Docker's or podman's JSON, a bundle's config.json, systemd's lines, or a\n"
    "filter (bpf). RECORDING is a recording or ctrace-replay's JSON lines.\n"
    "Listed is each call that would get anything but ALLOW (LOG too), by call, container and\n"
    "process, with the rule that does so; and calls that the runtime makes under the filter "
    "before\n"
    "it starts the container.\n"
    "A rule on a pointer sees 0: recordings hold what it pointed to.\n"
    "Exit code: 0 all would be let through, 1 something would not, 2 trouble.",
    "  ctrace-analyze check seccomp.json run.ctr"};

ProfileSetting setting_for(const RecordingReader& reader, const CheckOptions& options) {
  ProfileSetting setting = ProfileSetting::of(reader.header());
  for (const std::string& name : options.capabilities) {
    setting.capabilities.insert(name.starts_with("CAP_") ? name : "CAP_" + name);
  }
  return setting;
}

struct Checked {
  std::optional<ProfileCheck> check;
  std::optional<SeccompProfile> profile;  // none: a raw filter
};

Result<int> check_files(const Words& files, const CheckOptions& options, Checked& made) {
  Scope scope(options.containers);
  int exit_code = kExitYes;
  for (size_t i = 1; i < files.size(); ++i) {
    auto reader = open_recording(files[i]);
    if (!reader) return unexpected(reader.error());
    if (!made.check) {
      auto profile = load_profile(files.front(), setting_for(**reader, options));
      if (!profile) return unexpected(profile.error());
      made.check.emplace(std::move(profile->filter), options.baseline);
      made.profile = std::move(profile->profile);
    }
    if (auto added = made.check->add(**reader, scope.choose(**reader)); !added) {
      return unexpected(added.error());
    }
    exit_code = std::max(exit_code, tell_state(files[i], **reader));
    tell_loss(files[i], **reader);
  }
  if (auto found = scope.all_found(); !found) return unexpected(found.error());
  return exit_code;
}

}  // namespace

int run_check(const Subcommand& self, const Words& words) {
  CheckOptions options;
  const CommandLine line =
      read_command_line(self, check_options(options), words, Words().max_size(), kHelp);
  if (line.exit_code) return *line.exit_code;
  if (line.files.size() < 2) {
    return fail(kProgram, {Error::Kind::kUsage, "needs a profile and a recording (try --help)"});
  }
  Checked made;
  auto done = check_files(line.files, options, made);
  if (!done) return fail(kProgram, done.error());
  const ProfileCheck& check = *made.check;
  const SeccompProfile* profile = made.profile ? &*made.profile : nullptr;
  if (check.calls() == 0) {
    return fail(kProgram, Error("no call of a container is in the recording"));
  }
  OutputBuffer out(1);
  if (options.json) {
    out.append(check_json(check, profile).dump(2) + '\n');
  } else {
    print_refused(check.refused(), out, profile);
  }
  return finish_output(out, std::max(*done, check.refused().empty() ? kExitYes : kExitNo));
}

}  // namespace ctrace
