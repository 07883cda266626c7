// ctrace-analyze try: runs a command under a profile while ctrace-record watches, and lists what
// was refused; --until-clean adds that to the profile and tries again.
//
// This process reads nothing that others made: profiles and recordings are read by children of it
// that are confined (run_confined).
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>

#include "analyze/apply.h"
#include "analyze/call_facts.h"
#include "analyze/json_lines_reader.h"
#include "analyze/profile_format.h"
#include "analyze/run_under.h"
#include "analyze/subcommand.h"
#include "analyze/trial.h"
#include "analyze/try_run.h"
#include "format/base/file.h"
#include "format/options/common_options.h"

namespace ctrace {
namespace {

constexpr size_t kMaxBytes = 16 << 20;
constexpr std::string_view kPlace = "{}";  // of the profile's file, in the command's words
// Of a child, beside the others: what is refused cannot be let through; a run that logs is next.
constexpr int kExitStuck = 3;
constexpr int kExitLook = 4;

struct TryOptions {
  std::string bundle, recording;
  std::vector<std::string> containers;
  bool until_clean = false, json = false, no_record = false, no_new_privs = false;
  uint64_t rounds = 20;
};

OptionGroup try_options(TryOptions& o) {
  const auto take_rounds = [&](const std::string& value) {
    return parse_count("--rounds", value, 1, o.rounds);
  };
  return {
      "TRY",
      {text_option("bundle", "DIR",
                   "COMMAND starts this OCI bundle: the profile is put into its config.json, and "
                   "what was there put back afterwards",
                   o.bundle),
       {"container", "", "NAME|ID,...",
        "COMMAND asks a daemon to start these containers: they are recorded, whoever starts them, "
        "in place of COMMAND's own processes",
        [&](const std::string& value) { return append_list("--container", value, o.containers); }},
       flag_option("until-clean",
                   "let through what was refused and try again, until nothing is; prints the "
                   "profile",
                   o.until_clean),
       {"rounds", "", "N", "of --until-clean: try at most so often (20)", take_rounds},
       flag_option("no-new-privileges", "set no_new_privs for COMMAND", o.no_new_privs),
       flag_option("no-record", "only run COMMAND under the profile, in place of this program",
                   o.no_record),
       text_option("recording", "FILE", "keep the (last) recording; it must not exist yet",
                   o.recording),
       flag_option("json", "one JSON object instead of a table", o.json)}};
}

constexpr HelpText kHelp = {
    "COMMAND is run under the profile, as a runtime would do it, unless it starts a container:\n"
    "then the container is. With --bundle by the bundle's config.json; and each {} in COMMAND\n"
    "becomes the name of a file with the profile in OCI's form, for an engine to take.\n"
    "PROFILE is OCI's, Docker's or podman's JSON, systemd's lines, or (to run COMMAND itself) a\n"
    "filter. ctrace-record is taken from this program's folder, else from PATH; it needs its\n"
    "privileges. COMMAND's stdout goes to stderr.\n"
    "Listed is each call that the profile refused or logged, by call, container and process, and\n"
    "of the runtime's those that it refused; apart those that the profile itself answers ENOSYS,\n"
    "for libc to fall back. --until-clean runs COMMAND under the profile, when something was "
    "refused\n"
    "once more with all let through and logged, to see what the work needs beside, adds that to "
    "the\n"
    "profile (a call with all its arguments), and so on until a run under the profile is clean.\n"
    "Exit code: 0 nothing was refused, 1 something was, 2 trouble; with --no-record COMMAND's own.",
    "  ctrace-analyze try seccomp.json -- ./server --selftest\n"
    "  ctrace-analyze try --bundle /run/web seccomp.json -- runc run -b /run/web web\n"
    "  ctrace-analyze try seccomp.json -- podman run --rm --security-opt seccomp={} web\n"
    "  ctrace-analyze try --until-clean --bundle /run/web seccomp.json -- \\\n"
    "      runc run -b /run/web web >better.json"};

enum class Way { kItself, kBundle, kPlace };

// One run of the command. kLogged: nothing is refused, so that all shows what the work needs.
enum class Stage { kInForce, kLogged };

struct Trial {
  const TryOptions& options;
  Words command;
  Way way;
  const TrialFolder& folder;
  std::string profile;  // the file

  std::string recording() const {
    return options.recording.empty() ? folder.file("run.ctr") : options.recording;
  }
  // Of --until-clean: what is in force in the runs that only log, and the profile to go on with
  // when such a run shows nothing.
  std::string logging() const { return folder.file("logging.json"); }
  std::string fallback() const { return folder.file("fallback.json"); }
  const std::string profile_of(Stage stage) const {
    return stage == Stage::kLogged ? logging() : profile;
  }
};

// ---- in confined children

Result<void> write_profile(const SeccompProfile& profile, const std::string& path) {
  std::string text = oci_profile(profile).dump(2) + '\n';
  FileDescriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  iovec piece = {text.data(), text.size()};
  int error = file ? write_whole(file.get(), {&piece, 1}) : errno;
  if (error == 0) error = file.close();
  if (error != 0) return unexpected(system_message("cannot write '" + path + "'", error));
  return {};
}

// Makes the files of the given profile. kExitNo: it is a filter, to be taken as it is.
int take_profile(const Trial& trial, const std::string& from) {
  auto loaded = load_profile(from, ProfileSetting::docker_default());
  if (!loaded) return fail(kProgram, loaded.error());
  if (!loaded->profile) {
    if (trial.way == Way::kItself && !trial.options.until_clean) return kExitNo;
    return fail(kProgram, {Error::Kind::kUsage, "'" + from + "' is a filter, no profile"});
  }
  leave_out_unknown(*loaded);
  for (const std::string& name : loaded->unknown_names) {
    tell(kProgram, "left out, libseccomp does not know it: " + name);
  }
  auto written = write_profile(*loaded->profile, trial.profile);
  return written ? kExitYes : fail(kProgram, written.error());
}

// Puts the stage's profile to where the command looks for it.
int place_profile(const Trial& trial, Stage stage) {
  auto loaded = load_profile(trial.profile, ProfileSetting::docker_default());
  if (!loaded) return fail(kProgram, loaded.error());
  SeccompProfile& profile = *loaded->profile;
  Result<void> done;
  if (stage == Stage::kLogged) {
    profile = logging_profile(std::move(profile));
    done = write_profile(profile, trial.logging());
  }
  if (done && trial.way == Way::kBundle) done = apply_to_bundle(profile, trial.options.bundle);
  return done ? kExitYes : fail(kProgram, done.error());
}

void tell_names(const std::string& what, const std::set<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  if (!text.empty()) tell(kProgram, what + text);
}

void tell_added(const NextProfile& next) {
  tell_names("no profile can let these through: ", next.hopeless);
  tell_names("let through from now on: ", next.added);
  for (const std::string& name : next.added) {
    if (const Risk risk = risk_of(name); risk != Risk::kOrdinary) {
      tell(kProgram, "look at this one: " + name + " (" + std::string(risk_name(risk)) + ")");
    }
  }
}

// What follows from a run in force: the runtime's calls are let through (a run that logs does not
// show them apart from its set-up), and what the container did is kept as the fallback. A profile
// that logs needs no run apart to see more.
Result<int> extend_from_force(const Trial& trial, const SeccompProfile& profile,
                              const TrialResult& result) {
  const bool logs = profile.default_action.action == Action::kLog;
  const RefusedCalls own = made_by(false, result.refused);
  const NextProfile next = logs ? next_profile(profile, own) : with_runtime(profile, result);
  const NextProfile fallback = next_profile(next.profile, own);
  tell_added(next);
  if (next.added.empty() && fallback.added.empty()) return kExitStuck;
  for (const auto& [path, made] :
       {std::pair(trial.profile, &next), std::pair(trial.fallback(), &fallback)}) {
    if (auto written = write_profile(made->profile, path); !written) {
      return unexpected(written.error());
    }
  }
  return logs || own.empty() ? kExitNo : kExitLook;
}

Result<int> extend_from_log(const Trial& trial, const RefusedCalls& refused) {
  const auto setting = ProfileSetting::docker_default();
  auto base = load_profile(refused.empty() ? trial.fallback() : trial.profile, setting);
  if (!base) return unexpected(base.error());
  const NextProfile next = next_profile(*base->profile, refused);
  tell_added(next);
  if (refused.empty()) tell(kProgram, "let through from now on: what was refused in force");
  auto written = write_profile(next.profile, trial.profile);
  if (!written) return unexpected(written.error());
  return kExitNo;
}

Result<TrialResult> judge(const Trial& trial, const LoadedProfile& loaded, int& exit_code) {
  const std::string file = trial.recording();
  auto reader = open_recording(file);
  if (!reader) return unexpected(reader.error());
  ProfileCheck check(loaded.filter, Baseline::kNone, Question::kDid);
  Chosen chosen = Scope({}).choose(**reader);
  if (trial.way == Way::kItself) {
    // The first program was this one, to load the filter.
    chosen.host = true;
    check.begin_at_exec(2);
  }
  if (auto added = check.add(**reader, chosen); !added) return unexpected(added.error());
  exit_code = tell_state(file, **reader);
  tell_loss(file, **reader);
  if (const uint64_t unsure = (*reader)->totals().undecided_denials) {
    tell(kProgram, "of " + std::to_string(unsure) +
                       " failed calls it is not known whether a filter "
                       "refused them");
  }
  TrialResult result = trial_result(check, loaded);
  if (made_by(true, result.refused).empty()) return result;
  for (const uint32_t index : chosen.containers) {
    result.baseline.merge(baseline_names(Baseline::kRecorded, &(*reader)->containers().at(index),
                                         native_abi(**reader)));
  }
  return result;
}

// Of --until-clean it is on stderr: stdout is kept for the profile.
int print_result(const Trial& trial, const TrialResult& result, int status) {
  OutputBuffer out(trial.options.until_clean ? STDERR_FILENO : STDOUT_FILENO);
  if (trial.options.json) {
    nlohmann::ordered_json json = {{"status", status}};
    json.update(trial_json(result));
    out.append(json.dump(2) + '\n');
  } else {
    print_trial(result, out);
  }
  return finish_output(out, kExitYes);
}

int report(const Trial& trial, Stage stage, int status) {
  auto loaded = load_profile(trial.profile_of(stage), ProfileSetting::docker_default());
  if (!loaded) return fail(kProgram, loaded.error());
  int exit_code = kExitYes;
  auto result = judge(trial, *loaded, exit_code);
  if (!result) return fail(kProgram, result.error());
  if (status != 0) tell(kProgram, "the command ended with status " + std::to_string(status));
  if (result->calls == 0 && result->refused.empty()) {
    return fail(kProgram, Error("no call was made under the profile"));
  }
  exit_code = std::max(exit_code, print_result(trial, *result, status));
  if (exit_code != kExitYes) return exit_code;
  if (!trial.options.until_clean) return result->refused.empty() ? kExitYes : kExitNo;
  if (stage == Stage::kInForce && result->refused.empty()) return kExitYes;
  auto next = stage == Stage::kLogged ? extend_from_log(trial, result->refused)
                                      : extend_from_force(trial, *loaded->profile, *result);
  return next ? *next : fail(kProgram, next.error());
}

// ---- in this one

std::optional<std::string> text_of(const std::string& path) {
  auto text = read_text_file(path, kMaxBytes);
  if (!text) return std::nullopt;
  return std::move(*text);
}

// Puts a bundle's configuration back as it was.
class KeptConfig {
 public:
  explicit KeptConfig(const std::string& bundle) : path_(bundle + "/config.json") {
    if (!bundle.empty()) text_ = text_of(path_);
  }
  KeptConfig(const KeptConfig&) = delete;
  ~KeptConfig() {
    if (!text_) return;
    if (auto back = replace_file(path_, *text_); !back) fail(kProgram, back.error());
  }

 private:
  std::string path_;
  std::optional<std::string> text_;
};

Words words_to_run(const Trial& trial, Stage stage) {
  const std::string profile = trial.profile_of(stage);
  Words words;
  if (trial.way == Way::kItself) {
    words = {own_program(), "try", "--no-record"};
    if (trial.options.no_new_privs) words.emplace_back("--no-new-privileges");
    words.insert(words.end(), {profile, "--"});
  }
  for (std::string word : trial.command) {
    if (trial.way == Way::kPlace) {
      for (size_t at = 0; (at = word.find(kPlace, at)) != std::string::npos;) {
        word.replace(at, kPlace.size(), profile);
        at += profile.size();
      }
    }
    words.push_back(std::move(word));
  }
  return words;
}

int try_once(const Trial& trial, Stage stage) {
  std::error_code ignored;
  std::filesystem::remove(trial.recording(), ignored);
  // A filter goes nowhere but to this program.
  if (trial.way == Way::kBundle || stage == Stage::kLogged) {
    const int placed = run_confined([&] { return place_profile(trial, stage); });
    if (placed != kExitYes) return placed;
  }
  auto status = run_recorded({.command = words_to_run(trial, stage),
                              .containers = trial.options.containers,
                              .recording = trial.recording(),
                              .messages = trial.folder.file("messages")});
  if (!status) return fail(kProgram, status.error());
  return run_confined([&] { return report(trial, stage, *status); });
}

int try_until_clean(const Trial& trial, const HeldSignals& signals) {
  int exit_code = kExitNo;
  for (uint64_t round = 1; round <= trial.options.rounds && exit_code == kExitNo; ++round) {
    tell(kProgram, "round " + std::to_string(round));
    exit_code = try_once(trial, Stage::kInForce);
    if (exit_code == kExitLook && !signals.came()) {
      tell(kProgram, "round " + std::to_string(round) + ", refusing nothing");
      exit_code = try_once(trial, Stage::kLogged);
    }
    if (signals.came()) return kExitTrouble;
  }
  if (exit_code == kExitTrouble) return exit_code;
  if (exit_code == kExitNo) {
    tell(kProgram, "calls were refused still after " + std::to_string(trial.options.rounds) +
                       " rounds (--rounds): this profile lets those through too, untried");
  }
  const auto text = text_of(trial.profile);
  if (!text) return fail(kProgram, Error("cannot read back the profile"));
  OutputBuffer out(STDOUT_FILENO);
  out.append(*text);
  return finish_output(out, exit_code == kExitYes ? kExitYes : kExitNo);
}

Result<Way> find_way(const TryOptions& options, const Words& command) {
  const bool has_place = std::ranges::any_of(
      command, [](const std::string& word) { return word.find(kPlace) != std::string::npos; });
  const auto usage = [](std::string what) {
    return unexpected(Error::Kind::kUsage, what + " (try --help)");
  };
  if (has_place && !options.bundle.empty()) return usage("either --bundle or {} in the command");
  const Way way = has_place ? Way::kPlace : options.bundle.empty() ? Way::kItself : Way::kBundle;
  if (way == Way::kItself && !options.containers.empty()) {
    return usage("how do the containers take the profile? needs --bundle or {} in the command");
  }
  if (way != Way::kItself && (options.no_new_privs || options.no_record)) {
    return usage("--no-new-privileges and --no-record are for a command that is no container");
  }
  if (options.until_clean && (options.json || options.no_record)) {
    return usage("--json and --no-record are not for --until-clean");
  }
  return way;
}

int try_profile(const std::string& profile, Words command, const TryOptions& options, Way way) {
  std::error_code ignored;
  if (std::filesystem::exists(options.recording, ignored)) {
    return fail(kProgram, Error("'" + options.recording + "' exists already"));
  }
  auto folder = TrialFolder::make();
  if (!folder) return fail(kProgram, folder.error());
  const HeldSignals signals;
  const KeptConfig kept(options.bundle);
  Trial trial{options, std::move(command), way, *folder, folder->file("profile.json")};
  const int placed = run_confined([&] { return take_profile(trial, profile); });
  if (placed == kExitTrouble) return placed;
  if (placed == kExitNo) trial.profile = profile;  // a filter
  return options.until_clean ? try_until_clean(trial, signals) : try_once(trial, Stage::kInForce);
}

}  // namespace

int run_try(const Subcommand& self, const Words& words) {
  TryOptions options;
  Words left = words;
  Words command = take_command(left);
  const CommandLine line = read_command_line(self, try_options(options), left, 1, kHelp);
  if (line.exit_code) return *line.exit_code;
  if (command.empty()) {
    return fail(kProgram, {Error::Kind::kUsage, "needs -- and a command (try --help)"});
  }
  const auto way = find_way(options, command);
  if (!way) return fail(kProgram, way.error());
  if (!options.no_record) {
    return try_profile(line.files.front(), std::move(command), options, *way);
  }
  const auto loaded = load_profile(line.files.front(), ProfileSetting::docker_default());
  if (!loaded) return fail(kProgram, loaded.error());
  return fail(kProgram, become_under(*loaded, command, options.no_new_privs));
}

}  // namespace ctrace
