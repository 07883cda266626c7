// Which events are wanted: the same words and the same decision in record, live output and replay.
//
//   FilterSpec spec;              // filled by format/options
//   auto filter = Filter::compile(spec);
//   if (filter->wants(event)) printer.event(event);
//
// Rules: includes of one sort are alternatives (--event a --event b: a or b), sorts combine with
// "and", an exclude wins over an include. --event and --set together are one include: the union.
// No include of a sort: all of it. `lost` is always wanted. A system call that the catalogue does
// not know can be named as it is printed, `syscall_470`, and is in the set `syscalls`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "format/base/result.h"
#include "format/filter/event_names.h"
#include "format/model/event.h"

namespace ctrace {

struct FilterSpec {
  std::vector<std::string> events{}, exclude_events{};  // names or patterns (glob.h): "open*"
  std::vector<std::string> sets{}, exclude_sets{};      // names of sets, or patterns
  std::vector<std::string> comms{}, exclude_comms{};    // whole comm; what the kernel cuts is cut
  std::vector<std::string> containers{};                // name or id (prefix of at least one byte)
  bool empty() const;
  // The same as command line words, in a fixed order: {"--event", "open", ...}.
  std::vector<std::string> words() const;
};

class Filter {
 public:
  // Fails with one line that names the unknown event or set.
  static Result<Filter> compile(const FilterSpec& spec);

  bool wants(const Event& event) const;

  // For the kernel side and for block selection.
  const EventMask& event_mask() const { return events_; }
  bool all_events() const { return all_events_; }
  bool has_container_filter() const { return !spec_.containers.empty(); }
  bool wants_container(const Container& container) const;
  // Does this one word of --container mean `container`? Its name, its id or the id's beginning.
  static bool names_container(std::string_view word, const Container& container);
  const FilterSpec& spec() const { return spec_; }

 private:
  bool wants_comm(const std::string& comm) const;

  FilterSpec spec_;
  EventMask events_;
  bool all_events_ = true;
  bool wants_later_ids_ = true;                     // ids past the mask's end
  std::vector<std::string> comms_, exclude_comms_;  // as the kernel cuts them
};

}  // namespace ctrace
