// Which program each process of a recording runs, by the path that its execve was given.
//
//   ProcessPrograms programs;                          // one a recording
//   for each event of the stream, everybody's: programs.see(event); ... programs.of(event) ...
//
// Memory is bounded: beyond kMaxProcesses and kMaxPrograms nothing more is learnt.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "format/model/event.h"

namespace ctrace {

class ProcessPrograms {
 public:
  static constexpr size_t kMaxProcesses = 1 << 20, kMaxPrograms = 1 << 16;

  void see(const Event& event);
  // As it stands in the recording: escape it. Empty: not known, it ran before the recording began.
  const std::string& of(const Event& event) const;

 private:
  void put(uint32_t pid, uint32_t program);

  std::unordered_map<uint32_t, uint32_t> program_of_;  // by pid as the recorder saw it
  std::map<std::string, uint32_t, std::less<>> numbers_;
  std::vector<std::string> programs_;
};

}  // namespace ctrace
