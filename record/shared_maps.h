// The maps of one BPF object, for several that are opened of the same bytes: so its programs can be
// loaded by several threads, each with an object of its own.
#pragma once

#include <bpf/libbpf.h>

#include <map>
#include <string>

namespace ctrace {

class SharedMaps {
 public:
  SharedMaps() = default;
  ~SharedMaps();
  SharedMaps(const SharedMaps&) = delete;
  SharedMaps& operator=(const SharedMaps&) = delete;

  enum class Kind { kGlobals, kOthers };
  // Makes one kind of maps as `object` describes them, global variables with their values as they
  // are in it now; all but those that it has already (bpf_map__reuse_fd()). 0, or a negative errno.
  int make(const bpf_object* object, Kind kind);
  // Before it is loaded: `object` takes them instead of making its own. 0, or a negative errno.
  int lend(bpf_object* object) const;
  // After it is loaded: what its skeleton calls data and bss is the kernel's own. (libbpf does that
  // itself up to 1.5; later it does so for the maps alone that it made.) 0, or a negative errno.
  static int show_globals(bpf_object* object);

 private:
  std::map<std::string, int> fds_;
};

}  // namespace ctrace
