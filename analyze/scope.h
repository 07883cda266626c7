// Which part of a recording is asked about: the containers that --container names, or all of them,
// or a command that was recorded outside of any container; of these the calls that are their own.
//
// Of the phases, those after the container's own execve alone: before it the runtime sets up the
// container with calls (mount, pivot_root, keyctl) that an attacker would like best.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "format/base/result.h"
#include "format/file/recording_reader.h"

namespace ctrace {

struct Chosen {
  std::set<uint32_t> containers;
  bool host = false;  // a command without container
};

class Scope {
 public:
  // Containers by the words that --container takes (container_word.h), or, `exact`, by whole names
  // and ids.
  explicit Scope(std::vector<std::string> wanted, bool exact = false)
      : wanted_(std::move(wanted)), exact_(exact) {}
  Chosen choose(RecordingReader& reader);
  // Fails when a wanted container was in none of the recordings.
  Result<void> all_found() const;

 private:
  std::vector<std::string> wanted_;
  bool exact_;
  std::set<std::string> found_;
};

bool is_own(const CallCount& row, const Chosen& chosen);
bool is_own(const Task& task, const Chosen& chosen);
// A chosen container's, before its own execve.
bool is_setup(const Task& task, const Chosen& chosen);

// Do the recorder's filters leave out calls of the containers that are recorded?
bool is_narrowed(const RecordingHeader& header);

// "web", or the short id, or "host".
std::string container_name(const Container* container);
// The table of the machine's own kind.
Abi native_abi(const RecordingReader& reader);

}  // namespace ctrace
