// ctrace-analyze minset: the command line around Minset. The profile alone goes to stdout, so that
// it can be redirected into a file; all that is to be said about it goes to stderr.
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "analyze/explain.h"
#include "analyze/json_lines_reader.h"
#include "analyze/minset.h"
#include "analyze/profile_format.h"
#include "analyze/subcommand.h"
#include "format/base/file.h"
#include "format/options/common_options.h"
#include "format/seccomp/profile_reader.h"

namespace ctrace {
namespace {

using Readers = std::vector<std::unique_ptr<RecordingReader>>;

constexpr uint64_t kSecond_ns = 1'000'000'000;

struct MinsetOptions {
  MinsetChoice choice;
  ActionValue action;
  bool action_given = false;
  ProfileFormat format = ProfileFormat::kOci;
  std::string each, base;
  bool explain = false, json = false;
};

Result<void> take_action(const std::string& value, MinsetOptions& options) {
  auto action = default_action_by_name(value);
  if (!action) return unexpected(action.error());
  options.action.action = *action;
  options.action_given = true;
  return {};
}

Result<void> take_errno(const std::string& value, MinsetOptions& options) {
  auto number = errno_by_name(value);
  if (!number) return unexpected(number.error());
  options.action.errno_ret = *number;
  options.action_given = true;
  return {};
}

Result<void> take_format(const std::string& value, MinsetOptions& options) {
  auto format = profile_format_by_name(value);
  if (!format) return unexpected(format.error());
  options.format = *format;
  return {};
}

Result<void> take_baseline(const std::string& value, MinsetOptions& options) {
  auto baseline = baseline_by_name(value);
  if (!baseline) return unexpected(baseline.error());
  options.choice.baseline = *baseline;
  return {};
}

Result<void> take_startup(const std::string& value, MinsetOptions& options) {
  uint64_t seconds = 0;
  auto parsed = parse_count("--startup", value, 0, seconds);
  constexpr uint64_t kLongest_s = 1'000'000;
  options.choice.startup_ns = std::min(seconds, kLongest_s) * kSecond_ns;
  return parsed;
}

OptionGroup minset_options(MinsetOptions& o) {
  const auto with = [&o](Result<void> (*take)(const std::string&, MinsetOptions&)) {
    return [take, &o](const std::string& value) { return take(value, o); };
  };
  return {
      "PROFILE",
      {container_option(o.choice.containers),
       {"format", "", "NAME",
        "oci (the default), docker, podman, spo (Kubernetes' Security Profiles Operator), systemd "
        "(lines of a unit), bpf (the filter itself, for bwrap --seccomp), names",
        with(take_format)},
       {"default-action", "", "errno|kill|log|trap",
        "what a call outside of the set gets: an error (errno, the default), its process is "
        "killed, "
        "it is let through and logged (log, for a trial), or SIGSYS",
        with(take_action)},
       {"errno", "", "N|NAME", "the error of --default-action errno: EPERM unless told",
        with(take_errno)},
       text_option("each", "DIR", "one profile a container, as files in DIR named after them",
                   o.each),
       text_option("base", "FILE",
                   "on top of this profile: what it allows stays allowed, its default action stays "
                   "unless one is given",
                   o.base),
       {"runtime-baseline", "", "NAME",
        "the calls that a runtime makes after the filter is in force: recorded (by what the "
        "recording says, the default), runc, crun, union, none",
        with(take_baseline)},
       flag_option("include-denied",
                   "also calls that a filter refused each time while they were recorded",
                   o.choice.include_denied),
       flag_option("args",
                   "rules for arguments too: socket family, namespace flags of clone, unshare and "
                   "setns, PROT_EXEC of mmap and mprotect, the operation of prctl, personality, "
                   "ioctl, fcntl, bpf and keyctl, each only where few values were seen",
                   o.choice.args),
       flag_option("explain",
                   "instead of the profile, a table of its calls: how often, when, who, which "
                   "errors and values, how dangerous, and what Docker's default does with it",
                   o.explain),
       flag_option("json", "--explain as JSON", o.json),
       {"startup", "", "SECONDS",
        "for --explain: start-up ends after so long (10) unless a call that waits for work "
        "(accept, epoll_wait, poll, select and their kind) has returned before",
        with(take_startup)}}};
}

constexpr HelpText kHelp = {
    "FILE is a recording or what ctrace-replay --format json printed; several are merged.\n"
    "The set has what the containers did themselves, what their runtime needs to start them, and\n"
    "answers ENOSYS for newer twins of its calls, so that libc falls back. Calls of the runtime's\n"
    "set-up are not in it. stdout has the profile alone; warnings go to stderr.\n"
    "runc itself answers ENOSYS for numbers above the largest that a profile names.\n"
    "Exit code: 0, or 2 when there is trouble (no call found, a damaged recording).",
    "  ctrace-analyze minset run.ctr >seccomp.json\n"
    "  ctrace-analyze minset --args --default-action log --format podman a.ctr b.ctr\n"
    "  ctrace-analyze minset --container web --explain run.ctr"};

Result<SeccompProfile> profile_of(const SyscallSet& set, const MinsetOptions& options) {
  if (options.base.empty()) return make_profile(set, options.action);
  auto base = load_profile(options.base, ProfileSetting::docker_default());
  if (!base) return unexpected(base.error());
  if (!base->profile) {
    return unexpected(Error::Kind::kUsage, "'" + options.base + "' is a filter, no profile");
  }
  leave_out_unknown(*base);
  SeccompProfile merged = extend_profile(std::move(*base->profile), set);
  if (options.action_given) merged.default_action = options.action;
  return merged;
}

Result<std::string> make_text(const Readers& readers, const Words& files,
                              const MinsetOptions& options, const MinsetChoice& choice,
                              std::string_view name) {
  Minset minset(choice);
  for (size_t i = 0; i < readers.size(); ++i) {
    if (auto added = minset.add(files[i], *readers[i]); !added) return unexpected(added.error());
  }
  const auto set = minset.finish();
  for (const std::string& warning : minset.warnings()) tell(kProgram, warning);
  if (!set) return unexpected(set.error());
  if (options.explain) {
    OutputBuffer out(-1);
    if (!options.json) {
      print_explain(minset, *set, out);
      return out.text();
    }
    return explain_json(minset, *set).dump(2) + '\n';
  }
  auto profile = profile_of(*set, options);
  if (!profile) return unexpected(profile.error());
  for (const std::string& loss : format_losses(*profile, options.format)) tell(kProgram, loss);
  return format_profile(*profile, options.format, name);
}

// ---- --each

// A container's name as a file's: what is no letter, digit, '.', '_' or '-' becomes '_'.
std::string file_name(const std::string& name) {
  constexpr size_t kLongest = 200;
  std::string made;
  for (const char c : name.substr(0, kLongest)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '_' || c == '-';
    made += plain ? c : '_';
  }
  if (made.empty() || made.front() == '.') made.insert(0, "_");
  return made;
}

Result<void> write_text(const std::string& path, std::string text) {
  FileDescriptor file(
      open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!file) return unexpected(system_message("cannot write '" + path + "'", errno));
  iovec piece = {text.data(), text.size()};
  int error = write_whole(file.get(), {&piece, 1});
  if (error == 0) error = file.close();
  if (error != 0) return unexpected(system_message("cannot write '" + path + "'", error));
  return {};
}

// Every name (or, without one, id) of a container that is asked about.
Result<std::set<std::string>> names_of(const Readers& readers, const MinsetOptions& options) {
  Scope scope(options.choice.containers);
  std::set<std::string> names;
  for (const auto& reader : readers) {
    for (const uint32_t index : scope.choose(*reader).containers) {
      const Container& container = reader->containers().at(index);
      names.insert(container.name.empty() ? container.id : container.name);
    }
  }
  if (auto found = scope.all_found(); !found) return unexpected(found.error());
  if (names.empty()) return unexpected("there is no container in the recording");
  return names;
}

Result<void> write_each(const Readers& readers, const Words& files, const MinsetOptions& options) {
  auto names = names_of(readers, options);
  if (!names) return unexpected(names.error());
  if (mkdir(options.each.c_str(), 0755) != 0 && errno != EEXIST) {
    return unexpected(system_message("cannot make '" + options.each + "'", errno));
  }
  const std::string extension(options.explain ? (options.json ? ".json" : ".txt")
                                              : file_extension(options.format));
  std::set<std::string> taken;
  for (const std::string& name : *names) {
    MinsetChoice choice = options.choice;
    choice.containers = {name};
    choice.exact = true;
    auto text = make_text(readers, files, options, choice, name);
    if (!text) {  // one that did nothing must not cost the others their profiles
      tell(kProgram, "container '" + name + "': " + text.error().message);
      continue;
    }
    std::string file = file_name(name);
    for (int i = 2; !taken.insert(file).second; ++i)
      file = file_name(name) + "-" + std::to_string(i);
    auto written = write_text(options.each + "/" + file + extension, std::move(*text));
    if (!written) return written;
  }
  if (taken.empty()) return unexpected("no container has a profile");
  return {};
}

int run(const Words& files, const MinsetOptions& options) {
  Readers readers;
  int exit_code = kExitYes;
  for (const std::string& file : files) {
    auto reader = open_recording(file);
    if (!reader) return fail(kProgram, reader.error());
    readers.push_back(std::move(*reader));
  }
  OutputBuffer out(1);
  if (!options.each.empty()) {
    auto written = write_each(readers, files, options);
    if (!written) return fail(kProgram, written.error());
  } else {
    const auto& wanted = options.choice.containers;
    auto text = make_text(readers, files, options, options.choice,
                          wanted.size() == 1 ? wanted.front() : "minset");
    if (!text) return fail(kProgram, text.error());
    out.append(*text);
  }
  for (size_t i = 0; i < files.size(); ++i) {
    exit_code = std::max(exit_code, tell_state(files[i], *readers[i]));
  }
  return finish_output(out, exit_code);
}

}  // namespace

int run_minset(const Subcommand& self, const Words& words) {
  MinsetOptions options;
  const CommandLine line = read_command_line(self, minset_options(options), words,
                                             std::numeric_limits<size_t>::max(), kHelp);
  if (line.exit_code) return *line.exit_code;
  options.choice.evidence = options.explain;
  if (options.json && !options.explain) {
    return fail(kProgram, {Error::Kind::kUsage, "--json is for --explain (try --help)"});
  }
  if (const auto trouble = confine_analyze(!options.each.empty())) return *trouble;
  return run(line.files, options);
}

}  // namespace ctrace
