#include "record/status_line.h"

#include <cstdio>

namespace ctrace {
namespace {

constexpr uint64_t kIntervalNs = 500'000'000;

std::string plural(uint64_t count, const char* word) {
  return with_commas(count) + " " + word + (count == 1 ? "" : "s");
}

std::string seconds(uint64_t ns) {
  char text[32];
  snprintf(text, sizeof text, "%.1f s", static_cast<double>(ns) / 1e9);
  return text;
}

}  // namespace

std::string with_commas(uint64_t number) {
  std::string text = std::to_string(number);
  for (size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

void StatusLine::show(const Progress& progress) {
  if (!enabled_ || progress.elapsed_ns < last_ns_ + kIntervalNs) return;
  const double interval_s = static_cast<double>(progress.elapsed_ns - last_ns_) / 1e9;
  const auto rate =
      static_cast<uint64_t>(static_cast<double>(progress.events - last_events_) / interval_s);
  last_ns_ = progress.elapsed_ns;
  last_events_ = progress.events;
  const std::string line = seconds(progress.elapsed_ns) + "  " + plural(progress.events, "event") +
                           "  " + with_commas(rate) + "/s  " + with_commas(progress.lost) +
                           " lost  " + with_commas(progress.bytes) + " bytes  " +
                           plural(progress.containers, "container");
  fprintf(stderr, "\r%s\033[K", line.c_str());
  shown_ = true;
}

void StatusLine::clear() {
  if (shown_) fputs("\r\033[K", stderr);
  shown_ = false;
}

std::string summary_text(const Progress& progress, bool to_file) {
  std::string text = plural(progress.events, "event") + ", " + with_commas(progress.lost) + " lost";
  if (progress.texts_not_read) text += ", " + plural(progress.texts_not_read, "text") + " not read";
  if (progress.missed)
    text += ", full tables or missed calls: " + with_commas(progress.missed) +
            " (ctrace-analyze info tells)";
  if (to_file) {
    const double each =
        progress.events ? static_cast<double>(progress.bytes) / static_cast<double>(progress.events)
                        : 0;
    char ratio[48];
    snprintf(ratio, sizeof ratio, " (%.2f bytes/event)", each);
    text += ", " + plural(progress.bytes, "byte") + ratio;
  }
  if (progress.freezes > 0)
    text += ", frozen " + plural(progress.freezes, "time") + " for " + seconds(progress.frozen_ns);
  return text + ", " + plural(progress.containers, "container") + ", " +
         seconds(progress.elapsed_ns);
}

}  // namespace ctrace
