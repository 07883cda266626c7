// Where the events go once they are decided: the file, the terminal, or both.
#pragma once

#include <signal.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "format/file/recording_writer.h"
#include "format/filter/filter.h"
#include "format/filter/pseudo_events.h"
#include "format/print/printer.h"
#include "record/recorder.h"

namespace ctrace {

class Sink {
 public:
  // Waiting for a reader of the live output ends when `*interrupted` is set. All but `options` must
  // outlive the sink.
  Sink(const Filter& filter, const RecordingHeader& header, const RecordOptions& options,
       const volatile sig_atomic_t* interrupted);

  // Makes the file, when one is asked for.
  Result<void> open(const RecordingHeader& header, const RecordOptions& options);
  void begin();

  void event(const Event& event);
  void container(const Container& row);
  // As RecordingWriter::put_tallies() and put_drops().
  void tallies(const std::vector<CallCount>& running, const std::vector<CallCount>& ended);
  void drops(const std::vector<DropRow>& running, const std::vector<DropRow>& ended);

  // The file is compressed and written by a thread of its own from here on.
  void run_in_background();
  // Compresses by so many steps less, to keep up.
  void ease(unsigned steps);
  // What is printed becomes visible.
  void show();
  // What the file holds back is written.
  void flush(const RecordingTotals& totals);
  void finish(const RecordingTotals& totals);

  uint64_t events() const { return events_; }
  uint64_t bytes() const { return writer_ ? writer_->bytes_written() : 0; }
  // The first thing that went wrong; the recording ends with it.
  const std::optional<Error>& trouble() const { return trouble_; }
  bool reader_gone() const { return out_.pipe_closed() || out_.given_up(); }

 private:
  void keep(const Result<void>& result);
  void take(const Event& event);

  StreamFilter filter_;
  const PseudoEvents pseudo_;
  const bool summary_;
  OutputBuffer out_;
  std::unique_ptr<Printer> printer_;
  std::unique_ptr<RecordingWriter> writer_;
  uint64_t events_ = 0;
  std::optional<Error> trouble_;
};

}  // namespace ctrace
