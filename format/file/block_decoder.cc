#include "format/file/block_decoder.h"

#include <algorithm>

#include "format/catalogue/catalogue.h"
#include "format/file/block_layout.h"
#include "format/file/frame_scanner.h"

namespace ctrace {
namespace {

int64_t unzigzag(uint32_t value) {
  return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

}  // namespace

bool wants_event(const Selection& selection, uint16_t event_id) {
  if (selection.event_ids.empty() || event_id == kLost) return true;
  return event_id < selection.event_ids.size() && selection.event_ids[event_id];
}

Result<void> BlockDecoder::open_summary(const FrameHeader& header,
                                        std::span<const uint8_t> payload) {
  const auto part = key_part_.open(part_of(header, payload, 0), header.raw_lengths[0]);
  if (!part) return unexpected("its key: " + part.error().message);
  return key_.open_summary((*part)->key(), header.events);
}

Result<void> BlockDecoder::open(const FrameHeader& header, std::span<const uint8_t> payload,
                                uint64_t block, const Selection& selection) {
  any_wanted_ = false;
  if (auto summary = open_summary(header, payload); !summary) return summary;
  for (size_t i = 0; i < key_.locals().size(); ++i) {
    if (wants_event(selection, key_.locals()[i].event_id)) {
      any_wanted_ = true;
    } else {
      key_.pass_over(i);
    }
  }
  if (!any_wanted_) return {};
  if (auto columns = key_.open_columns(block, types_); !columns) return columns;

  const auto time = time_part_.open(part_of(header, payload, 1), header.raw_lengths[1]);
  if (!time) return unexpected("its time: " + time.error().message);
  if (auto opened = open_time((*time)->time(), header); !opened) return opened;
  return body_.open(part_of(header, payload, 2), header.raw_lengths[2], &key_);
}

// Times from first differences, in 32 bits and zigzag code.
void BlockDecoder::add_up_times(const uint16_t* low, const uint16_t* high) {
  const size_t n = times_.size();
  uint64_t now = key_.first_time();
  earliest_ = UINT64_MAX;
  latest_ = 0;
  size_t i = 0;
  while (i < n) {
    // Where time does not run back, as nearly always, the last one of a group is its latest.
    constexpr size_t kGroup = 8;
    uint32_t is_negative = 0;
    if (i + kGroup <= n) {
      for (size_t k = 0; k < kGroup; ++k) is_negative |= low[i + k];
    }
    if (i + kGroup <= n && !(is_negative & 1)) {
      for (size_t k = 0; k < kGroup; ++k, ++i) {
        now += (low[i] | uint32_t{high[i]} << 16) >> 1;
        times_[i] = now;
      }
      earliest_ = std::min(earliest_, times_[i - kGroup]);
      latest_ = std::max(latest_, now);
      // Beyond the end of time: in no range that a block can say.
      if (now < times_[i - kGroup]) earliest_ = 0, latest_ = UINT64_MAX;
      continue;
    }
    for (const size_t end = std::min(n, i + kGroup); i < end; ++i) {
      now += static_cast<uint64_t>(unzigzag(low[i] | uint32_t{high[i]} << 16));
      times_[i] = now;
      earliest_ = std::min(earliest_, now);
      latest_ = std::max(latest_, now);
    }
  }
}

Result<void> BlockDecoder::open_time(const disk::Time* time, const FrameHeader& header) {
  if (!time) return unexpected("its time is missing");
  const size_t n = key_.events();
  times_.resize(n);
  const auto *lo = time->ts_lo(), *hi = time->ts_hi();
  const auto* ts64 = time->ts64();
  if (lo && hi && !ts64 && lo->size() == n && hi->size() == n) {
    add_up_times(lo->data(), hi->data());
  } else if (ts64 && !lo && !hi && ts64->size() == n && is_aligned(ts64)) {
    times_.assign(ts64->data(), ts64->data() + n);
    const auto [earliest, latest] = std::minmax_element(times_.begin(), times_.end());
    earliest_ = *earliest;
    latest_ = *latest;
  } else {
    return unexpected("its events have not one time each");
  }
  if (earliest_ != header.time_min || latest_ != header.time_max ||
      times_[0] != key_.first_time()) {
    return unexpected("its times are not in the range that it says");
  }
  if (!cpus_.open(time->cpu(), time->cpu16(), n)) {
    return unexpected("its events have not one CPU each");
  }
  return {};
}

bool BlockDecoder::deliver(const std::function<bool(const Event&)>& sink) {
  if (!any_wanted_) return true;
  for (const uint32_t i : key_.wanted()) {
    BodyDecoder::Source& source = body_.source(key_.local_of(i));
    Event& event = source.event;
    const uint64_t* values = source.next;
    source.next += source.stride;
    event.time_ns = times_[i];
    event.cpu = static_cast<uint16_t>(cpus_[i]);
    event.task = &key_.task_of(i);
    event.result = static_cast<int64_t>(values[0]);
    if (source.denied) event.denied = denied_of(*source.denied++);
    const size_t args = source.stride - 1 - source.has_durations;
    if (source.has_durations) event.duration_ns = values[source.stride - 1];
    for (size_t a = 0; a < args; ++a) event.args[a] = values[1 + a];
    for (uint32_t left = source.text_args; left != 0; left &= left - 1) {
      const unsigned a = static_cast<unsigned>(__builtin_ctz(left));
      const StringEntry& entry = body_.string(event.args[a]);
      event.texts[a] = entry.text;
      event.args[a] = entry.address;
    }
    if (!sink(event)) return false;
  }
  return true;
}

}  // namespace ctrace
