// large_file FILE EVENTS: writes a recording of so many events (synthetic_mix.h, again and again),
// for what is measured of large recordings by large.sh.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "format/file/recording_writer.h"
#include "tests/bench/synthetic_mix.h"

int main(int argc, char** argv) {
  using namespace ctrace;
  if (argc != 3) return 2;
  const uint64_t wanted = std::strtoull(argv[2], nullptr, 10);
  RecordingHeader header;
  header.event_types = mix().types;
  header.architecture = "x86_64";
  auto writer = RecordingWriter::create(argv[1], header, {.force = true});
  if (!writer) return std::fprintf(stderr, "%s\n", writer.error().message.c_str()), 2;
  (*writer)->run_in_background();
  const uint64_t length_ns = mix().events.back().time_ns - mix().events.front().time_ns + 1;
  RecordingTotals totals;
  for (uint64_t round = 0; totals.events < wanted; ++round) {
    bool good = true;
    for_each_event([&](Event& event) {
      if (totals.events == wanted || !good) return;
      event.time_ns += round * length_ns;
      good = static_cast<bool>((*writer)->add(event));
      ++totals.events;
    });
    if (!good) return std::fprintf(stderr, "cannot write '%s'\n", argv[1]), 2;
  }
  for (const Container& container : mix().containers) {
    if (!(*writer)->put_container(container)) return 2;
  }
  return (*writer)->finish(totals) ? 0 : 2;
}
