// A recording made by hand, for tests of what is gathered from headers, containers and counts.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

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
  FakeRecording& container(Container row) {
    const uint32_t index = row.index;
    containers_.insert_or_assign(index, std::move(row));
    return *this;
  }

  const RecordingHeader& header() const override { return header_; }
  uint64_t file_size() const override { return size_bytes_; }
  Result<void> read(const Selection&, const std::function<bool(const Event&)>&) override {
    return {};
  }
  const std::vector<CallCount>& call_counts() override { return counts_; }
  const std::map<uint32_t, Container>& containers() override { return containers_; }
  RecordingState state() override { return state_; }
  const RecordingTotals& totals() override { return totals_; }
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

 private:
  uint16_t event_id(const std::string& name, bool is_syscall) {
    for (const EventType& type : header_.event_types) {
      if (type.name == name) return type.id;
    }
    EventType type;
    type.id = static_cast<uint16_t>(header_.event_types.size() + 1);
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
