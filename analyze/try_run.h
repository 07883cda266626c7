// How a profile is tried: its command is run while ctrace-record watches.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "format/base/result.h"

namespace ctrace {

// A folder of our own for what a trial needs; goes away with its owner.
class TrialFolder {
 public:
  static Result<TrialFolder> make();  // below $TMPDIR
  TrialFolder(TrialFolder&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
  TrialFolder& operator=(TrialFolder&&) = delete;
  ~TrialFolder();
  std::string file(const char* name) const { return path_ + "/" + name; }

 private:
  explicit TrialFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// Until the object ends, SIGINT, SIGTERM and SIGHUP end only what is run: what was put somewhere
// for the trial must be taken away again.
class HeldSignals {
 public:
  HeldSignals();
  ~HeldSignals();
  bool came() const;
};

struct TrialRun {
  std::vector<std::string> command;     // as it is executed
  std::vector<std::string> containers;  // recorded by name, whoever starts them; empty: the
                                        // command's process tree is
  std::string recording, messages;      // files that are made: the recording, the recorder's words
};

// Runs the command to its end. Its stdout goes to stderr. Gives its exit status (128 + N: killed by
// signal N; 127: not found); fails when nothing could be recorded.
Result<int> run_recorded(const TrialRun& run);

// Runs `work` in a process of its own that gives up first what it does not need to read recordings
// and write files. Gives what `work` returned, as an exit status; kExitTrouble when it died.
int run_confined(const std::function<int()>& work);

// This program's own file, and ctrace-record: beside it, else by its name in PATH.
std::string own_program();
std::string recorder_program();

}  // namespace ctrace
