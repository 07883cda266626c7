#include "analyze/apply.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "analyze/profile_format.h"
#include "analyze/subcommand.h"
#include "format/base/file.h"
#include "format/seccomp/profile_reader.h"

namespace ctrace {
namespace {

using nlohmann::ordered_json;

constexpr size_t kMaxConfigBytes = 16 << 20;

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// A YAML word, quoted: file names may have any character.
std::string quoted(const std::string& text) {
  return ordered_json(text).dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace

Result<void> replace_file(const std::string& path, std::string text) {
  struct stat status = {};
  if (stat(path.c_str(), &status) != 0) {
    return unexpected(system_message("cannot open '" + path + "'", errno));
  }
  const std::string next = path + ".new";
  FileDescriptor file(open(next.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file) return unexpected(system_message("cannot write '" + next + "'", errno));
  iovec piece = {text.data(), text.size()};
  int error = write_whole(file.get(), {&piece, 1});
  if (error == 0 && fchmod(file.get(), status.st_mode & 07777) != 0) error = errno;
  if (error == 0 && fchown(file.get(), status.st_uid, status.st_gid) != 0) error = errno;
  if (error == 0) error = file.close();
  if (error == 0 && rename(next.c_str(), path.c_str()) != 0) error = errno;
  if (error == 0) return {};
  unlink(next.c_str());
  return unexpected(system_message("cannot write '" + path + "'", error));
}

Result<void> apply_to_bundle(const SeccompProfile& profile, const std::string& dir) {
  const std::string path = dir + "/config.json";
  auto text = read_text_file(path, kMaxConfigBytes);
  if (!text) return unexpected(text.error());
  ordered_json config = ordered_json::parse(*text, nullptr, false);
  if (config.is_discarded() || !config.is_object() || !config.contains("ociVersion")) {
    return unexpected("'" + path + "' is no bundle's config.json");
  }
  if (!config.contains("linux")) config["linux"] = ordered_json::object();
  if (!config["linux"].is_object()) return unexpected("'" + path + "': linux is no object");
  config["linux"]["seccomp"] = oci_profile(profile);
  return replace_file(path, config.dump(2) + '\n');
}

std::string compose_snippet(const std::string& file) {
  return "services:\n  SERVICE:  # the name of yours\n    security_opt:\n      - " +
         quoted("seccomp:" + file) + "\n";
}

std::string kubernetes_snippet(const std::string& file) {
  const std::string name = base_name(file);
  return "# On each node: the profile (OCI form) as /var/lib/kubelet/seccomp/profiles/ and its "
         "name.\n# In the container of the pod:\nsecurityContext:\n  seccompProfile:\n    type: "
         "Localhost\n    localhostProfile: " +
         quoted("profiles/" + name) + "\n";
}

std::string systemd_drop_in(const SeccompProfile& profile, const std::string& unit) {
  return "# /etc/systemd/system/" + escaped(unit) + ".d/50-seccomp.conf\n[Service]\n" +
         systemd_lines(profile);
}

// ---- the subcommand

namespace {

struct ApplyOptions {
  std::string bundle, unit;
  bool compose = false, kubernetes = false;
};

OptionGroup apply_options(ApplyOptions& o) {
  return {"WHERE (one of these)",
          {text_option("bundle", "DIR", "write it into the OCI bundle's config.json", o.bundle),
           flag_option("compose", "print what a compose file needs", o.compose),
           flag_option("kubernetes", "print what a pod's container needs", o.kubernetes),
           text_option("systemd", "UNIT", "print a drop-in file for the unit", o.unit)}};
}

constexpr HelpText kHelp = {
    "PROFILE is OCI's, Docker's or podman's JSON or systemd's lines. Names that libseccomp does "
    "not\n"
    "know are left out and told.\nExit code: 0, or 2 when there is trouble.",
    "  ctrace-analyze minset run.ctr >seccomp.json\n"
    "  ctrace-analyze apply --bundle /run/web seccomp.json"};

int apply_profile(const std::string& file, const ApplyOptions& options) {
  auto loaded = load_profile(file, ProfileSetting::docker_default());
  if (!loaded) return fail(kProgram, loaded.error());
  if (!loaded->profile) {
    return fail(kProgram, {Error::Kind::kUsage, "'" + file + "' is a filter, no profile"});
  }
  leave_out_unknown(*loaded);
  for (const std::string& name : loaded->unknown_names) {
    tell(kProgram, "left out, libseccomp does not know it: " + name);
  }
  if (!options.bundle.empty()) {
    auto applied = apply_to_bundle(*loaded->profile, options.bundle);
    return applied ? kExitYes : fail(kProgram, applied.error());
  }
  OutputBuffer out(1);
  if (!options.unit.empty()) {
    for (const std::string& loss : format_losses(*loaded->profile, ProfileFormat::kSystemd)) {
      tell(kProgram, loss);
    }
    out.append(systemd_drop_in(*loaded->profile, options.unit));
  } else {
    out.append(options.compose ? compose_snippet(file) : kubernetes_snippet(file));
  }
  return finish_output(out, kExitYes);
}

}  // namespace

int run_apply(const Subcommand& self, const Words& words) {
  ApplyOptions options;
  const CommandLine line = read_command_line(self, apply_options(options), words, 1, kHelp);
  if (line.exit_code) return *line.exit_code;
  const int targets = (options.bundle.empty() ? 0 : 1) + (options.unit.empty() ? 0 : 1) +
                      (options.compose ? 1 : 0) + (options.kubernetes ? 1 : 0);
  if (targets != 1) {
    return fail(kProgram,
                {Error::Kind::kUsage,
                 "needs one of --bundle, --compose, --kubernetes, --systemd (try --help)"});
  }
  if (const auto trouble = confine_analyze(!options.bundle.empty())) return *trouble;
  return apply_profile(line.files.front(), options);
}

}  // namespace ctrace
