// Recordings for tests: random and small ones, a folder to write them to, and comparisons.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "format/file/recording_reader.h"
#include "format/file/recording_writer.h"

namespace ctrace::testing {

// A folder that goes away with its owner.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  std::string path(const std::string& name) const { return folder_ + "/" + name; }

 private:
  std::string folder_;
};

std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& bytes);

// An event with everything that it points to.
struct OwnedEvent {
  Event event;
  std::shared_ptr<std::deque<std::string>> bytes;  // of the texts; shared: copies keep addresses
  std::shared_ptr<EventType> type;
  std::shared_ptr<Task> task;
  std::shared_ptr<Container> container;
};
OwnedEvent own(const Event& event);

// "" when equal, else the first difference. Serials of tasks are not compared.
std::string difference(const Event& a, const Event& b);

struct RandomShape {
  size_t types = 40;
  size_t tasks = 30;
  size_t cpus = 4;
  size_t longest_text = 60;
  uint64_t longest_step_ns = 20000;
  bool backwards = true;      // times may go back
  bool foreign_types = true;  // some types are not in the schema
};

// Makes random events; owns their types, tasks and containers.
class RandomEvents {
 public:
  RandomEvents(uint64_t seed, const RandomShape& shape);
  RecordingHeader header();
  const std::deque<Container>& containers() const { return containers_; }
  // Valid until the next call.
  const Event& next();

 private:
  uint64_t below(uint64_t limit) { return limit == 0 ? 0 : random_() % limit; }
  std::string text(size_t longest);
  uint64_t number();
  void make_type(size_t i);
  void make_task();

  std::mt19937_64 random_;
  RandomShape shape_;
  std::deque<EventType> types_;
  std::deque<Container> containers_;
  std::deque<Task> tasks_;
  std::deque<std::string> texts_;
  uint64_t now_ = 1000000000;
  Event event_;
};

// Everything that can be read of the file, without verify().
struct Contents {
  std::vector<OwnedEvent> events;
  std::vector<Damage> damage;
  RecordingState state = RecordingState::kCutShort;
};
Contents read_all(RecordingReader& reader);

// A small complete recording of `blocks` blocks of `events` events each, with two containers.
// The bodies of its blocks are one chunk each, or with `chunk_values` (kSmallChunks) several.
inline constexpr size_t kOneChunk = SIZE_MAX, kSmallChunks = 16;
std::string write_small(const std::string& path, size_t blocks, size_t events, uint64_t seed = 1,
                        size_t chunk_values = kOneChunk);

// Where the frames of a sound file begin, and its end.
std::vector<size_t> frame_offsets(const std::string& bytes);

}  // namespace ctrace::testing
