// Profiles from files: what others wrote, so every word of it is checked.
//
// Read are the OCI form (also inside of a whole config.json), Docker's and podman's (archMap,
// includes and excludes), systemd's lines, and a raw filter (bpf). Which one it is follows from the
// contents.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "format/model/recording.h"
#include "format/seccomp/profile_filter.h"
#include "format/seccomp/seccomp_profile.h"

namespace ctrace {

// What Docker's includes and excludes ask about.
struct ProfileSetting {
  std::set<std::string> capabilities;  // "CAP_SYS_ADMIN"
  Abi native = Abi::kX86_64;
  std::string kernel_release;  // "6.1.0-37-amd64"; empty: newer than all

  // The 14 that Docker gives a container, on this machine's kind.
  static ProfileSetting docker_default();
  // The same on the machine that a recording was made on.
  static ProfileSetting of(const RecordingHeader& header);
};

struct LoadedProfile {
  std::optional<SeccompProfile> profile;  // none for a raw filter
  FilterProgram filter;
  std::vector<std::string> unknown_names;  // that libseccomp passed over
};

// Takes the unknown names out of the profile: some runtimes refuse one that has any.
void leave_out_unknown(LoadedProfile& loaded);

Result<SeccompProfile> parse_profile(const std::string& text, const ProfileSetting& setting);

// Reads `path` (at most 16 MiB) and compiles it.
Result<LoadedProfile> load_profile(const std::string& path, const ProfileSetting& setting);

// All of a file; fails beyond `limit_bytes`.
Result<std::string> read_text_file(const std::string& path, size_t limit_bytes);

// Could `text`, a file's beginning, be a profile (not a recording)? Used where both are taken.
bool looks_like_profile(const std::string& text);

}  // namespace ctrace
