// A recording from the JSON lines that ctrace-replay --format json prints: analyses take them like
// .ctr files. The file is hostile like any other: what is no event is told as damage and passed
// over, and no line may be longer than kMaxLineBytes.
//
// Lines know less than a recording: losses and filters only as far as the lines tell of them,
// containers without runtime settings (noNewPrivileges counts as off, which gives the larger
// baseline). Lines without any container are taken for those of one command.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "format/base/result.h"
#include "format/file/recording_reader.h"

namespace ctrace {

// A .ctr file or JSON lines, whichever `path` holds.
Result<std::unique_ptr<RecordingReader>> open_recording(const std::string& path);

// An event made of one line, with all that it points to.
struct LineEvent {
  Event event;
  Task task;
  std::string bytes[kMaxArgs];
};

class JsonLinesReader final : public RecordingReader {
 public:
  static constexpr size_t kMaxLineBytes = 16 << 20;
  static Result<std::unique_ptr<RecordingReader>> open(const std::string& path);

  const RecordingHeader& header() const override { return header_; }
  uint64_t file_size() const override { return size_bytes_; }
  Result<void> read(const Selection& selection,
                    const std::function<bool(const Event&)>& sink) override;
  const std::vector<CallCount>& call_counts() override { return counts_; }
  const std::map<uint32_t, Container>& containers() override { return containers_; }
  RecordingState state() override { return RecordingState::kComplete; }
  const RecordingTotals& totals() override { return totals_; }
  std::pair<uint64_t, uint64_t> time_range_ns() override { return range_ns_; }
  void verify() override {}
  const std::vector<Damage>& damage() const override { return damage_; }

 private:
  explicit JsonLinesReader(std::string path) : path_(std::move(path)) {}
  Result<void> for_each_line(const std::function<bool(std::string_view, uint64_t)>& sink);
  Result<void> survey();
  void count(const LineEvent& line);
  bool parse(std::string_view text, LineEvent& line);
  const EventType* type_of(const std::string& name, Abi abi, uint64_t id);
  void note_damage(uint64_t offset, const std::string& what);

  std::string path_;
  RecordingHeader header_;
  RecordingTotals totals_;
  std::vector<CallCount> counts_;
  std::map<std::tuple<uint32_t, Phase, Abi, uint16_t>, size_t> count_rows_;  // into counts_
  std::map<uint32_t, Container> containers_;
  std::map<std::string, uint32_t> container_ids_;
  std::map<std::pair<std::string, Abi>, EventType> types_;  // that the catalogue has not
  std::vector<Damage> damage_;
  std::pair<uint64_t, uint64_t> range_ns_{0, 0};
  uint64_t size_bytes_ = 0;
  bool surveyed_ = false;
};

}  // namespace ctrace
