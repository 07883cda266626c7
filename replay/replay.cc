#include "replay/replay.h"

#include <algorithm>

#include "format/catalogue/catalogue.h"
#include "format/options/program.h"

namespace ctrace {
namespace {

std::string quoted(const std::string& text) { return "'" + text + "'"; }

Selection selection_of(const Filter& filter) {
  Selection selection;
  if (filter.all_events()) return selection;
  for (size_t id = 0; id < kEventIdLimit; ++id) {
    selection.event_ids.push_back(filter.event_mask()[id]);
  }
  return selection;
}

// The first word of --container that means none of the recordings' containers; null: all do.
const std::string* unmatched_container(const Filter& filter,
                                       const std::vector<OpenRecording>& recordings) {
  const auto matches = [&recordings](const std::string& word) {
    return std::any_of(recordings.begin(), recordings.end(), [&word](const OpenRecording& opened) {
      const auto& containers = opened.reader->containers();
      return std::any_of(containers.begin(), containers.end(), [&word](const auto& entry) {
        return Filter::names_container(word, entry.second);
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
  Replay(const ReplayOptions& options, const Filter& filter, OutputBuffer& out, const Teller& tell)
      : options_(options), filter_(filter), out_(out), tell_(tell) {}

  int run(const std::vector<OpenRecording>& recordings) {
    int exit_code = 0;
    bool first = true;
    for (const OpenRecording& recording : recordings) {
      exit_code = std::max(exit_code, print(recording, first));
      first = false;
      if (out_.pipe_closed()) return 0;
      if (!output_works_) return kExitTrouble;
    }
    return exit_code;
  }

 private:
  int print(const OpenRecording& recording, bool first) {
    RecordingReader& reader = *recording.reader;
    const auto printer = Printer::make(options_.format, reader.header(), out_);
    if (first) printer->begin();
    uint64_t events = 0;
    const auto take = [&](const Event& event) {
      const bool is_loss = event.type->id == kLost;
      if (!is_loss) ++events;
      if (!filter_.wants(event)) return true;
      printer->event(event);
      if (!is_loss) ++printed_;
      return check_output(out_.flush_if_full()) && printed_ < options_.limit;
    };
    Result<void> read;
    if (printed_ < options_.limit) read = reader.read(selection_of(filter_), take);
    check_output(out_.flush());
    if (!output_works_) return kExitTrouble;
    return describe(recording, read, events);
  }

  // What there is to say about a file; gives its exit code.
  int describe(const OpenRecording& recording, const Result<void>& read, uint64_t events) {
    int exit_code = 0;
    RecordingReader& reader = *recording.reader;
    const std::vector<Damage>& damage = reader.damage();
    if (!damage.empty()) {
      tell_(damage_line(recording.path, damage));
      exit_code = kExitTrouble;
    }
    if (!read) {
      tell_(read.error().message);
      exit_code = kExitTrouble;
    }
    if (reader.state() == RecordingState::kBeingWritten) {
      tell_(quoted(recording.path) + " is still being written");
    } else if (reader.state() == RecordingState::kCutShort) {
      // A reader may skip blocks that hold nothing wanted: then it alone knows how many there are.
      const uint64_t readable = std::max(events, reader.totals().events);
      tell_(quoted(recording.path) + " was cut short: " + std::to_string(readable) +
            " events could be read");
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
  uint64_t printed_ = 0;
  bool output_works_ = true;
};

}  // namespace

int replay_recordings(const ReplayOptions& options, const Filter& filter,
                      const std::vector<OpenRecording>& recordings, OutputBuffer& out,
                      const Teller& tell) {
  if (recordings.empty()) return 0;
  if (const std::string* word = unmatched_container(filter, recordings); word != nullptr) {
    tell("no container " + quoted(*word) + " in " +
         (recordings.size() == 1 ? quoted(recordings.front().path) : "any of the recordings"));
    return kExitTrouble;
  }
  return Replay(options, filter, out, tell).run(recordings);
}

int replay(const ReplayOptions& options, OutputBuffer& out, const Teller& tell) {
  const auto filter = Filter::compile(options.filter);
  if (!filter) {
    tell(filter.error().message);
    return kExitTrouble;
  }
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
  return std::max(exit_code, replay_recordings(options, *filter, recordings, out, tell));
}

}  // namespace ctrace
