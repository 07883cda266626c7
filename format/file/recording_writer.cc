#include "format/file/recording_writer.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <iterator>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "format/base/capabilities.h"
#include "format/file/block_sink.h"

namespace ctrace {
namespace {

// Rows of containers that wait for the next flush are written when they are so many bytes.
constexpr size_t kMaxPendingBytes = 8 << 20;
// Texts and tasks of one block: a writer in the background holds two.
constexpr size_t kMaxBlockBytes = 4 << 20;

// Step 0 is the level that was asked for. Negative ones are zstd's fast levels.
constexpr int kEasedLevels[] = {1, -1, -7};

// Two batches: one is being filled, the other one is written, in the background or at once.
class Writer final : public RecordingWriter {
 public:
  Writer(std::unique_ptr<FrameWriter> frames, const RecordingHeader& header,
         const WriterOptions& options)
      : sink_(std::move(frames)),
        filling_(std::make_unique<Batch>(header.event_types, options.chunk_values)),
        block_events_(std::clamp<uint32_t>(options.block_events, 1, kMaxBlockEvents)),
        level_(options.level),
        chunk_values_(options.chunk_values),
        schema_(header.event_types) {}
  ~Writer() override;

  Result<void> write_header(const RecordingHeader& header) {
    auto written = sink_.write_header(header);
    size_ = sink_.size();
    return written;
  }

  void run_in_background() override;
  void ease(unsigned steps) override { ease_ = steps; }
  Result<void> add(const Event& event) override;
  Result<void> put_container(const Container& container) override;
  Result<void> put_tallies(const std::vector<CallCount>& running,
                           const std::vector<CallCount>& ended) override;
  Result<void> put_drops(const std::vector<DropRow>& running,
                         const std::vector<DropRow>& ended) override;
  void set_totals(const RecordingTotals& totals) override { totals_ = totals; }
  Result<void> flush() override;
  Result<void> finish(const RecordingTotals& totals) override;
  uint64_t bytes_written() const override { return size_; }
  uint64_t events_written() const override { return events_; }

 private:
  Result<void> hand_over();
  void run();
  void keep(const Result<void>& written);
  Result<void> state();

  BlockSink sink_;  // the thread's, while there is one
  std::unique_ptr<Batch> filling_;
  const uint32_t block_events_;
  const int level_;
  const size_t chunk_values_;
  const std::vector<EventType> schema_;
  unsigned ease_ = 0;
  size_t pending_bytes_ = 0;
  RecordingTotals totals_;
  bool has_drops_ = false;
  std::atomic<uint64_t> size_ = 0, events_ = 0;  // written
  std::atomic<bool> failed_ = false;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::unique_ptr<Batch> writing_;  // given back, empty, when it is written
  bool is_writing_ = false, stop_ = false;
  std::optional<Error> error_;  // what every further call says
  std::thread thread_;
};

Writer::~Writer() {
  if (!thread_.joinable()) return;
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Writer::run_in_background() {
  if (thread_.joinable()) return;
  writing_ = std::make_unique<Batch>(schema_, chunk_values_);
  // Signals are for the other threads.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  thread_ = std::thread([this] { run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void Writer::run() {
  static_cast<void>(keep_capabilities(0));  // it writes to what is open
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return is_writing_ || stop_; });
    if (!is_writing_) return;
    lock.unlock();
    const auto written = sink_.write(*writing_);
    lock.lock();
    keep(written);
    is_writing_ = false;
    changed_.notify_all();
  }
}

// With the mutex held, or without a thread.
void Writer::keep(const Result<void>& written) {
  size_ = sink_.size();
  events_ = sink_.events();
  if (written) return;
  if (!error_) error_ = written.error();
  failed_ = true;
}

Result<void> Writer::state() {
  if (!failed_) return {};
  std::lock_guard lock(mutex_);
  return unexpected(*error_);
}

// Waits for the batch before: there are never more than two.
Result<void> Writer::hand_over() {
  if (auto good = state(); !good) return good;
  Batch& batch = *filling_;
  const unsigned steps = std::min<unsigned>(ease_, std::size(kEasedLevels));
  batch.level = steps == 0 ? level_ : std::min(level_, kEasedLevels[steps - 1]);
  batch.eased = batch.level < level_;
  batch.totals = totals_;
  pending_bytes_ = 0;
  if (!thread_.joinable()) {
    keep(sink_.write(batch));
    return state();
  }
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !is_writing_; });
    if (error_) return unexpected(*error_);
    std::swap(filling_, writing_);
    is_writing_ = true;
  }
  changed_.notify_all();
  return {};
}

Result<void> Writer::add(const Event& event) {
  if (auto good = state(); !good) return good;
  BlockEncoder& encoder = filling_->encoder;
  encoder.add(event);
  if (encoder.events() >= block_events_ || encoder.is_full() ||
      encoder.held_bytes() > kMaxBlockBytes) {
    return hand_over();
  }
  return {};
}

Result<void> Writer::put_container(const Container& container) {
  if (auto good = state(); !good) return good;
  filling_->containers.push_back(container);
  pending_bytes_ += packed_size(container);
  return pending_bytes_ > kMaxPendingBytes ? hand_over() : Result<void>();
}

Result<void> Writer::put_tallies(const std::vector<CallCount>& running,
                                 const std::vector<CallCount>& ended) {
  if (auto good = state(); !good) return good;
  filling_->tallies.emplace();
  for (const CallCount& tally : running) filling_->tallies->add(tally);
  for (const CallCount& tally : ended) filling_->ended_tallies.add(tally);
  return {};
}

Result<void> Writer::put_drops(const std::vector<DropRow>& running,
                               const std::vector<DropRow>& ended) {
  if (auto good = state(); !good) return good;
  if (running.empty() && ended.empty() && !has_drops_) return {};
  has_drops_ = true;
  filling_->drops = running;
  filling_->ended_drops.add(ended);
  return {};
}

Result<void> Writer::flush() {
  if (auto good = state(); !good) return good;
  const Batch& batch = *filling_;
  if (batch.encoder.events() == 0 && batch.containers.empty() && !batch.tallies && !batch.drops) {
    return {};
  }
  return hand_over();
}

Result<void> Writer::finish(const RecordingTotals& totals) {
  totals_ = totals;
  if (auto flushed = flush(); !flushed) return flushed;
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !is_writing_; });
  if (error_) return unexpected(*error_);
  const auto finished = sink_.finish(totals_);
  keep(finished);
  if (finished) error_ = Error("the recording is finished");
  failed_ = true;
  return finished;
}

}  // namespace

Result<std::unique_ptr<RecordingWriter>> RecordingWriter::create(const std::string& path,
                                                                 const RecordingHeader& header,
                                                                 const WriterOptions& options) {
  auto frames = FrameWriter::create(path, options.force, options.level);
  if (!frames) return unexpected(frames.error());
  auto writer = std::make_unique<Writer>(std::move(*frames), header, options);
  if (auto written = writer->write_header(header); !written) return unexpected(written.error());
  return std::unique_ptr<RecordingWriter>(std::move(writer));
}

}  // namespace ctrace
