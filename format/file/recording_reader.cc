#include "format/file/recording_reader.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

#include "format/file/decode_ahead.h"
#include "format/file/file_reader.h"

namespace ctrace {
namespace {

// Where the first frame is damaged, the first good one is looked for no further than this: what has
// none there is no recording, and a large other file is not read for nothing.
constexpr uint64_t kSearchLimit = 1 << 20;
// Of smaller files the blocks are decoded one by one: a thread would not be worth its making.
constexpr uint64_t kMinAheadSize = 1 << 20;
// Of counts added up over a file: those of 80,000 containers, and about 350 MB.
constexpr size_t kMaxSummaryRows = 1 << 23;

unexpected cannot_open(const std::string& path, int number) {
  return unexpected(system_message("cannot open '" + path + "'", number));
}

unexpected no_recording(const std::string& path) {
  return unexpected(Error::Kind::kNotARecording, "'" + path + "' is not a ctrace recording");
}

unexpected newer_version(const std::string& path, const uint8_t* bytes) {
  return unexpected(Error::Kind::kNewerVersion,
                    "'" + path + "' was written by a newer ctrace (format " +
                        std::to_string(bytes[12]) + "." + std::to_string(bytes[13]) +
                        "; this one reads " + std::to_string(kFormatMajor) + ".x)");
}

}  // namespace

Result<std::unique_ptr<RecordingReader>> RecordingReader::open(const std::string& path) {
  auto reader = FileReader::open(path);
  if (!reader) return unexpected(reader.error());
  return std::unique_ptr<RecordingReader>(std::move(*reader));
}

FileReader::FileReader(FileDescriptor descriptor, InputFile file)
    : descriptor_(std::move(descriptor)), file_(std::move(file)) {}

Result<std::unique_ptr<FileReader>> FileReader::open(const std::string& path) {
  FileDescriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!descriptor) return cannot_open(path, errno);
  // The lock is asked for before the size is: a writer that finishes in between has then written
  // its trailer, which the file of that size has.
  const bool is_locked = is_locked_for_writing(descriptor.get());
  struct stat status;
  if (fstat(descriptor.get(), &status) != 0) return cannot_open(path, errno);
  if (S_ISDIR(status.st_mode)) return cannot_open(path, EISDIR);
  if (!S_ISREG(status.st_mode)) return no_recording(path);

  InputFile file{descriptor.get(), static_cast<uint64_t>(status.st_size), path};
  std::unique_ptr<FileReader> reader(new FileReader(std::move(descriptor), std::move(file)));
  if (auto checked = reader->check_beginning(); !checked) return unexpected(checked.error());
  reader->state_ = is_locked ? RecordingState::kBeingWritten : RecordingState::kCutShort;
  reader->read_header_frame();
  reader->types_ = std::make_unique<TypeTable>(reader->header_.event_types);
  reader->decoder_ = reader->make_decoder();
  reader->load_index();
  return reader;
}

std::unique_ptr<BlockDecoder> FileReader::make_decoder() {
  auto decoder = std::make_unique<BlockDecoder>(types_.get());
  decoder->check_content(false);
  return decoder;
}

// Whether this is a recording that can be read, and if not, why.
Result<void> FileReader::check_beginning() {
  FrameHeaderBytes bytes = {};
  const size_t size = std::min<uint64_t>(file_.size, bytes.size());
  const int number = read_whole(file_.fd, std::span(bytes).first(size), 0);
  if (number > 0) return unexpected(system_message("cannot read '" + file_.path + "'", number));
  const bool has_magic = size >= kFrameMagic.size() &&
                         std::memcmp(bytes.data(), kFrameMagic.data(), kFrameMagic.size()) == 0;
  FoundFrame frame;
  if (size == bytes.size()) {
    const HeaderCheck check = decode_frame_header(bytes, &frame.header);
    if (check == HeaderCheck::kNewer) return newer_version(file_.path, bytes.data());
    if (check == HeaderCheck::kGood && frame.header.frame_size() <= file_.size) return {};
  }
  // The first frame is damaged or the file ends in it.
  InputFile beginning = file_;
  if (!has_magic) beginning.size = std::min(file_.size, kSearchLimit);
  DamageLog ignored;
  FrameScanner scanner(beginning, &ignored);
  if (scanner.next()) return {};
  if (!has_magic) return no_recording(file_.path);
  return unexpected(Error::Kind::kNotARecording,
                    "'" + file_.path + "' holds no whole frame of a ctrace recording");
}

void FileReader::read_header_frame() {
  const auto frame = frame_at(file_, 0);
  if (!frame || frame->header.kind != FrameKind::kHeader) {
    damage_.note(0, "the recording's header is missing");
    return;
  }
  const auto payload = read_payload(file_, *frame, &buffer_);
  if (!payload) return damage_.note(0, payload.error().message);
  PartReader reader;
  const auto part = reader.open(part_of(frame->header, *payload, 0), frame->header.raw_lengths[0]);
  if (!part) return damage_.note(0, "header 0: " + part.error().message);
  if (!(*part)->header()) return damage_.note(0, "header 0: it is empty");
  CopyBudget budget;
  auto header = unpack_header(*(*part)->header(), &budget);
  if (!header) return damage_.note(0, "header 0: " + header.error().message);
  header_ = std::move(*header);
}

void FileReader::load_index() {
  trailer_ = find_trailer(file_);
  if (!trailer_) return;
  state_ = RecordingState::kComplete;
  auto index = read_index(file_, *trailer_);
  if (index) {
    index_ = std::move(*index);
  } else {
    damage_.note(trailer_->offset, index.error().message);
  }
}

Result<void> FileReader::read(const Selection& selection,
                              const std::function<bool(const Event&)>& sink) {
  DamageLog noted;  // on the way to the next block
  FrameScanner scanner(file_, &noted);
  uint64_t blocks = 0;
  std::vector<Damage> found[2];  // on the way to what each decoder has
  const auto place = [&](const BlockDecoder& decoder) {
    return &decoder == decoder_.get() ? 0 : 1;
  };
  const auto next = [&](BlockDecoder& decoder, const std::atomic<bool>& stop) {
    const bool opened = open_next_block(&scanner, &blocks, selection, &decoder, &noted, stop);
    found[place(decoder)] = noted.all();
    noted = {};
    return opened;
  };
  const auto taken = [&](const BlockDecoder& decoder) {
    for (const Damage& damage : found[place(decoder)]) damage_.note(damage.offset, damage.what);
  };
  const bool ahead = file_.size >= kMinAheadSize && std::thread::hardware_concurrency() > 1;
  if (ahead && !second_decoder_) second_decoder_ = make_decoder();
  DecodeAhead(decoder_.get(), second_decoder_.get(), next, taken).deliver(sink, ahead);
  return {};
}

// Of those that may have something wanted; over what is damaged. False: there are no more.
bool FileReader::open_next_block(FrameScanner* scanner, uint64_t* blocks,
                                 const Selection& selection, BlockDecoder* decoder,
                                 DamageLog* damage, const std::atomic<bool>& stop) {
  while (const auto frame = stop ? std::nullopt : scanner->next()) {
    if (frame->header.kind != FrameKind::kBlock) continue;
    const uint64_t block = (*blocks)++;
    if (index_) {
      const auto indexed = index_->blocks.find(frame->offset);
      if (indexed != index_->blocks.end() && !indexed->second.may_have(selection)) continue;
    }
    const auto payload = read_payload(file_, *frame, &buffer_);
    if (!payload) {
      damage->note(frame->offset, payload.error().message);
      continue;
    }
    if (auto opened = decoder->open(frame->header, *payload, block, selection); !opened) {
      damage->note(frame->offset, frame_name(frame->header) + ": " + opened.error().message);
      continue;
    }
    return true;
  }
  return false;
}

// Once: from the index; without one, from the summaries of the blocks and the rows of containers.
void FileReader::summarize() {
  if (is_summarized_) return;
  is_summarized_ = true;
  if (index_) {
    counts_ = index_->counts;
    tallies_ = index_->tallies;
    drops_ = index_->drops;
    totals_ = index_->totals;
    for (const auto& [offset, block] : index_->blocks) {
      time_min_ = std::min(time_min_, block.time_min);
      time_max_ = std::max(time_max_, block.time_max);
    }
    if (index_->containers) containers_ = *index_->containers;
  }
  if (!index_ || !index_->containers || index_->tallies_left_out || index_->drops_left_out) {
    FrameScanner scanner(file_, &damage_);
    while (const auto frame = scanner.next()) {
      const bool is_block = frame->header.kind == FrameKind::kBlock;
      const bool has_rows = frame->header.kind == FrameKind::kContainers;
      if (!has_rows && (!is_block || index_)) continue;
      const auto payload = read_payload(file_, *frame, &buffer_);
      if (!payload) {
        damage_.note(frame->offset, payload.error().message);
      } else if (is_block) {
        summarize_block(frame->header, *payload, frame->offset);
      } else {
        add_containers(frame->header, *payload, frame->offset);
      }
    }
    if (!index_) totals_.events = counts_.sum();
    if (!index_ || index_->tallies_left_out) tallies_.add(ended_tallies_);
    if (!index_ || index_->drops_left_out) drops_ = gathered_drops_.rows();
  }
  counts_.raise(tallies_);
  call_counts_ = counts_.sorted();
}

void FileReader::summarize_block(const FrameHeader& header, std::span<const uint8_t> payload,
                                 uint64_t offset) {
  if (auto opened = decoder_->open_summary(header, payload); !opened) {
    return damage_.note(offset, frame_name(header) + ": " + opened.error().message);
  }
  if (counts_.size() > kMaxSummaryRows)
    return damage_.note(offset, frame_name(header) + ": more counts than a reader takes");
  counts_.add(decoder_->key().counts());
  totals_ = decoder_->key().totals();
  time_min_ = std::min(time_min_, header.time_min);
  time_max_ = std::max(time_max_, header.time_max);
}

void FileReader::add_containers(const FrameHeader& header, std::span<const uint8_t> payload,
                                uint64_t offset) {
  const std::string name = frame_name(header);
  PartReader reader;
  const auto part = reader.open(part_of(header, payload, 0), header.raw_lengths[0]);
  if (!part) return damage_.note(offset, name + ": " + part.error().message);
  if (!(*part)->containers()) return damage_.note(offset, name + ": it is empty");
  const bool wants_tallies = !index_ || index_->tallies_left_out;
  if (const auto* tallies = (*part)->containers()->tallies(); tallies && wants_tallies) {
    CountTable newest;
    if (auto unpacked = unpack_counts(*tallies, &newest); !unpacked) {
      return damage_.note(offset, name + ": " + unpacked.error().message);
    }
    tallies_ = std::move(newest);
  }
  if (const auto* ended = (*part)->containers()->ended_tallies(); ended && wants_tallies) {
    if (ended_tallies_.size() > kMaxSummaryRows)
      return damage_.note(offset, name + ": more tallies than a reader takes");
    if (auto unpacked = unpack_counts(*ended, &ended_tallies_); !unpacked) {
      return damage_.note(offset, name + ": " + unpacked.error().message);
    }
  }
  if (!index_ || index_->drops_left_out) {
    if (auto taken = gathered_drops_.take(*(*part)->containers()); !taken)
      return damage_.note(offset, name + ": " + taken.error().message);
  }
  const auto* rows = (*part)->containers()->rows();
  CopyBudget budget;
  for (uint32_t i = 0; rows && i < rows->size(); ++i) {
    auto container = unpack_container(*rows->Get(i), &budget);
    if (!container) return damage_.note(offset, name + ": " + container.error().message);
    containers_[container->index] = std::move(*container);
  }
}

const std::vector<CallCount>& FileReader::call_counts() {
  summarize();
  return call_counts_;
}

bool FileReader::has_tallies() {
  summarize();
  return state_ == RecordingState::kComplete && tallies_.size() > 0 && totals_.untallied == 0;
}

const std::vector<DropRow>& FileReader::drops() {
  summarize();
  return drops_;
}

const std::map<uint32_t, Container>& FileReader::containers() {
  summarize();
  return containers_;
}

const RecordingTotals& FileReader::totals() {
  summarize();
  return totals_;
}

std::pair<uint64_t, uint64_t> FileReader::time_range_ns() {
  summarize();
  if (time_min_ > time_max_) return {0, 0};
  return {time_min_, time_max_};
}

}  // namespace ctrace
