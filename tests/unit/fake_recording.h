// A recording made by hand, for tests of what is gathered from headers, containers and counts.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "format/catalogue/catalogue.h"
#include "format/file/recording_reader.h"

namespace ctrace {

class FakeRecording : public RecordingReader {
 public:
  // Adds a row of call counts; a name that is new gets the next event id of the schema.
  FakeRecording& call(uint32_t container, Phase phase, const std::string& name,
                      Abi abi = Abi::kX86_64, uint64_t count = 1) {
    counts_.push_back({container, phase, abi, event_id(name, true), count, 0});
    return *this;
  }
  FakeRecording& own(const std::string& name) { return call(1, Phase::kOwn, name); }
  // An event that is no system call.
  FakeRecording& other(const std::string& name) {
    counts_.push_back({1, Phase::kOwn, Abi::kX86_64, event_id(name, false), 1, 0});
    return *this;
  }
  // An event of the catalogue's call `name`, counted too; `container` as in call().
  FakeRecording& event(uint32_t container, Phase phase, const std::string& name,
                       std::vector<uint64_t> args = {}, int64_t result = 0,
                       const std::string& comm = "app", uint64_t time_ns = 0,
                       Abi abi = Abi::kX86_64) {
    FakeEvent& made = events_.emplace_back();
    made.container = container;
    made.task.phase = phase;
    made.task.comm = comm;
    made.event.type = find_event(name);
    made.event.result = result;
    made.event.abi = abi;
    made.event.time_ns = time_ns;
    for (size_t i = 0; i < args.size(); ++i) made.event.args[i] = args[i];
    const bool failed = result < 0 && result >= -4095;
    counts_.push_back({container, phase, abi, made.event.type->id, 1, failed ? 1U : 0U});
    return *this;
  }
  // What a filter did with the event added last.
  FakeRecording& denied(Denied by) {
    events_.back().event.denied = by;
    counts_.back().denied = is_refused(by);
    return *this;
  }
  // Changes who made the event added last.
  FakeRecording& by(const std::function<void(Task&)>& change) {
    change(events_.back().task);
    return *this;
  }
  // Another type for the event added last; it must outlive this.
  FakeRecording& type(const EventType* type) {
    events_.back().event.type = type;
    return *this;
  }
  // The text of an argument of the event added last.
  FakeRecording& text(size_t index, std::string bytes) {
    events_.back().texts[index] = std::move(bytes);
    return *this;
  }
  FakeRecording& container(Container row) {
    const uint32_t index = row.index;
    containers_.insert_or_assign(index, std::move(row));
    return *this;
  }

  const RecordingHeader& header() const override { return header_; }
  uint64_t file_size() const override { return size_bytes_; }
  Result<void> read(const Selection&, const std::function<bool(const Event&)>& sink) override {
    for (FakeEvent& row : events_) {
      row.event.task = &row.task;
      const auto found = containers_.find(row.container);
      row.task.container = found == containers_.end() ? nullptr : &found->second;
      for (const auto& [index, bytes] : row.texts) {
        row.event.texts[index] = {bytes, Text::State::kWhole};
      }
      if (!sink(row.event)) break;
    }
    return {};
  }
  const std::vector<CallCount>& call_counts() override { return counts_; }
  const std::map<uint32_t, Container>& containers() override { return containers_; }
  RecordingState state() override { return state_; }
  const RecordingTotals& totals() override { return totals_; }
  const std::vector<DropRow>& drops() override { return drops_; }
  bool has_tallies() override { return has_tallies_; }
  std::pair<uint64_t, uint64_t> time_range_ns() override { return range_ns_; }
  void verify() override {}
  const std::vector<Damage>& damage() const override { return damage_; }

  RecordingHeader header_;
  RecordingTotals totals_;
  RecordingState state_ = RecordingState::kComplete;
  std::vector<CallCount> counts_;
  std::map<uint32_t, Container> containers_;
  std::vector<Damage> damage_;
  std::pair<uint64_t, uint64_t> range_ns_{0, 0};
  uint64_t size_bytes_ = 0;
  bool has_tallies_ = false;
  std::vector<DropRow> drops_;

 private:
  struct FakeEvent {
    uint32_t container = 0;
    Task task;
    Event event;
    std::map<size_t, std::string> texts;
  };
  std::deque<FakeEvent> events_;

  uint16_t event_id(const std::string& name, bool is_syscall) {
    for (const EventType& type : header_.event_types) {
      if (type.name == name) return type.id;
    }
    EventType type;
    // Ids that no event of the catalogue has.
    type.id = static_cast<uint16_t>(900 + header_.event_types.size());
    type.name = name;
    type.is_syscall = is_syscall;
    header_.event_types.push_back(type);
    return type.id;
  }
};

// A container of crun with noNewPrivileges, whose baseline is the smallest: close and execve.
inline Container small_container(uint32_t index = 1, std::string name = "web") {
  Container row;
  row.index = index;
  row.id = "c0ffee" + std::to_string(index);
  row.name = std::move(name);
  row.runtime = "crun";
  row.no_new_privs = true;
  return row;
}

}  // namespace ctrace
