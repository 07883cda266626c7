#include "record/spaces.h"

#include <algorithm>

#include "bpf/event.h"

namespace ctrace {
namespace {

// Who makes containers of namespaces alone, by its name as a task; whether it is one's engine.
struct Maker {
  std::string_view comm;
  bool is_engine;
};
constexpr Maker kMakers[] = {{"bwrap", true}, {"unshare", false}};

}  // namespace

bool is_space(uint64_t cgroup_id) {
  return (cgroup_id & SPACE_BIT) != 0 && cgroup_id != TOP_UNWANTED;
}

uint64_t space_of_namespace(uint64_t inode) { return SPACE_BIT | inode; }

uint64_t namespace_of_space(uint64_t space) { return space & ~SPACE_BIT; }

void describe_space(std::string_view maker, Container& row) {
  const std::string number = std::to_string(namespace_of_space(row.cgroup_id));
  row.id = "ns-" + number;
  row.name = row.id;
  const auto known = std::ranges::find(kMakers, maker, &Maker::comm);
  if (known == std::end(kMakers)) return;
  row.name = std::string(maker) + "-" + number;
  row.runtime = maker;
  if (known->is_engine) row.engine = maker;
}

}  // namespace ctrace
