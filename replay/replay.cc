#include "replay/replay.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "format/catalogue/catalogue.h"
#include "format/filter/container_word.h"
#include "format/filter/pseudo_events.h"
#include "format/options/program.h"
#include "format/print/call_summary.h"
#include "replay/container_files.h"
#include "replay/profile_marks.h"

namespace ctrace {
namespace {

std::string quoted(const std::string& text) { return "'" + text + "'"; }

Selection selection_of(const Filter& filter) {
  Selection selection;
  if (filter.all_events()) return selection;
  const EventMask mask = filter.events_to_read();
  for (size_t id = 0; id < mask.size(); ++id) selection.event_ids.push_back(mask[id]);
  return selection;
}

// The first word of --container that means none of the recordings' containers; null: all do.
const std::string* unmatched_container(const Filter& filter,
                                       const std::vector<OpenRecording>& recordings) {
  const auto matches = [&recordings](const std::string& word) {
    return std::any_of(recordings.begin(), recordings.end(), [&word](const OpenRecording& opened) {
      const auto& containers = opened.reader->containers();
      return std::any_of(containers.begin(), containers.end(), [&word](const auto& entry) {
        return names_container(word, entry.second);
      });
    });
  };
  const auto& words = filter.spec().containers;
  const auto found = std::find_if_not(words.begin(), words.end(), matches);
  return found == words.end() ? nullptr : &*found;
}

// One run over all files.
class Replay {
 public:
  Replay(const ReplayOptions& options, const Filter& filter, OutputBuffer& out, const Teller& tell,
         Follower* follower)
      : options_(options), filter_(filter), out_(out), tell_(tell), follower_(follower) {}

  int run(const std::vector<OpenRecording>& recordings) {
    int exit_code = 0;
    if (!options_.per_container.empty()) {
      auto made = ContainerFiles::make(options_.per_container, options_.print);
      if (!made) {
        tell_(made.error().message);
        return kExitTrouble;
      }
      files_ = std::move(*made);
    }
    bool first = true;
    for (const OpenRecording& recording : recordings) {
      exit_code = std::max(exit_code, print(recording, first));
      first = false;
      if (out_.pipe_closed()) return 0;
      if (!output_works_) return kExitTrouble;
    }
    if (printer_) printer_->end();
    if (files_) files_->finish();
    check_output(flushed());
    return output_works_ || out_.pipe_closed() ? exit_code : kExitTrouble;
  }

 private:
  int print(const OpenRecording& recording, bool first) {
    RecordingReader* reader = recording.reader.get();
    std::unique_ptr<RecordingReader> newer;
    if (!options_.profile.empty()) {
      auto marks = ProfileMarks::make(options_.profile, *reader);
      if (!marks) {
        tell_(marks.error().message);
        return kExitTrouble;
      }
      marks_.emplace(std::move(*marks));
    }
    if (!options_.print.count || first) start_printing(*reader);
    if (first && printer_) printer_->begin();
    Pass pass;
    while (true) {
      const auto start = std::chrono::steady_clock::now();
      pass = read(*reader, pass.delivered);
      check_output(flushed());
      if (!output_works_) return kExitTrouble;
      const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - start;
      const bool more = follower_ && pass.result && printed_ < options_.limit &&
                        reader->state() == RecordingState::kBeingWritten && !follow_interrupted();
      if (!more) break;
      auto next =
          follower_->wait_for_more(recording.path, *reader, static_cast<uint64_t>(took.count()));
      if (!next) break;
      // Another reader may number tasks otherwise. (It must not outlive the header it took.)
      if (!options_.print.count) start_printing(*next);
      newer = std::move(next);
      reader = newer.get();
    }
    const int exit_code = describe(recording.path, *reader, pass);
    if (!options_.print.count) printer_.reset();
    return exit_code;
  }

  void start_printing(RecordingReader& reader) {
    if (files_) return files_->next_recording(reader);
    printer_ = Printer::make(options_.print, reader.header(), out_);
  }

  Result<void> show(const Event& event) {
    if (!files_) {
      printer_->event(event);
      return out_.flush_if_full();
    }
    files_->event(event);
    return file_trouble();
  }
  Result<void> flushed() { return files_ ? file_trouble() : out_.flush(); }
  Result<void> file_trouble() const {
    return files_->trouble() ? Result<void>(unexpected(*files_->trouble())) : Result<void>();
  }

  struct Pass {
    Result<void> result;
    uint64_t delivered = 0;  // by the reader, wanted or not
    uint64_t events = 0;     // of them, losses not counted
  };

  // Prints what comes after the first `shown` that the reader delivers.
  Pass read(RecordingReader& reader, uint64_t shown) {
    Pass pass;
    StreamFilter wanted(filter_, reader.header(), StreamFilter::Source::kRecorded);
    if (auto* summary = dynamic_cast<CallSummary*>(printer_.get())) summary->next_stream();
    const PseudoEvents pseudo(filter_, reader.header().filters);
    const auto show_wanted = [&](const Event& event) {
      if (!wanted.wants(event) || pass.delivered <= shown) return true;
      const Result<void> shown_well = show(event);
      if (event.type->id != kLost) ++printed_;
      return check_output(shown_well) && printed_ < options_.limit && !follow_interrupted();
    };
    const auto take = [&](const Event& read) {
      ++pass.delivered;
      if (read.type->id != kLost) ++pass.events;
      return pseudo.around(marks_ ? marks_->mark(read) : read, show_wanted);
    };
    if (printed_ < options_.limit) pass.result = reader.read(selection_of(filter_), take);
    return pass;
  }

  // What there is to say about a file; gives its exit code.
  int describe(const std::string& path, RecordingReader& reader, const Pass& pass) {
    int exit_code = 0;
    const std::vector<Damage>& damage = reader.damage();
    if (!damage.empty()) {
      tell_(damage_line(path, damage));
      exit_code = kExitTrouble;
    }
    if (!pass.result) {
      tell_(pass.result.error().message);
      exit_code = kExitTrouble;
    }
    if (reader.state() == RecordingState::kBeingWritten) {
      tell_(quoted(path) + " is still being written");
    } else if (reader.state() == RecordingState::kCutShort) {
      // A reader may skip blocks that hold nothing wanted: then it alone knows how many there are.
      const uint64_t readable = std::max(pass.events, reader.totals().events);
      tell_(quoted(path) + " was cut short: " + std::to_string(readable) + " events could be read");
    }
    return exit_code;
  }

  static std::string damage_line(const std::string& path, const std::vector<Damage>& damage) {
    std::string line = quoted(path) + " is damaged: " + damage.front().what + " at byte " +
                       std::to_string(damage.front().offset);
    if (damage.size() > 1) {
      line += " (and " + std::to_string(damage.size() - 1) + " more)";
    }
    return line + "; what is whole was printed";
  }

  // Tells the first error of the output, unless it is that nobody reads it any more.
  bool check_output(const Result<void>& written) {
    if (written) return true;
    if (output_works_ && !out_.pipe_closed()) tell_(written.error().message);
    output_works_ = false;
    return false;
  }

  const ReplayOptions& options_;
  const Filter& filter_;
  OutputBuffer& out_;
  const Teller& tell_;
  Follower* const follower_;
  // Of one file; when it counts, of all.
  std::unique_ptr<Printer> printer_;
  std::unique_ptr<ContainerFiles> files_;  // in its place
  std::optional<ProfileMarks> marks_;      // of one file
  uint64_t printed_ = 0;
  bool output_works_ = true;
};

}  // namespace

int replay_recordings(const ReplayOptions& options, const Filter& filter,
                      const std::vector<OpenRecording>& recordings, OutputBuffer& out,
                      const Teller& tell, Follower* follower) {
  if (recordings.empty()) return 0;
  if (const std::string* word = unmatched_container(filter, recordings); word != nullptr) {
    tell("no container " + quoted(*word) + " in " +
         (recordings.size() == 1 ? quoted(recordings.front().path) : "any of the recordings"));
    return kExitTrouble;
  }
  return Replay(options, filter, out, tell, follower).run(recordings);
}

int replay(const ReplayOptions& options, const Filter& filter, OutputBuffer& out,
           const Teller& tell) {
  int exit_code = 0;
  std::vector<OpenRecording> recordings;
  for (const std::string& path : options.files) {
    auto reader = RecordingReader::open(path);
    if (reader) {
      recordings.push_back({path, std::move(*reader)});
    } else {
      tell(reader.error().message);
      exit_code = kExitTrouble;
    }
  }
  std::optional<Follower> follower;
  if (options.follow) follower = make_follower();
  return std::max(exit_code, replay_recordings(options, filter, recordings, out, tell,
                                               follower ? &*follower : nullptr));
}

}  // namespace ctrace
