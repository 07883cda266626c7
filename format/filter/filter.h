// Which events are wanted: the same words and the same decision in record, live output and replay.
//
//   FilterSpec spec;                       // filled by format/options, see filter_spec.h
//   auto filter = Filter::compile(spec);   // what the words mean
//   StreamFilter stream(*filter, header);  // for one recording, or live
//   if (stream.wants(event)) printer.event(event);
//
// A system call that the catalogue does not know can be named as it is printed, `syscall_470`, and
// is in the set `syscalls`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "format/base/result.h"
#include "format/filter/event_names.h"
#include "format/filter/expression.h"
#include "format/filter/filter_spec.h"
#include "format/filter/process_tree.h"
#include "format/filter/time_point.h"
#include "format/model/event.h"
#include "format/model/recording.h"

namespace ctrace {

class Filter {
 public:
  // Fails with a message that names the unknown event or set, or the value that makes no sense.
  static Result<Filter> compile(const FilterSpec& spec);

  // The events that are wanted by name. For the kernel side.
  const EventMask& event_mask() const { return events_; }
  bool names(uint16_t event_id) const {
    return all_events_ || (event_id < kEventIdLimit ? events_[event_id] : wants_later_ids_);
  }
  bool all_events() const { return all_events_; }
  // Whether it is chosen, and not just let through like all others.
  bool asks_for(uint16_t event_id) const { return !wants_later_ids_ && events_[event_id]; }
  // Whether sys_enter or sys_exit are asked for by name, so that they are to be made of calls; and
  // whether they may be made of this one: no exclusion names it. See pseudo_events.h.
  bool makes(uint16_t id) const { return made_[id]; }
  bool makes_any() const { return made_.any(); }
  bool allows_call(uint16_t event_id) const {
    return event_id >= kEventIdLimit || !excluded_[event_id];
  }
  // The same and those that others follow from: calls (of sys_enter), and what a StreamFilter must
  // see to decide on others (--tree). For block selection: who leaves others out changes nothing.
  EventMask events_to_read() const;
  // Events of all commands are needed: the kernel side must not choose by comm.
  bool follows_processes() const { return !roots_.empty(); }

  bool has_container_filter() const {
    return !spec_.containers.empty() || spec_.only_new || spec_.only_existing;
  }
  bool wants_container(const Container& container) const;
  // The same by --new and --existing alone, which nothing that is learned later changes.
  bool wants_age(const Container& container) const {
    return container.existing ? !spec_.only_new : !spec_.only_existing;
  }
  bool wants_host() const { return spec_.host; }
  const FilterSpec& spec() const { return spec_; }

 private:
  friend class StreamFilter;

  Result<void> compile_words();
  bool wants_comm(const std::string& comm) const;
  bool allows_pseudo(const Event& event) const;

  FilterSpec spec_;
  EventMask events_, excluded_, made_;
  bool all_events_ = true;
  bool wants_later_ids_ = true;                     // ids past the mask's end
  std::vector<std::string> comms_, exclude_comms_;  // as the kernel cuts them
  std::vector<ProcessTree::Root> roots_;
  std::optional<TimePoint> since_, until_;
  std::vector<Expression> conditions_;  // all must hold
};

// A filter at work on one stream of events. `filter` must outlive it.
class StreamFilter {
 public:
  // kRecorded: the events of a recording. Those that were recorded under the same --tree all belong
  // to it, even if the forks that would tell so were not recorded.
  enum class Source { kLive, kRecorded };
  StreamFilter(const Filter& filter, const RecordingHeader& header, Source source = Source::kLive);

  // Call it with every event of the stream, in order.
  bool wants(const Event& event);

 private:
  static constexpr size_t kTaskSlots = 1024;
  // What was decided on a row of Task, which never changes.
  struct TaskSlot {
    uint64_t serial = 0;
    bool container_wanted = false, comm_wanted = false;
  };
  TaskSlot decide(const Task& task) const;

  const Filter& filter_;
  std::optional<ProcessTree> tree_;
  uint64_t since_ns_ = 0, until_ns_ = UINT64_MAX;  // until_ns_ itself is not wanted
  std::vector<TaskSlot> slots_;  // direct-mapped by serial; empty: no choice by task
  std::vector<Expression> conditions_;
  OutputBuffer scratch_{-1};
};

}  // namespace ctrace
