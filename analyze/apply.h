// A seccomp profile put to use: written into an OCI bundle, or as the words that others need for
// it.
#pragma once

#include <string>

#include "format/base/result.h"
#include "format/seccomp/seccomp_profile.h"

namespace ctrace {

// Puts the profile into DIR/config.json (linux.seccomp) in place of the one that was there; the
// rest stays as it is. The file is replaced as a whole, so that nobody sees half of it.
Result<void> apply_to_bundle(const SeccompProfile& profile, const std::string& dir);

// Puts `text` in the place of the file `path`, which keeps its owner and mode. Nobody sees half of
// it.
Result<void> replace_file(const std::string& path, std::string text);

// What to add to a compose file, a pod's container, a unit; `file` is where the profile is.
std::string compose_snippet(const std::string& file);
std::string kubernetes_snippet(const std::string& file);
std::string systemd_drop_in(const SeccompProfile& profile, const std::string& unit);

}  // namespace ctrace
