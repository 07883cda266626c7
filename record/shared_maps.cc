#include "record/shared_maps.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

namespace ctrace {
namespace {

// A descriptor, or a negative errno.
int make_map(bpf_map* map) {
  const uint32_t flags = bpf_map__map_flags(map);
  bpf_map_create_opts how = {};
  how.sz = sizeof how;
  how.map_flags = flags;
  const int fd = bpf_map_create(bpf_map__type(map), bpf_map__name(map), bpf_map__key_size(map),
                                bpf_map__value_size(map), bpf_map__max_entries(map), &how);
  if (fd < 0 || !bpf_map__is_internal(map)) return fd < 0 ? -errno : fd;
  size_t size = 0;
  const uint32_t first = 0;
  const void* values = bpf_map__initial_value(map, &size);
  if ((values && bpf_map_update_elem(fd, &first, values, BPF_ANY)) ||
      ((flags & BPF_F_RDONLY_PROG) && bpf_map_freeze(fd))) {
    const int error = -errno;
    close(fd);
    return error;
  }
  return fd;
}

}  // namespace

SharedMaps::~SharedMaps() {
  for (const auto& [name, fd] : fds_) close(fd);
}

int SharedMaps::make(const bpf_object* object, Kind kind) {
  bpf_map* map;
  bpf_object__for_each_map(map, object) {
    if (bpf_map__is_internal(map) != (kind == Kind::kGlobals) || bpf_map__fd(map) >= 0) continue;
    const int fd = make_map(map);
    if (fd < 0) return fd;
    const auto [place, is_new] = fds_.try_emplace(bpf_map__name(map), fd);
    if (is_new) continue;
    close(place->second);
    place->second = fd;
  }
  return 0;
}

int SharedMaps::show_globals(bpf_object* object) {
  bpf_map* map;
  bpf_object__for_each_map(map, object) {
    const uint32_t flags = bpf_map__map_flags(map);
    if (!bpf_map__is_internal(map) || (flags & BPF_F_RDONLY_PROG) || !(flags & BPF_F_MMAPABLE))
      continue;
    size_t size = 0;
    void* place = const_cast<void*>(static_cast<const void*>(bpf_map__initial_value(map, &size)));
    if (place && mmap(place, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, bpf_map__fd(map),
                      0) == MAP_FAILED)
      return -errno;
  }
  return 0;
}

int SharedMaps::lend(bpf_object* object) const {
  bpf_map* map;
  bpf_object__for_each_map(map, object) {
    if (const auto found = fds_.find(bpf_map__name(map)); found != fds_.end()) {
      if (bpf_map__reuse_fd(map, found->second)) return -errno;
    }
  }
  return 0;
}

}  // namespace ctrace
