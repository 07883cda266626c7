// A block's parts to events. A block is checked as a whole before its first event is delivered.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "format/base/result.h"
#include "format/file/body_decoder.h"
#include "format/file/frame.h"
#include "format/file/key_decoder.h"
#include "format/file/part.h"
#include "format/file/recording_reader.h"
#include "format/file/twin_column.h"
#include "format/file/type_table.h"
#include "format/model/event.h"

namespace ctrace {

// Whether a selection wants the events of this id.
bool wants_event(const Selection& selection, uint16_t event_id);

class BlockDecoder {
 public:
  // `types` outlives the decoder.
  explicit BlockDecoder(TypeTable* types) : types_(types), body_(types) {}

  // See PartReader.
  void check_content(bool check) {
    key_part_.check_content(check);
    time_part_.check_content(check);
    body_.check_content(check);
  }

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
  Result<void> open_time(const disk::Time* time, const FrameHeader& header);
  void add_up_times(const uint16_t* low, const uint16_t* high);

  TypeTable* types_;
  PartReader key_part_, time_part_;
  KeyDecoder key_;
  BodyDecoder body_;
  std::vector<uint64_t> times_;
  uint64_t earliest_ = 0, latest_ = 0;
  TwinColumn<uint8_t, uint16_t> cpus_;
  bool any_wanted_ = false;
};

}  // namespace ctrace
