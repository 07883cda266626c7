// One line on the terminal that says how the recording goes, and the summary at its end.
#pragma once

#include <cstdint>
#include <string>

namespace ctrace {

struct Progress {
  uint64_t elapsed_ns = 0;
  uint64_t events = 0, lost = 0, bytes = 0;
  size_t containers = 0;
  uint64_t texts_not_read = 0;          // for want of room
  uint64_t missed = 0;                  // times that a table was full or a program could not run
  uint64_t freezes = 0, frozen_ns = 0;  // by --lossless
};

// "12.3 s  1,234,567 events  98,765/s  0 lost  4.2 MB  3 containers". The rate is that since the
// previous line.
class StatusLine {
 public:
  explicit StatusLine(bool enabled) : enabled_(enabled) {}
  ~StatusLine() { clear(); }
  // Draws it anew, at most twice a second.
  void show(const Progress& progress);
  void clear();

 private:
  bool enabled_;
  bool shown_ = false;
  uint64_t last_ns_ = 0, last_events_ = 0;
};

// "12,345 events, 0 lost, 45,678 bytes (3.70 bytes/event), 2 containers, 10.2 s"; without the bytes
// when `to_file` is false. What was not read or missed is told when there is any.
std::string summary_text(const Progress& progress, bool to_file);

std::string with_commas(uint64_t number);

}  // namespace ctrace
