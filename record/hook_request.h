// What an OCI hook is asked for: the runtime's word about a container that it is about to start.
// https://github.com/opencontainers/runtime-spec/blob/main/runtime.md#state
#pragma once

#include <sys/types.h>

#include <istream>
#include <string>

#include "format/base/result.h"

namespace ctrace {

struct HookRequest {
  std::string id;  // of the container, as its runtime calls it
  pid_t pid = 0;   // its first process, which is the runtime's still
  std::string
      output;  // where its recording goes, an absolute path; empty: it is not to be recorded
};

// From the state on the hook's standard input. The recording is asked for by an annotation:
// io.ctrace.record=PATH, or io.containers.trace-syscall=of:PATH, as for Red Hat's hook that makes
// seccomp profiles. Fails where the state is none, or asks for a recording that cannot be.
Result<HookRequest> read_hook_request(std::istream& state);

}  // namespace ctrace
