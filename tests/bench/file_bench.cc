// Speed and size of recordings, of the events of synthetic_mix.h.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "format/file/block_decoder.h"
#include "format/file/block_encoder.h"
#include "format/file/frame_scanner.h"
#include "format/file/recording_reader.h"
#include "format/file/recording_writer.h"
#include "tests/bench/synthetic_mix.h"

namespace ctrace {
namespace {

std::string bench_path() { return "/tmp/ctrace-bench-" + std::to_string(getpid()) + ".ctr"; }

void write_recording() {
  RecordingHeader header;
  header.event_types = mix().types;
  auto writer = RecordingWriter::create(bench_path(), header, {.force = true});
  if (!writer) std::abort();
  for_each_event([&](const Event& event) {
    if (!(*writer)->add(event)) std::abort();
  });
  if (!(*writer)->finish({})) std::abort();
}

std::unique_ptr<RecordingReader> open_recording() {
  static const bool kIsWritten =
      (write_recording(), std::atexit([] { unlink(bench_path().c_str()); }), true);
  static_cast<void>(kIsWritten);
  auto reader = RecordingReader::open(bench_path());
  if (!reader) std::abort();
  return std::move(*reader);
}

void rate(benchmark::State& state) {
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kEvents));
}

void Encode(benchmark::State& state) {
  mix();
  for (auto _ : state) write_recording();  // to a file, with its fdatasync at the end
  rate(state);
  state.counters["synthetic_bytes_per_event"] =
      static_cast<double>(open_recording()->file_size()) / kEvents;
}
BENCHMARK(Encode)->Unit(benchmark::kMillisecond);

// What making the events for the benchmark costs, to be taken off the two that encode.
void MakeEvents(benchmark::State& state) {
  mix();
  for (auto _ : state) {
    for_each_event([](const Event& event) { benchmark::DoNotOptimize(&event); });
  }
  rate(state);
}
BENCHMARK(MakeEvents)->Unit(benchmark::kMillisecond);

void EncodeWithoutZstd(benchmark::State& state) {
  BlockEncoder encoder(mix().types, WriterOptions().chunk_values);
  for (auto _ : state) {
    for_each_event([&](const Event& event) {
      encoder.add(event);
      if (encoder.events() < 65536) return;
      benchmark::DoNotOptimize(encoder.finish({}, 3));
      encoder.clear();
    });
  }
  rate(state);
}
BENCHMARK(EncodeWithoutZstd)->Unit(benchmark::kMillisecond);

void Decode(benchmark::State& state) {
  auto reader = open_recording();
  for (auto _ : state) {
    uint64_t sum = 0;
    if (!reader->read({}, [&](const Event& event) {
          sum += event.time_ns + event.args[0] + event.texts[1].bytes.size() + event.task->tid +
                 static_cast<uint64_t>(event.result);
          return true;
        })) {
      std::abort();
    }
    benchmark::DoNotOptimize(sum);
  }
  rate(state);
}
BENCHMARK(Decode)->Unit(benchmark::kMillisecond)->UseRealTime();  // it has a thread

void DecodeOneCallOfTwelve(benchmark::State& state) {
  auto reader = open_recording();
  Selection selection;
  selection.event_ids.resize(258);
  selection.event_ids[257] = true;
  for (auto _ : state) {
    uint64_t count = 0;
    if (!reader->read(selection, [&](const Event&) { return ++count, true; })) std::abort();
    benchmark::DoNotOptimize(count);
  }
  rate(state);
}
BENCHMARK(DecodeOneCallOfTwelve)->Unit(benchmark::kMillisecond)->UseRealTime();

void DecodeACallThatIsNotThere(benchmark::State& state) {
  auto reader = open_recording();
  Selection selection;
  selection.event_ids.resize(60);
  selection.event_ids[59] = true;
  for (auto _ : state) {
    if (!reader->read(selection, [](const Event&) { return true; })) std::abort();
  }
  rate(state);
}
BENCHMARK(DecodeACallThatIsNotThere)->Unit(benchmark::kMillisecond);

// Counts by container and event from the events of the Key part alone.
void SelectFromKey(benchmark::State& state) {
  open_recording();
  for (auto _ : state) {
    auto reader = open_recording();
    benchmark::DoNotOptimize(reader->time_range_ns());
    FILE* in = std::fopen(bench_path().c_str(), "r");
    const InputFile file{fileno(in), reader->file_size(), bench_path()};
    DamageLog damage;
    TypeTable types(mix().types);
    PartReader part;
    KeyDecoder key;
    std::vector<uint8_t> buffer;
    std::vector<uint32_t> counts(1 << 16);
    FrameScanner scanner(file, &damage);
    uint64_t block = 0;
    while (const auto frame = scanner.next()) {
      if (frame->header.kind != FrameKind::kBlock) continue;
      const auto payload = read_payload(file, *frame, &buffer);
      const auto opened =
          part.open(part_of(frame->header, *payload, 0), frame->header.raw_lengths[0]);
      if (!opened || !key.open_summary((*opened)->key(), frame->header.events) ||
          !key.open_columns(block++, &types)) {
        std::abort();
      }
      std::vector<uint16_t> group(key.tasks().size());
      for (size_t i = 0; i < group.size(); ++i) {
        const Container* container = key.tasks()[i].container;
        group[i] = static_cast<uint16_t>((container ? container->index : 0) << 8);
      }
      for (const uint32_t i : key.wanted()) {
        ++counts[group[key.task_row_of(i)] | (key.local_of(i) & 0xff)];
      }
    }
    benchmark::DoNotOptimize(counts.data());
    std::fclose(in);
  }
  rate(state);
}
BENCHMARK(SelectFromKey)->Unit(benchmark::kMillisecond);

// What a minimal set needs of a complete file: opening included.
void CountsFromIndex(benchmark::State& state) {
  open_recording();
  for (auto _ : state) benchmark::DoNotOptimize(open_recording()->call_counts().size());
}
BENCHMARK(CountsFromIndex)->Unit(benchmark::kMicrosecond);

void Verify(benchmark::State& state) {
  auto reader = open_recording();
  for (auto _ : state) reader->verify();
  if (!reader->damage().empty()) std::abort();
  rate(state);
}
BENCHMARK(Verify)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ctrace

BENCHMARK_MAIN();
