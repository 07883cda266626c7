// The RecordingReader of .ctr files; recording_reader.cc opens and reads, recording_check.cc
// verifies.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "format/base/file.h"
#include "format/file/block_decoder.h"
#include "format/file/damage_log.h"
#include "format/file/frame_scanner.h"
#include "format/file/index_reader.h"
#include "format/file/loss_codec.h"
#include "format/file/recording_reader.h"
#include "format/file/type_table.h"

namespace ctrace {

class FileReader final : public RecordingReader {
 public:
  static Result<std::unique_ptr<FileReader>> open(const std::string& path);

  const RecordingHeader& header() const override { return header_; }
  uint64_t file_size() const override { return file_.size; }
  Result<void> read(const Selection& selection,
                    const std::function<bool(const Event&)>& sink) override;
  const std::vector<CallCount>& call_counts() override;
  bool has_tallies() override;
  const std::vector<DropRow>& drops() override;
  const std::map<uint32_t, Container>& containers() override;
  RecordingState state() override { return state_; }
  const RecordingTotals& totals() override;
  std::pair<uint64_t, uint64_t> time_range_ns() override;
  void verify() override;
  std::string chain() const override;
  const std::vector<Damage>& damage() const override { return damage_.all(); }

 private:
  FileReader(FileDescriptor descriptor, InputFile file);
  Result<void> check_beginning();
  void read_header_frame();
  void load_index();
  std::unique_ptr<BlockDecoder> make_decoder();
  bool open_next_block(FrameScanner* scanner, uint64_t* blocks, const Selection& selection,
                       BlockDecoder* decoder, DamageLog* damage, const std::atomic<bool>& stop);
  void summarize();
  void summarize_block(const FrameHeader& header, std::span<const uint8_t> payload,
                       uint64_t offset);
  void add_containers(const FrameHeader& header, std::span<const uint8_t> payload, uint64_t offset);

  FileDescriptor descriptor_;
  InputFile file_;
  RecordingState state_ = RecordingState::kCutShort;
  DamageLog damage_;
  RecordingHeader header_;
  std::unique_ptr<TypeTable> types_;
  std::unique_ptr<BlockDecoder> decoder_, second_decoder_;  // the second for read() alone
  std::vector<uint8_t> buffer_;
  std::optional<FoundFrame> trailer_;
  std::optional<RecordingIndex> index_;

  // Gathered from the index or by summarize().
  bool is_summarized_ = false;
  CountTable counts_, tallies_, ended_tallies_;
  std::vector<DropRow> drops_;
  DropGatherer gathered_drops_;
  Digest chain_ = {};  // of the last frame that verify() saw
  std::vector<CallCount> call_counts_;
  std::map<uint32_t, Container> containers_;
  RecordingTotals totals_;
  uint64_t time_min_ = UINT64_MAX, time_max_ = 0;
};

}  // namespace ctrace
