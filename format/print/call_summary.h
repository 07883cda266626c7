// What was called how often (--count), in place of the events.
//
// Table: a line for each event of each container with calls, errors, their share of all calls and
// the names; the container with the most calls first, and in it the event with the most; then a
// line `total` for it, and one for all when there are several. JSON: an object a line, {container:
// {id, name, image, runtime} or null for the host, event, calls, errors}, in the same order,
// without totals. Where calls have durations (--durations) there are in addition the seconds that
// they took and the microseconds of each, and the event that took most is the first; in JSON
// `duration`, in nanoseconds. Losses come last: a line `lost`, whose calls are the records that are
// missing.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "format/base/flat_map.h"
#include "format/print/printer.h"

namespace ctrace {

class CallSummary : public Printer {
 public:
  CallSummary(const PrintOptions& options, OutputBuffer& out)
      : json_(options.format == OutputFormat::kJson), out_(out) {}

  void begin() override {}
  void event(const Event& event) override;
  // The next events are another recording's: containers and types have new numbers.
  void next_stream();
  void end() override;

 private:
  struct Count {
    std::string event;
    uint64_t calls = 0, errors = 0;
    uint64_t duration_ns = 0;
    bool operator==(const Count&) const = default;
  };
  // One container, or the host (both empty), over all streams.
  struct Group {
    Container container;  // the newest that is known; its id is the key
    bool is_host = true;
    std::map<std::string, Count> counts;
  };
  struct Slot {
    Count* count = nullptr;
    const EventType* type = nullptr;  // compared, never followed
  };

  Count& count_of(const Event& event);
  std::vector<const Group*> sorted_groups() const;
  void print_table(const std::vector<const Group*>& groups);
  void print_json(const std::vector<const Group*>& groups);
  void append_row(const Count& count, uint64_t all, std::string_view container);

  const bool json_;
  OutputBuffer& out_;
  std::map<std::string, Group> groups_;  // by container id
  FlatMap<Slot> slots_;                  // by container and event id, of this stream
  uint64_t lost_ = 0;
  bool timed_ = false;  // some call has a duration
};

}  // namespace ctrace
