// A tracker that is given records as the rings would give them, and what it tells.
#pragma once

#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "format/catalogue/catalogue.h"
#include "format/print/print_cache.h"
#include "record/tracker.h"

namespace ctrace {

constexpr uint8_t kHostMnt = 0, kOwnMnt = 1;
constexpr uint64_t kCgroup = 77;
constexpr uint64_t kSecond = 1'000'000'000;

// What a test keeps of an event.
struct Seen {
  std::string name;
  uint64_t time_ns = 0;
  int64_t result = 0;
  Abi abi = Abi::kX86_64;
  std::string container, comm, host_name;
  std::string exe{};
  Phase phase = Phase::kHost;
  std::vector<std::string> texts;
  std::vector<uint64_t> args;
  std::vector<std::string> descriptors;  // what they refer to
  Denied denied = Denied::kNo;
  uint64_t duration_ns = 0;
};

class TrackerTest : public testing::Test {
 protected:
  TrackerTest() { start({}); }
  void TearDown() override {
    if (!root_.empty()) std::filesystem::remove_all(root_);
  }

  void start(const FilterSpec& spec, bool command_mode = false, uint32_t command_tid = 0) {
    filter_ = std::make_unique<Filter>(*Filter::compile(spec));
    ContainerTable::Hooks hooks = {
        .move_cgroup = [this](uint64_t id, uint64_t top) { moved_.emplace_back(id, top); },
        .forget_cgroup = [this](uint64_t id) { forgotten_.push_back(id); },
        .cgroup_gone = [this](uint64_t id) { forgotten_.push_back(id); },
        .ignore_container = [this](uint64_t id) { ignored_.push_back(id); },
        .raise_epoch = [this] { ++epochs_; },
        .watch_cgroup = [this](uint64_t id) { watched_.push_back(id); },
        .announce = [this](const Container& row) { announced_.push_back(row); },
        .gone =
            [this](const ContainerTable::Entry&) {
              ++gone_;
              return ContainerTable::Totals{12, 3, 1};
            }};
    // A root without files: only paths and namespaces tell.
    containers_ = std::make_unique<ContainerTable>(*filter_, root_.empty() ? "/nonexistent" : root_,
                                                   command_mode, hooks);
    gate_ = std::make_unique<EventGate>(*containers_, [this](const Event& e) { keep(e); });
    Tracker::Options options;
    options.command_mode = command_mode;
    options.command_tid = command_tid;
    options.durations = durations_;
    tracker_ = std::make_unique<Tracker>(options, *containers_, *gate_);
  }

  void keep(const Event& event) {
    Seen seen;
    seen.name = event.type->name;
    seen.time_ns = event.time_ns;
    seen.result = event.result;
    seen.abi = event.abi;
    seen.comm = event.task->comm;
    seen.exe = event.task->exe;
    seen.phase = event.task->phase;
    seen.denied = event.denied;
    seen.duration_ns = event.duration_ns;
    seen.host_name = event.task->host_name;
    if (event.task->container) seen.container = event.task->container->name;
    for (size_t i = 0; i < arg_count(*event.type); ++i) {
      seen.texts.emplace_back(event.texts[i].bytes);
      seen.args.push_back(event.args[i]);
    }
    for (size_t i = arg_count(*event.type); i < event.type->args.size(); ++i)
      seen.descriptors.emplace_back(event.texts[i].bytes);
    seen_.push_back(seen);
  }

  struct Text {
    uint8_t arg;
    std::string bytes;
    uint8_t state = wire::TEXT_WHOLE;
  };
  void send(wire::record record, std::vector<uint64_t> args, const std::vector<Text>& texts = {},
            uint64_t lost = 0) {
    record.time_ns = ++now_ns_;
    record.args = static_cast<uint8_t>(args.size());
    record.blobs = static_cast<uint8_t>(texts.size());
    RingChunk chunk;
    chunk.words.resize(sizeof record / 8);
    chunk.words.insert(chunk.words.end(), args.begin(), args.end());
    for (const Text& text : texts) {
      const wire::blob head = {static_cast<uint16_t>(text.bytes.size()), text.arg, text.state, 0};
      const size_t at = chunk.words.size();
      chunk.words.resize(at + 1 + (text.bytes.size() + 7) / 8);
      std::memcpy(&chunk.words[at], &head, sizeof head);
      if (!text.bytes.empty())
        std::memcpy(&chunk.words[at + 1], text.bytes.data(), text.bytes.size());
    }
    record.size8 = static_cast<uint16_t>(chunk.words.size());
    std::memcpy(chunk.words.data(), &record, sizeof record);
    RecordView view;
    size_t position = 0;
    ASSERT_TRUE(next_record(chunk, position, view));
    tracker_->record(0, view, lost);
    gate_->release(now_ns_);
  }

  static wire::record of(uint8_t type, uint32_t tid, uint16_t nr = 0, int64_t result = 0,
                         uint8_t abi = wire::ABI_NATIVE) {
    wire::record record = {};
    record.type = type;
    record.tid = tid;
    record.nr = nr;
    record.result = result;
    record.abi = abi;
    return record;
  }

  void send_task(uint32_t tid, uint64_t top, uint8_t phase, uint8_t own_mnt, uint32_t level,
                 const char* comm = "sh") {
    send_task(wire::task_record{}, tid, top, phase, own_mnt, level, comm);
  }
  void send_task(wire::task_record body, uint32_t tid, uint64_t top, uint8_t phase, uint8_t own_mnt,
                 uint32_t level, const char* comm) {
    body.tgid = tid;
    body.top_cgroup = body.cgroup_id = top;
    body.phase = phase;
    body.own_mnt = own_mnt;
    body.pid_level = level;
    std::strncpy(body.comm, comm, sizeof body.comm - 1);
    std::vector<uint64_t> words(sizeof body / 8);
    std::memcpy(words.data(), &body, sizeof body);
    send(of(wire::REC_TASK, tid), words);
  }
  void send_file(uint64_t id, const std::string& names) {
    wire::file_record file = {};
    file.id = id;
    std::vector<uint64_t> words(sizeof file / 8);
    std::memcpy(words.data(), &file, sizeof file);
    send(of(wire::REC_FILE, 9), words, {{0, names}});
  }
  void make_cgroup(uint64_t id, const std::string& path) {
    send(of(wire::REC_CGROUP_MKDIR, 0), {id, 1, id}, {{0, path}});
  }
  void call_getppid(uint32_t tid) { send(of(wire::REC_SYSCALL, tid, 110, 1), {}); }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const Seen& seen : seen_) names.push_back(seen.name);
    return names;
  }
  using Names = std::vector<std::string>;

  std::string root_;
  std::unique_ptr<Filter> filter_;
  std::unique_ptr<ContainerTable> containers_;
  std::unique_ptr<EventGate> gate_;
  std::unique_ptr<Tracker> tracker_;
  std::vector<Seen> seen_;
  std::vector<uint64_t> forgotten_, watched_, ignored_;
  std::vector<std::pair<uint64_t, uint64_t>> moved_;
  std::vector<Container> announced_;
  int epochs_ = 0, gone_ = 0;
  bool durations_ = false;  // of what start() begins
  uint64_t now_ns_ = 1000;
};

}  // namespace ctrace
