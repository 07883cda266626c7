#include "record/container_table.h"

#include <utility>

#include "record/container_rules.h"

namespace ctrace {
namespace {

constexpr uint32_t kMetadataTries = 12;  // refreshes: less than the gate's patience
// A cgroup in which programs begin so again and again, and that never is a container: each time
// holds the stream back for the gate's patience.
constexpr uint32_t kMaxRevivals = 16;

// How runtimes call themselves while they set a container up: "runc:[2:INIT]".
struct RuntimeComm {
  std::string_view comm, runtime;
};
constexpr RuntimeComm kRuntimeComms[] = {{"runc:[", "runc"}, {"crun", "crun"}};

}  // namespace

ContainerTable::ContainerTable(const Filter& filter, std::string host_root, bool command_mode,
                               Hooks hooks)
    : filter_(filter),
      host_root_(std::move(host_root)),
      command_mode_(command_mode),
      hooks_(std::move(hooks)) {}

void ContainerTable::add_existing(const std::function<bool(uint64_t)>& add) {
  ExistingContainers found = scan_containers(host_root_);
  for (Container& container : found.containers) {
    // Made between attach and scan: its events tell of it.
    if (!add(container.cgroup_id)) continue;
    auto entry = std::make_unique<Entry>();
    entry->top_cgroup = container.cgroup_id;
    entry->started = entry->is_container = true;
    container.index = next_index_++;
    rows_.push_back(std::move(container));
    entry->row = &rows_.back();
    entry->metadata_known = !rows_.back().name.empty();
    if (rows_.back().name.empty()) rows_.back().name = rows_.back().id;
    Entry& added = *by_top_.emplace(entry->top_cgroup, std::move(entry)).first->second;
    top_of_[added.top_cgroup] = added.top_cgroup;
    cgroups_of_top_[added.top_cgroup].push_back(added.top_cgroup);
    decide(added);
  }
  for (const ExistingCgroup& empty : found.empty) watch(empty.id, empty.path);
}

// A cgroup that is no container's now, but may become one's.
void ContainerTable::watch(uint64_t cgroup_id, std::string_view path) {
  if (by_top_.contains(cgroup_id)) return;  // made since, its events tell of it
  Entry* entry = find(cgroup_id);
  describe(*entry, path);
  entry->state = State::kRejected;
  entry->watched = true;
  top_of_[cgroup_id] = cgroup_id;
  cgroups_of_top_[cgroup_id] = {cgroup_id};
  hooks_.watch_cgroup(cgroup_id);
}

void ContainerTable::describe(Entry& entry, std::string_view path) {
  const CgroupFacts facts = facts_of_path(path);
  Container& row = new_version(entry);
  row.id = facts.id;
  row.engine = facts.engine;
  row.cgroup_path = path;
}

void ContainerTable::cgroup_made(uint64_t id, uint64_t parent, uint64_t kernel_top,
                                 std::string_view path) {
  Entry* above = entry_of(parent);
  const bool inside = above && !above->watched && (above->is_container || above->has_tasks);
  const uint64_t top = inside ? above->top_cgroup : id;
  if (above && !inside) reject(*above);  // a folder
  top_of_[id] = top;
  cgroups_of_top_[top].push_back(id);
  if (top != kernel_top) {
    hooks_.move_cgroup(id, top);
    hooks_.raise_epoch();
  }
  if (inside) {
    if (above->state == State::kRejected) hooks_.forget_cgroup(id);
    if (above->state == State::kTentative) inner_paths_[id] = path;
    return;
  }
  Entry* entry = find(id);
  describe(*entry, path);
  const CgroupVerdict verdict = facts_of_path(path).verdict;
  if (verdict == CgroupVerdict::kNoContainer) {
    reject(*entry);
    return;
  }
  entry->is_container = verdict == CgroupVerdict::kContainer;
  look_up(*entry);
  decide(*entry);
}

ContainerTable::Entry* ContainerTable::entry_of(uint64_t cgroup_id) {
  const auto top = top_of_.find(cgroup_id);
  if (top == top_of_.end()) return nullptr;
  const auto entry = by_top_.find(top->second);
  return entry == by_top_.end() ? nullptr : entry->second.get();
}

ContainerTable::Entry* ContainerTable::of_task(uint64_t cgroup_id, uint64_t kernel_top) {
  Entry* entry = entry_of(cgroup_id);
  if (!entry) entry = find(kernel_top);
  if (entry && !entry->has_tasks) {
    entry->has_tasks = true;
    decide(*entry);
  }
  return entry;
}

ContainerTable::Entry* ContainerTable::cgroup_removed(uint64_t id) {
  // The kernel side forgot it when it went; but what was told of it since (cgroup_made() is behind
  // by what the rings hold) would stay for ever.
  hooks_.forget_cgroup(id);
  inner_paths_.erase(id);
  if (const auto top = top_of_.find(id); top != top_of_.end()) {
    if (top->second != id) std::erase(cgroups_of_top_[top->second], id);
    top_of_.erase(top);
  }
  const auto found = by_top_.find(id);
  if (found == by_top_.end()) return nullptr;
  Entry* entry = found->second.get();
  if (entry->state == State::kTentative) reject(*entry);
  hooks_.gone(*entry);
  gone_.push_back(std::move(found->second));
  by_top_.erase(found);
  cgroups_of_top_.erase(id);
  return entry;
}

ContainerTable::Entry* ContainerTable::find(uint64_t top_cgroup) {
  if (!top_cgroup) return nullptr;
  std::unique_ptr<Entry>& slot = by_top_[top_cgroup];
  if (!slot) {
    slot = std::make_unique<Entry>();
    slot->top_cgroup = top_cgroup;
    Container& row = rows_.emplace_back();
    row.index = next_index_++;
    row.cgroup_id = top_cgroup;
    slot->row = &row;
  }
  return slot.get();
}

const ContainerTable::Entry* ContainerTable::known(uint64_t top_cgroup) const {
  const auto found = by_top_.find(top_cgroup);
  return found == by_top_.end() ? nullptr : found->second.get();
}

void ContainerTable::saw_own_namespaces(Entry& entry) {
  if (entry.state != State::kTentative || entry.is_container) return;
  entry.is_container = true;
  look_up(entry);
  decide(entry);
}

void ContainerTable::saw_setup_task(Entry& entry, std::string_view comm) {
  if (!entry.row->runtime.empty()) return;
  for (const RuntimeComm& known : kRuntimeComms) {
    if (!comm.starts_with(known.comm)) continue;
    Container& row = new_version(entry);
    row.runtime = known.runtime;
    if (entry.state == State::kKept) hooks_.announce(row);
    return;
  }
}

void ContainerTable::reject(Entry& entry) {
  if (entry.state == State::kRejected) return;
  entry.state = State::kRejected;
  for (uint64_t id : cgroups_of_top_[entry.top_cgroup]) hooks_.forget_cgroup(id);
  hooks_.raise_epoch();
}

// What was taken for parts of the cgroup is watched by itself: each may be a container's.
void ContainerTable::give_up(Entry& entry) {
  if (entry.state != State::kTentative) return;
  if (entry.revivals >= kMaxRevivals) return reject(entry);
  entry.state = State::kRejected;
  entry.watched = true;
  hooks_.watch_cgroup(entry.top_cgroup);
  for (uint64_t id : std::exchange(cgroups_of_top_[entry.top_cgroup], {entry.top_cgroup})) {
    if (id != entry.top_cgroup) watch(id, inner_paths_[id]);
    inner_paths_.erase(id);
  }
  hooks_.raise_epoch();
}

void ContainerTable::revive(uint64_t cgroup_id) {
  Entry* entry = find(cgroup_id);
  if (!entry->watched) return;
  entry->state = State::kTentative;
  entry->watched = false;
  entry->metadata_tries = 0;
  ++entry->revivals;
  look_up(*entry);
  decide(*entry);
}

void ContainerTable::begin(Entry& entry, uint64_t time_ns, bool no_new_privs,
                           uint32_t seccomp_mode) {
  entry.started = true;
  if (!entry.metadata_known) look_up(entry);
  Container& row = new_version(entry);
  row.started_ns = time_ns;
  row.no_new_privs = no_new_privs;
  row.seccomp_mode = seccomp_mode;
  if (entry.state == State::kKept) hooks_.announce(row);
}

void ContainerTable::end(Entry& entry, uint64_t time_ns) {
  if (entry.state != State::kKept) return;
  Container& row = new_version(entry);
  row.stopped_ns = time_ns;
  hooks_.announce(row);
}

void ContainerTable::refresh() {
  for (auto& [top, entry] : by_top_) {
    if (entry->metadata_known || entry->state == State::kRejected || !entry->is_container ||
        entry->metadata_tries >= kMetadataTries)
      continue;
    ++entry->metadata_tries;
    look_up(*entry);
    decide(*entry);
  }
}

// What nobody downstream has seen may be mended in place; what was seen gets a new version.
Container& ContainerTable::new_version(Entry& entry) {
  if (entry.state == State::kKept) {
    rows_.push_back(*entry.row);
    entry.row = &rows_.back();
  }
  return const_cast<Container&>(*entry.row);
}

void ContainerTable::look_up(Entry& entry) {
  Container known = *entry.row;
  if (known.name == known.id) known.name.clear();  // only for want of a better one
  if (!read_metadata(host_root_, known)) return;
  entry.metadata_known = entry.is_container = true;
  Container& row = new_version(entry);
  row = std::move(known);
  if (entry.state == State::kKept) hooks_.announce(row);
}

void ContainerTable::decide(Entry& entry) {
  if (entry.state != State::kTentative || !entry.is_container) return;
  if (command_mode_ && !entry.has_tasks) return;
  // An engine names its containers otherwise than by id; a bare runtime's name is the id.
  const bool named =
      entry.metadata_known || entry.row->engine.empty() || entry.metadata_tries >= kMetadataTries;
  if (filter_.has_container_filter() && !filter_.wants_container(*entry.row)) {
    if (named) reject(entry);
    return;
  }
  Container& row = new_version(entry);
  if (row.name.empty()) row.name = row.id;
  entry.state = State::kKept;
  ++kept_;
  hooks_.announce(row);
}

}  // namespace ctrace
