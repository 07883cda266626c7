// What is written is what is read.
#include <gtest/gtest.h>

#include "format/base/sanitized.h"
#include "format/catalogue/catalogue.h"
#include "format/file/model_codec.h"
#include "tests/unit/file_samples.h"

namespace ctrace::testing {
namespace {

class RecordingTest : public ::testing::Test {
 protected:
  // Writes `count` random events and checks that every one comes back as it was.
  void round_trip(const RandomShape& shape, size_t count, uint32_t block_events, uint64_t seed,
                  size_t chunk_values = WriterOptions().chunk_values) {
    RandomEvents random(seed, shape);
    const std::string path = folder_.path("run.ctr");
    auto writer = RecordingWriter::create(
        path, random.header(),
        {.force = true, .block_events = block_events, .chunk_values = chunk_values});
    ASSERT_TRUE(writer) << writer.error().message;
    std::vector<OwnedEvent> written;
    for (size_t i = 0; i < count; ++i) {
      written.push_back(own(random.next()));
      ASSERT_TRUE((*writer)->add(written.back().event));
    }
    ASSERT_TRUE((*writer)->finish({}));

    auto reader = RecordingReader::open(path);
    ASSERT_TRUE(reader) << reader.error().message;
    size_t i = 0;
    auto done = (*reader)->read({}, [&](const Event& event) {
      EXPECT_LT(i, written.size());
      EXPECT_EQ(difference(written[i].event, event), "") << "event " << i;
      ++i;
      return !HasFailure();
    });
    ASSERT_TRUE(done);
    EXPECT_EQ(i, count);
    (*reader)->verify();
    for (const Damage& damage : (*reader)->damage()) ADD_FAILURE() << damage.what;
    EXPECT_EQ((*reader)->state(), RecordingState::kComplete);
    EXPECT_EQ((*reader)->totals().events, count);
    for (size_t id = 0; id < shape.types && !HasFailure(); id += 1 + shape.types / 8) {
      select(**reader, {id, id + 1}, written);
    }
  }

  // Reads the events of these ids alone, and checks that they are those.
  void select(RecordingReader& reader, const std::vector<size_t>& ids,
              const std::vector<OwnedEvent>& written) {
    Selection selection;
    selection.event_ids.resize(3000);
    for (const size_t id : ids) selection.event_ids[id] = true;
    size_t i = 0;
    const auto skip = [&] {
      while (i < written.size() && !selection.event_ids[written[i].event.type->id]) ++i;
    };
    skip();
    ASSERT_TRUE(reader.read(selection, [&](const Event& event) {
      EXPECT_LT(i, written.size());
      EXPECT_EQ(difference(written[i].event, event), "") << "event " << i;
      ++i;
      skip();
      return !HasFailure();
    }));
    EXPECT_EQ(i, written.size());
  }

  TempFolder folder_;
};

TEST_F(RecordingTest, RandomEventsComeBackAsTheyWere) {
  for (uint64_t seed = 1; seed <= 20; ++seed) round_trip({}, 2000, 100 * seed, seed);
}

TEST_F(RecordingTest, ABodyInManyChunksComesBackAsItWas) {
  for (const size_t chunk_values : {0, 1, 30, 100, 1000}) {
    round_trip({}, 3000, 1000, 20 + chunk_values, chunk_values);
    round_trip({.types = 6, .tasks = 3}, 2000, 700, 21 + chunk_values, chunk_values);
  }
}

TEST_F(RecordingTest, MoreBigEventsThanChunks) { round_trip({.types = 1500}, 9000, 65536, 11, 0); }

TEST_F(RecordingTest, OneEventABlock) { round_trip({}, 50, 1, 3); }

TEST_F(RecordingTest, MoreLocalIdsThanAByteHolds) { round_trip({.types = 1500}, 20000, 65536, 4); }

TEST_F(RecordingTest, MoreTasksThanTwoBytesHold) {
  const size_t tasks =
      kSanitized ? 10000 : 100000;  // whether it holds is not a sanitizer's question
  round_trip({.types = 3, .tasks = tasks, .longest_text = 4}, 2 * tasks, 262144, 5);
}

TEST_F(RecordingTest, MoreCpusThanAByteHolds) { round_trip({.cpus = 1000}, 2000, 65536, 6); }

TEST_F(RecordingTest, TimesJumpByAnything) {
  round_trip({.longest_step_ns = UINT64_MAX - 1}, 2000, 500, 7);
  round_trip({.longest_step_ns = 1ull << 33}, 2000, 500, 8);
}

TEST_F(RecordingTest, TextsLongerThanTwoBytesHold) {
  round_trip({.types = 5, .longest_text = 200000}, 1000, 65536, 9);
}

TEST_F(RecordingTest, TextsFillBlocksBeforeEventsDo) {
  round_trip({.types = 8, .longest_text = 1000000}, 3000, 65536, 10);
}

TEST_F(RecordingTest, ATextBeyondTheLimitIsCut) {
  const EventType type{1, "write", {{"path", Kind::path, Form::kText, "const char*"}}, true};
  Task task;
  task.serial = task.tid = 1;
  const std::string longest(3 << 20, 'x');
  Event event;
  event.type = &type;
  event.task = &task;
  event.texts[0] = {longest, Text::State::kWhole};
  const std::string path = folder_.path("run.ctr");
  auto writer = RecordingWriter::create(path, {}, {});
  ASSERT_TRUE(writer);
  ASSERT_TRUE((*writer)->add(event));
  ASSERT_TRUE((*writer)->finish({}));
  auto reader = RecordingReader::open(path);
  ASSERT_TRUE(reader);
  const Contents contents = read_all(**reader);
  ASSERT_EQ(contents.events.size(), 1u);
  EXPECT_EQ(contents.events[0].event.texts[0].state, Text::State::kCut);
  EXPECT_EQ(contents.events[0].event.texts[0].bytes, longest.substr(0, 1 << 20));
}

TEST_F(RecordingTest, ZeroEvents) {
  round_trip({}, 0, 65536, 1);
  auto reader = RecordingReader::open(folder_.path("run.ctr"));
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader)->time_range_ns(), std::make_pair(uint64_t{0}, uint64_t{0}));
  EXPECT_TRUE((*reader)->call_counts().empty());
}

TEST_F(RecordingTest, HeaderComesBack) {
  RandomEvents random(1, {});
  RecordingHeader header = random.header();
  header.capability_checks = CapabilityChecks::kRefused;
  header.durations = true;
  const std::string path = folder_.path("run.ctr");
  ASSERT_TRUE(RecordingWriter::create(path, header, {}));
  auto reader = RecordingReader::open(path);
  ASSERT_TRUE(reader);
  const RecordingHeader& read = (*reader)->header();
  EXPECT_EQ(read.tool_version, header.tool_version);
  EXPECT_EQ(read.host_name, header.host_name);
  EXPECT_EQ(read.kernel_release, header.kernel_release);
  EXPECT_EQ(read.architecture, header.architecture);
  EXPECT_EQ(read.boot_id, header.boot_id);
  EXPECT_EQ(read.command_line, header.command_line);
  EXPECT_EQ(read.monotonic_ns, header.monotonic_ns);
  EXPECT_EQ(read.realtime_ns, header.realtime_ns);
  EXPECT_EQ(read.boottime_ns, header.boottime_ns);
  EXPECT_EQ(read.utc_offset_s, header.utc_offset_s);
  EXPECT_EQ(read.cpu_count, header.cpu_count);
  EXPECT_EQ(read.filters, header.filters);
  EXPECT_EQ(read.command_mode, header.command_mode);
  EXPECT_EQ(read.capability_checks, header.capability_checks);
  EXPECT_TRUE(read.durations);
  EXPECT_EQ(read.event_types.size(), header.event_types.size());
  EXPECT_EQ((*reader)->state(), RecordingState::kCutShort);
}

TEST_F(RecordingTest, CountsAndContainersComeFromIndexAndFromBlocksAlike) {
  const std::string path = folder_.path("run.ctr");
  const std::string bytes = write_small(path, 4, 300);
  auto complete = RecordingReader::open(path);
  ASSERT_TRUE(complete);
  const std::string torn_path = folder_.path("torn.ctr");
  const auto offsets = frame_offsets(bytes);
  write_file(torn_path, bytes.substr(0, offsets[offsets.size() - 3] + 9));  // in the index
  auto torn = RecordingReader::open(torn_path);
  ASSERT_TRUE(torn);
  EXPECT_EQ((*torn)->state(), RecordingState::kCutShort);

  const auto rows = [](RecordingReader& reader) {
    std::vector<std::vector<uint64_t>> rows;
    for (const CallCount& c : reader.call_counts()) {
      rows.push_back({c.container, static_cast<uint64_t>(c.phase), static_cast<uint64_t>(c.abi),
                      c.event_id, c.count, c.failed});
    }
    return rows;
  };
  EXPECT_FALSE(rows(**complete).empty());
  EXPECT_EQ(rows(**complete), rows(**torn));
  EXPECT_EQ((*complete)->containers().size(), 2u);
  EXPECT_TRUE((*complete)->containers() == (*torn)->containers());
  EXPECT_EQ((*complete)->time_range_ns(), (*torn)->time_range_ns());
  EXPECT_EQ((*complete)->totals().events, 1200u);
  EXPECT_EQ((*torn)->totals().events, 1200u);
  EXPECT_EQ((*complete)->totals().lost, 2u);
  ASSERT_EQ((*complete)->totals().cpus.size(), 2u);
  EXPECT_EQ((*complete)->totals().cpus[0].dropped, 2u);
}

TEST_F(RecordingTest, ALaterContainerRowReplacesTheEarlier) {
  const std::string path = folder_.path("run.ctr");
  auto writer = RecordingWriter::create(path, {}, {});
  ASSERT_TRUE(writer);
  Container container;
  container.index = 7;
  ASSERT_TRUE((*writer)->put_container(container));
  ASSERT_TRUE((*writer)->flush());
  container.name = "web";
  ASSERT_TRUE((*writer)->put_container(container));
  ASSERT_TRUE((*writer)->flush());
  auto reader = RecordingReader::open(path);  // while it is being written
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader)->state(), RecordingState::kBeingWritten);
  ASSERT_EQ((*reader)->containers().size(), 1u);
  EXPECT_EQ((*reader)->containers().at(7).name, "web");
}

TEST_F(RecordingTest, AnEventShowsTheContainerAsItWasKnownThen) {
  const EventType type{39, "getpid", {}, true};
  Container container;
  container.index = 1;
  Task task;
  task.serial = 1;
  task.tid = 5;
  task.container = &container;
  Event event;
  event.type = &type;
  event.task = &task;
  const std::string path = folder_.path("run.ctr");
  auto writer = RecordingWriter::create(path, {}, {});
  ASSERT_TRUE(writer);
  ASSERT_TRUE((*writer)->add(event));
  container.name = "web";
  task.serial = 2;
  ASSERT_TRUE((*writer)->add(event));
  ASSERT_TRUE((*writer)->finish({}));
  auto reader = RecordingReader::open(path);
  ASSERT_TRUE(reader);
  const Contents contents = read_all(**reader);
  ASSERT_EQ(contents.events.size(), 2u);
  EXPECT_EQ(contents.events[0].container->name, "");
  EXPECT_EQ(contents.events[1].container->name, "web");
}

TEST_F(RecordingTest, ASelectionSkipsWhatIsNotWanted) {
  const std::string path = folder_.path("run.ctr");
  write_small(path, 4, 300);
  auto reader = RecordingReader::open(path);
  ASSERT_TRUE(reader);
  size_t all = 0, wanted = 0, others = 0;
  ASSERT_TRUE((*reader)->read({}, [&](const Event& e) { return all += e.type->id == 2, true; }));
  Selection selection;
  selection.event_ids = {false, false, true};
  ASSERT_TRUE((*reader)->read(selection, [&](const Event& e) {
    ++(e.type->id == 2 ? wanted : others);
    return true;
  }));
  EXPECT_GT(all, 0u);
  EXPECT_EQ(wanted, all);
  EXPECT_EQ(others, 0u);
}

TEST_F(RecordingTest, LossesAreDeliveredAndNotCounted) {
  const EventType lost{kLost, "lost", {{"count", Kind::u64, Form::kUnsigned64, "u64"}}, false};
  const EventType call{39, "getpid", {}, true};
  const Task nobody;
  Event event;
  event.type = &lost;
  event.task = &nobody;
  event.args[0] = 17;
  const std::string path = folder_.path("run.ctr");
  auto writer = RecordingWriter::create(path, {}, {});
  ASSERT_TRUE(writer);
  ASSERT_TRUE((*writer)->add(event));
  event.type = &call;
  ASSERT_TRUE((*writer)->add(event));
  ASSERT_TRUE((*writer)->finish({}));
  EXPECT_EQ((*writer)->events_written(), 1u);
  auto reader = RecordingReader::open(path);
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader)->totals().events, 1u);
  EXPECT_EQ((*reader)->call_counts().size(), 1u);
  Selection nothing;
  nothing.event_ids = {false};
  size_t delivered = 0;
  ASSERT_TRUE((*reader)->read(nothing, [&](const Event& e) {
    EXPECT_EQ(e.args[0], 17u);
    EXPECT_EQ(e.task->serial, 0u);
    return ++delivered, true;
  }));
  EXPECT_EQ(delivered, 1u);
}

TEST_F(RecordingTest, ReadingStopsWhenTheSinkSaysSoAndBeginsAgain) {
  const std::string path = folder_.path("run.ctr");
  write_small(path, 2, 100);
  auto reader = RecordingReader::open(path);
  ASSERT_TRUE(reader);
  size_t count = 0;
  ASSERT_TRUE((*reader)->read({}, [&](const Event&) { return ++count < 10; }));
  EXPECT_EQ(count, 10u);
  count = 0;
  ASSERT_TRUE((*reader)->read({}, [&](const Event&) { return ++count, true; }));
  EXPECT_EQ(count, 200u);
}

TEST_F(RecordingTest, ManyBlocksGetMoreThanOneIndexFrame) {
  const std::string path = folder_.path("run.ctr");
  write_small(path, 2500, 2);
  auto reader = RecordingReader::open(path);
  ASSERT_TRUE(reader);
  (*reader)->verify();
  for (const Damage& damage : (*reader)->damage()) ADD_FAILURE() << damage.what;
  EXPECT_EQ((*reader)->totals().events, 5000u);
  EXPECT_EQ(read_all(**reader).events.size(), 5000u);
}

}  // namespace
}  // namespace ctrace::testing
