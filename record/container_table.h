// The containers of a recording as the recorder learns of them.
//
// Every cgroup that is made is tentative at first: its events are captured but kept apart (see
// EventGate) until it is known to be a container that is wanted. The rule, in this order:
//   1. the cgroup's path has an engine's form, or a runtime's file names it        -> container
//   2. the path is one of systemd's own (a service, a slice, a session)            -> none
//   3. a task in it lives in a pid namespace below the recorder's and in another
//      mount namespace than its parent                                             -> container
//   4. another cgroup is made in it before any task was: it is a folder ("/docker",
//      "/kubepods"), and what is made in it is looked at by itself                 -> none
//   5. the cgroup went away, or it made events for three seconds, and nothing of
//      the above came                                                              -> none, for now
//   6. a pid namespace below the initial one, in no container's cgroup, whose first process has
//      mounts that who made it has not: it needs no cgroup, and is a container from its first
//      execve on (a space, bpf/spaces.bpf.h)                                       -> container
// What was given up so is watched, as is a cgroup that nobody was in when the recorder started:
// when a program begins there with mounts of its own or as the first of a pid namespace, the cgroup
// is tentative again. Where a container is chosen by name, it stays tentative until its name is
// known.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "format/filter/filter.h"
#include "format/model/event.h"
#include "record/metadata/container_metadata.h"
#include "record/metadata/metadata_watch.h"

namespace ctrace {

class ContainerTable {
 public:
  enum class State { kTentative, kKept, kRejected };

  // What a container did in all, by the kernel side's counters.
  struct Totals {
    uint64_t calls = 0, failed = 0, lost = 0;
  };
  // It lives as long as the table knows it, or a task or a held event refers to it: a long
  // recording has any number of containers.
  struct Entry : std::enable_shared_from_this<Entry> {
    State state = State::kTentative;
    std::shared_ptr<const Container> row;  // the newest version; who has an older one keeps it
    uint64_t top_cgroup = 0;
    bool is_container = false;  // known to be one, though perhaps not named yet
    bool has_tasks = false;     // a task was seen in it
    bool started = false;       // its own first execve was seen, or it ran before
    bool metadata_known = false;
    uint32_t metadata_tries = 0;
    uint32_t looks_after_start = 0;  // refreshes since it began
    bool watched = false;            // rejected for now
    uint32_t revivals = 0;
    Totals totals;           // once it is gone
    uint32_t first_pid = 0;  // its first process, as the host numbers it; 0: not known
  };

  struct Hooks {
    // The kernel side took the cgroup for a part of another; it belongs to `top`.
    std::function<void(uint64_t cgroup_id, uint64_t top)> move_cgroup;
    // The kernel side must forget this cgroup; then (once) look at all tasks anew.
    std::function<void(uint64_t cgroup_id)> forget_cgroup;
    // It was removed.
    std::function<void(uint64_t cgroup_id)> cgroup_gone;
    // Those in this cgroup are nobody's.
    std::function<void(uint64_t cgroup_id)> ignore_container;
    std::function<void()> raise_epoch;
    // The kernel side must tell when a container may begin in this cgroup, which is none's.
    std::function<void(uint64_t cgroup_id)> watch_cgroup;
    // A kept container is new or better known.
    std::function<void(const Container&)> announce;
    // The cgroup of `entry`, kept or not, was removed: nothing more will come of it.
    std::function<Totals(const Entry& entry)> gone;
  };

  // `filter` must outlive the table. `command_mode`: only containers that a recorded task was seen
  // in are kept.
  ContainerTable(const Filter& filter, std::string host_root, bool command_mode, Hooks hooks);

  // Of containers only those that `wanted` takes, when it is asked: which must be known when the
  // container's cgroup is made.
  void keep_only(std::function<bool(const Container&)> wanted) { wanted_ = std::move(wanted); }

  // What began before that time, on the monotonic clock, ran before the recording.
  void recording_begins(uint64_t time_ns) { begin_ns_ = time_ns; }
  // Containers that ran before.
  // `add` tells the kernel side and says whether it did not know the cgroup yet.
  void add_existing(const std::function<bool(uint64_t top_cgroup)>& add);

  // `kernel_top` is what the kernel side took for the outermost cgroup of the container.
  void cgroup_made(uint64_t id, uint64_t parent, uint64_t kernel_top, std::string_view path);
  // The entry of a removed top cgroup, null for any other.
  std::shared_ptr<Entry> cgroup_removed(uint64_t id);
  // A container without a cgroup of its own: `number` stands for its outermost one. `start_ns` (on
  // the monotonic clock) and `pid` are its first process', `maker` the name of the task that made
  // it.
  struct Space {
    uint64_t number = 0, start_ns = 0;
    uint32_t pid = 0;
    std::string maker = {};
  };
  void space_made(const Space& space);
  // The container of a task in `cgroup_id`, which the kernel side took for a part of `kernel_top`.
  Entry* of_task(uint64_t cgroup_id, uint64_t kernel_top);
  // By top cgroup; an unknown one (its birth was lost) begins tentative. Null for 0.
  Entry* find(uint64_t top_cgroup);
  // The same without making one.
  const Entry* known(uint64_t top_cgroup) const;

  void saw_own_namespaces(Entry& entry);  // rule 3
  // A task of the set-up is called so: tells the runtime when its files are gone too soon.
  void saw_setup_task(Entry& entry, std::string_view comm);
  void reject(Entry& entry);   // for good
  void give_up(Entry& entry);  // rule 5
  // A container may begin in a cgroup that is watched.
  void revive(uint64_t cgroup_id);
  // The container's own first execve, by `task`.
  void begin(Entry& entry, const Task& task, uint64_t time_ns, bool no_new_privs,
             uint32_t seccomp_mode);
  // Its first process ended.
  void first_process_ended(Entry& entry, uint64_t time_ns, uint32_t wait_status);
  void end(Entry& entry, uint64_t time_ns);

  // Looks again for what is not known yet; call it a few times a second.
  void refresh();
  // From here on `watch`, which must outlive the table, looks at files that are there for a few
  // milliseconds alone.
  void watch_metadata(MetadataWatch& watch) { metadata_watch_ = &watch; }

  // From here on engines are asked by their APIs too; `api` must outlive the table.
  void ask(EngineApi& api) {
    api_ = &api;
    metadata_.ask(&api);
  }

  size_t kept_count() const { return kept_; }
  // Words of --container that none of the containers kept so far fits.
  std::vector<std::string> unmatched_words() const;
  // Some were kept, each that was asked for by name too, and all of them have ended: their cgroups
  // are gone, or (on a runtime that keeps them) their first process was, before `time_ns`.
  bool all_ended(uint64_t time_ns) const;
  // The events of a cgroup that is no container are the host's, which is recorded.
  bool is_host(const Entry& entry) const {
    return entry.state == State::kRejected && !entry.is_container && filter_.wants_host();
  }

 private:
  Container& new_version(Entry& entry);
  Entry* entry_of(uint64_t cgroup_id);
  Entry* entry_of_space(uint64_t space);
  void watch(uint64_t cgroup_id, std::string_view path);
  void describe(Entry& entry, std::string_view path);
  bool read_files(Container& container);
  bool look_up(Entry& entry);  // whether something new is known
  void decide(Entry& entry);

  const Filter& filter_;
  const std::string host_root_;
  MetadataReader metadata_;
  const bool command_mode_;
  const Hooks hooks_;
  std::function<bool(const Container&)> wanted_;
  std::unordered_map<uint64_t, std::shared_ptr<Entry>> by_top_;
  std::unordered_map<uint64_t, std::vector<uint64_t>> cgroups_of_top_;
  std::unordered_map<uint64_t, uint64_t> top_of_;  // of each cgroup that is or may be a container's
  // By their spaces, until these come again: what their last processes do is told after their end.
  std::unordered_map<uint64_t, std::shared_ptr<Entry>> ended_spaces_;
  std::unordered_map<uint64_t, std::string> inner_paths_;  // of cgroups that are not top ones
  uint64_t begin_ns_ = 0;
  uint32_t next_index_ = 1;
  size_t kept_ = 0;
  MetadataWatch* metadata_watch_ = nullptr;
  EngineApi* api_ = nullptr;
  std::vector<bool> word_matched_;  // of --container, by place
};

}  // namespace ctrace
