// What may be known of a container beside its columns, one row a key: the keys of Container::facts,
// of `container.fact(KEY)` in expressions, and of `ctrace-analyze containers --json`.
#pragma once

#include <string_view>

namespace ctrace {

struct FactKey {
  std::string_view key, meaning;
};
// clang-format off
inline constexpr FactKey kFactKeys[] = {
    {"name", "the container's name"},
    {"image", "its image, as it was asked for"},
    {"image.id", "the image's own id, sha256:HEX"},
    {"image.digest", "NAME@sha256:HEX, by which a registry knows it"},
    {"runtime", "what set it up: runc, crun, a handler's name"},
    {"runtime.version", "of that runtime"},
    {"engine", "what manages it"},
    {"engine.version", "of that engine, when it was asked"},
    {"engine.namespace", "containerd's"},
    {"pod.name", "of Kubernetes, or podman's"},
    {"pod.namespace", "of Kubernetes"},
    {"pod.uid", "of Kubernetes, or podman's id of the pod"},
    {"pod.container", "its name in the pod"},
    {"created", "RFC 3339 time"},
    {"started", "RFC 3339 time"},
    {"finished", "RFC 3339 time, of a run before"},
    {"pid", "its first process, as the host numbers it"},
    {"command", "what it was made to run, words as in a shell"},
    {"user", "as whom"},
    {"hostname", ""},
    {"address", "of a network interface; one fact each"},
    {"port", "published: HOST:PORT->PORT/PROTOCOL; one fact each"},
    {"mount", "from the host: DESTINATION=SOURCE, (ro) behind it; one fact each"},
    {"ns.mnt", "inode of the namespace"},
    {"ns.pid", ""},
    {"ns.net", ""},
    {"ns.user", ""},
    {"ns.uts", ""},
    {"ns.ipc", ""},
    {"ns.cgroup", ""},
    {"ns.time", ""},
    {"user_map", "FIRST-INSIDE FIRST-OUTSIDE COUNT, one fact a range"},
    {"group_map", "likewise"},
    {"seccomp", "off, strict, filter; of its profile: the default action"},
    {"seccomp.filters", "how many are one on the other, when it had begun"},
    {"no_new_privileges", "true or false"},
    {"capabilities", "the bounding set, with spaces"},
    {"capabilities.effective", "those in force when it had begun, with spaces"},
    {"apparmor", "profile"},
    {"selinux", "label"},
    {"read_only_root", "true or false"},
    {"privileged", "true or false"},
    {"bundle", "folder of the OCI bundle"},
};
// clang-format on

}  // namespace ctrace
