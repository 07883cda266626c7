// --tree: which processes are one of the roots or descend from one, told by the stream of events
// itself, so that live output and replay decide alike.
//
// A process belongs to it from the first event on that shows it: it has a root's number, its parent
// belongs, or a fork event of one that belongs names it. It belongs until its last thread's exit,
// also when its parent is gone. Known limit: where the recording holds no forks, a process is lost
// when its parent never made an event.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "format/base/result.h"
#include "format/filter/event_names.h"
#include "format/model/event.h"

namespace ctrace {

class ProcessTree {
 public:
  struct Root {
    uint32_t pid = 0;
    bool host = false;  // the recorder's number, else the process's own
  };
  // "12" or "host:12".
  static Result<Root> parse_root(const std::string& word);

  explicit ProcessTree(std::vector<Root> roots) : roots_(std::move(roots)) {}

  // Events without which the tree would not be known, wanted or not.
  static void add_followed(EventMask& mask);
  static bool follows(uint16_t event_id);

  // Call it with every event, in the order of the stream: does its process belong?
  bool holds(const Event& event);

 private:
  bool is_root(const Task& task) const;

  std::vector<Root> roots_;
  std::unordered_set<uint32_t> members_;  // host numbers
};

}  // namespace ctrace
