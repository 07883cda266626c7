// The dialects in which a seccomp profile can be written.
//
//   oci      linux.seccomp of the OCI runtime specification: what runc, crun, containerd, CRI-O,
//            podman and docker all read
//   docker   the same with archMap in place of architectures (docker, podman, CRI-O; containerd
//   podman   takes the OCI form alone)
//   spo      a SeccompProfile of Kubernetes' Security Profiles Operator, YAML
//   systemd  lines for the [Service] section of a unit
//   bpf      the filter itself, for bubblewrap's --seccomp and seccomp(2): struct sock_filter[]
//   names    a name a line
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "format/seccomp/seccomp_profile.h"

namespace ctrace {

enum class ProfileFormat { kOci, kDocker, kSpo, kSystemd, kBpf, kNames };
Result<ProfileFormat> profile_format_by_name(std::string_view name);
std::string_view file_extension(ProfileFormat format);  // ".json"

nlohmann::ordered_json oci_profile(const SeccompProfile& profile);
nlohmann::ordered_json docker_profile(const SeccompProfile& profile);
// `name` is made a Kubernetes name: lower-case letters, digits, '-'.
std::string spo_profile(const SeccompProfile& profile, std::string_view name);
std::string systemd_lines(const SeccompProfile& profile);
// The names that are allowed, for all or for some arguments.
std::vector<std::string> allowed_names(const SeccompProfile& profile);

// All of the file. `name` is for dialects that have one (spo).
Result<std::string> format_profile(const SeccompProfile& profile, ProfileFormat format,
                                   std::string_view name);
// What the dialect cannot say of this profile, a line each.
std::vector<std::string> format_losses(const SeccompProfile& profile, ProfileFormat format);

}  // namespace ctrace
