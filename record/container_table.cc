#include "record/container_table.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "format/filter/container_word.h"
#include "record/container_rules.h"
#include "record/metadata/engine_api.h"
#include "record/spaces.h"

namespace ctrace {
namespace {

constexpr uint32_t kMetadataTries = 12;            // refreshes: less than the gate's patience
constexpr uint32_t kFirstLook = 1, kLastLook = 6;  // refreshes after the start
// A cgroup in which programs begin so again and again, and that never is a container: each time
// holds the stream back for the gate's patience.
constexpr uint32_t kMaxRevivals = 16;

// How runtimes call themselves while they set a container up: "runc:[2:INIT]".
struct RuntimeComm {
  std::string_view comm, runtime;
};
constexpr RuntimeComm kRuntimeComms[] = {{"runc:[", "runc"}, {"crun", "crun"}};

constexpr std::string_view kKernel = "kernel";

// What the kernel says of the first process, in place of what it said before.
void add_task_facts(const Task& task, Container& row) {
  std::erase_if(row.facts, [](const Fact& fact) { return fact.source == kKernel; });
  const auto add = [&row](std::string_view key, std::string value) {
    row.facts.push_back({std::string(key), std::move(value), std::string(kKernel)});
  };
  struct {
    std::string_view key;
    uint64_t value;
  } const numbers[] = {{"pid", task.pid},         {"ns.mnt", task.mnt_ns},
                       {"ns.pid", task.pid_ns},   {"ns.net", task.net_ns},
                       {"ns.user", task.user_ns}, {"ns.uts", task.uts_ns},
                       {"ns.ipc", task.ipc_ns},   {"ns.cgroup", task.cgroup_ns}};
  for (const auto& [key, value] : numbers) {
    if (value) add(key, std::to_string(value));
  }
  if (!task.host_name.empty()) add("hostname", task.host_name);
}

// The first process of a container that ran before, by its runtime's word.
uint32_t pid_of(const Container& row) {
  return static_cast<uint32_t>(std::strtoul(std::string(row.fact("pid")).c_str(), nullptr, 10));
}

}  // namespace

ContainerTable::ContainerTable(const Filter& filter, std::string host_root, bool command_mode,
                               Hooks hooks)
    : filter_(filter),
      host_root_(host_root),
      metadata_(std::move(host_root)),
      command_mode_(command_mode),
      hooks_(std::move(hooks)),
      word_matched_(filter.spec().containers.size()) {}

void ContainerTable::add_existing(const std::function<bool(uint64_t)>& add) {
  ExistingContainers found = scan_containers(host_root_);
  for (Container& container : found.containers) {
    // Made between attach and scan: its events tell of it.
    if (!add(container.cgroup_id)) continue;
    auto entry = std::make_shared<Entry>();
    entry->top_cgroup = container.cgroup_id;
    entry->started = entry->is_container = true;
    container.index = next_index_++;
    entry->metadata_known = !container.name.empty();
    if (container.name.empty()) container.name = container.id;
    entry->row = std::make_shared<Container>(std::move(container));
    entry->first_pid = pid_of(*entry->row);
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
  if (metadata_watch_) metadata_watch_->watch(*entry->row);
  look_up(*entry);
  decide(*entry);
}

ContainerTable::Entry* ContainerTable::entry_of(uint64_t cgroup_id) {
  const auto top = top_of_.find(cgroup_id);
  if (top == top_of_.end()) return nullptr;
  const auto entry = by_top_.find(top->second);
  return entry == by_top_.end() ? nullptr : entry->second.get();
}

void ContainerTable::space_made(const Space& space) {
  ended_spaces_.erase(space.number);
  Entry* entry = find(space.number);
  Container& row = new_version(*entry);
  describe_space(space.maker, row);
  if (space.pid) row.facts.push_back({"pid", std::to_string(space.pid), std::string(kKernel)});
  row.existing = entry->started = space.start_ns != 0 && space.start_ns < begin_ns_;
  if (row.existing) entry->first_pid = space.pid;
  entry->is_container = entry->metadata_known = true;
  decide(*entry);
}

// What stays unknown of a new one is its name, when the record of its beginning was lost.
ContainerTable::Entry* ContainerTable::entry_of_space(uint64_t space) {
  const auto ended = ended_spaces_.find(space);
  if (ended != ended_spaces_.end()) return ended->second.get();
  if (!by_top_.contains(space)) space_made({.number = space});
  return find(space);
}

ContainerTable::Entry* ContainerTable::of_task(uint64_t cgroup_id, uint64_t kernel_top) {
  const bool in_space = is_space(kernel_top);
  Entry* entry = in_space ? entry_of_space(kernel_top) : entry_of(cgroup_id);
  if (!entry) entry = find(kernel_top);
  if (entry && !entry->has_tasks) {
    entry->has_tasks = true;
    decide(*entry);
  }
  return entry;
}

std::shared_ptr<ContainerTable::Entry> ContainerTable::cgroup_removed(uint64_t id) {
  // The kernel side forgot it when it went; but what was told of it since (cgroup_made() is behind
  // by what the rings hold) would stay for ever.
  if (!is_space(id)) hooks_.cgroup_gone(id);
  if (metadata_watch_) metadata_watch_->forget(id);
  if (const ContainerTable::Entry* entry = known(id); api_ && entry) api_->forget(entry->row->id);
  inner_paths_.erase(id);
  if (const auto top = top_of_.find(id); top != top_of_.end()) {
    if (top->second != id) std::erase(cgroups_of_top_[top->second], id);
    top_of_.erase(top);
  }
  const auto found = by_top_.find(id);
  if (found == by_top_.end()) return nullptr;
  const std::shared_ptr<Entry> entry = found->second;
  // Nothing is told to the kernel side, which forgot it: its number may be another's already.
  if (entry->state == State::kTentative) entry->state = State::kRejected;
  entry->totals = hooks_.gone(*entry);
  if (is_space(id)) ended_spaces_[id] = entry;
  by_top_.erase(found);
  cgroups_of_top_.erase(id);
  return entry;
}

ContainerTable::Entry* ContainerTable::find(uint64_t top_cgroup) {
  if (!top_cgroup) return nullptr;
  std::shared_ptr<Entry>& slot = by_top_[top_cgroup];
  if (!slot) {
    slot = std::make_shared<Entry>();
    slot->top_cgroup = top_cgroup;
    auto row = std::make_shared<Container>();
    row->index = next_index_++;
    row->cgroup_id = top_cgroup;
    slot->row = std::move(row);
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
  if (metadata_watch_) metadata_watch_->forget(entry.top_cgroup);
  for (uint64_t id : cgroups_of_top_[entry.top_cgroup]) hooks_.forget_cgroup(id);
  // Who is in it is nobody's, not the host's, and in no space either.
  if (entry.is_container) hooks_.ignore_container(entry.top_cgroup);
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

void ContainerTable::begin(Entry& entry, const Task& task, uint64_t time_ns, bool no_new_privs,
                           uint32_t seccomp_mode) {
  entry.started = true;
  entry.first_pid = task.pid;
  look_up(entry);  // the runtime has written its state, the bundle is complete
  decide(entry);
  Container& row = new_version(entry);
  add_task_facts(task, row);
  row.started_ns = time_ns;
  row.no_new_privs = no_new_privs;
  row.seccomp_mode = seccomp_mode;
  if (entry.state == State::kKept) hooks_.announce(row);
}

void ContainerTable::first_process_ended(Entry& entry, uint64_t time_ns, uint32_t wait_status) {
  if (entry.row->ended_ns) return;
  Container& row = new_version(entry);
  row.ended_ns = time_ns;
  row.wait_status = wait_status;
  if (entry.state == State::kKept) hooks_.announce(row);
}

std::vector<std::string> ContainerTable::unmatched_words() const {
  std::vector<std::string> words;
  for (size_t i = 0; i < word_matched_.size(); ++i) {
    if (!word_matched_[i]) words.push_back(filter_.spec().containers[i]);
  }
  return words;
}

bool ContainerTable::all_ended(uint64_t time_ns) const {
  if (kept_ == 0 || !unmatched_words().empty()) return false;
  return std::ranges::all_of(by_top_, [time_ns](const auto& item) {
    const Entry& entry = *item.second;
    return entry.state != State::kKept || (entry.row->ended_ns && entry.row->ended_ns < time_ns);
  });
}

void ContainerTable::end(Entry& entry, uint64_t time_ns) {
  if (entry.state != State::kKept) return;
  Container& row = new_version(entry);
  row.stopped_ns = time_ns;
  hooks_.announce(row);
}

void ContainerTable::refresh() {
  if (api_) api_->listen();
  for (auto& [top, entry] : by_top_) {
    if (entry->state == State::kRejected || !entry->is_container) continue;
    if (api_ && api_->has_news(entry->row->id)) {
      look_up(*entry);
      decide(*entry);
    } else if (!entry->metadata_known && entry->metadata_tries < kMetadataTries) {
      ++entry->metadata_tries;
      look_up(*entry);
      decide(*entry);
    } else if ((entry->row->started_ns || entry->row->existing) &&
               entry->looks_after_start <= kLastLook) {
      // What an engine notes when the container runs: its addresses, when it started; and what its
      // API answered meanwhile.
      const uint32_t look = entry->looks_after_start++;
      if (look == kFirstLook || look == kLastLook) look_up(*entry);
    }
  }
}

// What nobody downstream has seen may be mended in place; what was seen gets a new version.
Container& ContainerTable::new_version(Entry& entry) {
  if (entry.state == State::kKept) entry.row = std::make_shared<Container>(*entry.row);
  return const_cast<Container&>(*entry.row);
}

// What was found in time counts where what is there now says less.
bool ContainerTable::read_files(Container& container) {
  const bool known = metadata_.read(container);
  if (!metadata_watch_) return known;
  const auto found = metadata_watch_->take(container.cgroup_id);
  if (!found || found->facts.size() <= container.facts.size()) return known;
  container.name = found->name;
  container.image = found->image;
  container.engine = found->engine;
  container.runtime = found->runtime;
  container.no_new_privs = found->no_new_privs;
  container.attributes = found->attributes;
  std::vector<Fact> facts = found->facts;
  std::ranges::copy_if(container.facts, std::back_inserter(facts),
                       [](const Fact& fact) { return fact.source == kKernel; });
  container.facts = std::move(facts);
  return true;
}

bool ContainerTable::look_up(Entry& entry) {
  Container known = *entry.row;
  if (known.name == known.id) known.name.clear();  // only for want of a better one
  if (!read_files(known)) return false;
  entry.metadata_known = entry.is_container = true;
  keep_facts(*entry.row, known);  // files that are gone take nothing away
  if (known == *entry.row) return false;
  Container& row = new_version(entry);
  row = std::move(known);
  if (entry.state == State::kKept) hooks_.announce(row);
  return true;
}

void ContainerTable::decide(Entry& entry) {
  if (entry.state != State::kTentative || !entry.is_container) return;
  if (command_mode_ && !entry.has_tasks) return;
  if (wanted_ && !wanted_(*entry.row)) return reject(entry);
  // An engine's files are there from the start or come late; a bare runtime's state is there when
  // the container begins.
  const bool named = !filter_.wants_age(*entry.row) || entry.metadata_known ||
                     (entry.row->engine.empty() && entry.started) ||
                     entry.metadata_tries >= kMetadataTries;
  if (filter_.has_container_filter() && !filter_.wants_container(*entry.row)) {
    if (named) reject(entry);
    return;
  }
  Container& row = new_version(entry);
  if (row.name.empty()) row.name = row.id;
  entry.state = State::kKept;
  ++kept_;
  for (size_t i = 0; i < word_matched_.size(); ++i)
    word_matched_[i] = word_matched_[i] || names_container(filter_.spec().containers[i], row);
  hooks_.announce(row);
}

}  // namespace ctrace
