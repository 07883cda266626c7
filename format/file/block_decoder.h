// A block's parts to events. A block is checked as a whole before its first event is delivered.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "format/base/result.h"
#include "format/file/frame.h"
#include "format/file/key_decoder.h"
#include "format/file/part.h"
#include "format/file/recording_reader.h"
#include "format/file/type_table.h"
#include "format/model/event.h"

namespace ctrace {

// Whether a selection wants the events of this id.
bool wants_event(const Selection& selection, uint16_t event_id);

class BlockDecoder {
 public:
  // `types` outlives the decoder.
  explicit BlockDecoder(TypeTable* types) : types_(types) {}

  // Counts and totals alone: key().counts(), key().totals(), key().locals().
  Result<void> open_summary(const FrameHeader& header, std::span<const uint8_t> payload);

  // All of the block that `selection` wants. `block` makes the serials of tasks unique: a number
  // that no other block of the stream has. An error says what is wrong: "its tasks are missing".
  Result<void> open(const FrameHeader& header, std::span<const uint8_t> payload, uint64_t block,
                    const Selection& selection);
  // Delivers what open() found, in order; false when `sink` wants no more.
  bool deliver(const std::function<bool(const Event&)>& sink);

  const KeyDecoder& key() const { return key_; }

 private:
  // What one (event id, ABI) pair needs while its events are delivered: `event` is complete but for
  // what differs from event to event, so that an event costs its own values and no more.
  struct Source {
    bool wanted = false;
    uint32_t text_args = 0;
    size_t stride = 0;               // values of an event: result, then arguments
    const uint64_t* next = nullptr;  // of the next event
    uint64_t* values = nullptr;
    uint32_t columns_seen = 0;  // bit 0: result, bit 1 + a: argument a
    bool denied_seen = false;
    const uint8_t* denied = nullptr;  // of the next event; null: the filter refused none
    bool has_durations = false;       // behind the arguments
    Event event;
  };

  Result<void> open_time(const disk::Time* time, const FrameHeader& header);
  Result<void> open_body(const disk::Body* body);
  Result<void> explain_unknown(const disk::Body& body);
  void place_values();
  Result<void> open_column(const disk::Column& column);
  Result<void> open_denied(const disk::Column& column, Source& source);

  TypeTable* types_;
  PartReader key_part_, time_part_, body_part_;
  KeyDecoder key_;
  std::vector<Source> sources_;  // one for each local id
  std::vector<uint64_t> times_;
  std::vector<uint16_t> cpus_;
  std::vector<StringEntry> strings_;
  std::vector<uint64_t> values_;
  bool any_wanted_ = false;
};

}  // namespace ctrace
