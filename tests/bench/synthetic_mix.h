// Events that imitate a real capture: the mix of calls, containers, step of time and share of
// repeated texts. SYNTHETIC: bytes an event are not those of real data. For the benchmarks here
// alone.
#pragma once

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "format/catalogue/catalogue.h"
#include "format/model/event.h"

namespace ctrace {
namespace {

constexpr size_t kEvents = 1 << 20;

// An event without its pointers: 300 bytes an Event would make these measurements ones of memory.
struct Compact {
  uint64_t time_ns;
  uint32_t task, text;
  uint16_t type;
  int16_t result;
  uint64_t args[kMaxSyscallArgs];
};

struct Mix {
  std::vector<EventType> types;
  std::vector<Container> containers;
  std::vector<Task> tasks;
  std::vector<std::string> texts;
  std::vector<Compact> events;
};

// One row a call of the mix: its share in percent is what real recordings showed.
struct Call {
  uint16_t id;
  const char* name;
  int share;
  std::vector<Kind> args;
};

const std::vector<Call>& calls() {
  static const std::vector<Call> kCalls = {
      {233, "epoll_ctl", 20, {Kind::fd, Kind::i32, Kind::fd, Kind::pointer}},
      {1, "write", 12, {Kind::fd, Kind::pointer, Kind::size}},
      {0, "read", 12, {Kind::fd, Kind::pointer, Kind::size}},
      {262, "newfstatat", 9, {Kind::dirfd, Kind::path, Kind::pointer, Kind::at_flags}},
      {89, "readlink", 6, {Kind::path, Kind::out_path, Kind::size}},
      {257, "openat", 8, {Kind::dirfd, Kind::path, Kind::open_flags, Kind::mode}},
      {3, "close", 9, {Kind::fd}},
      {9,
       "mmap",
       5,
       {Kind::pointer, Kind::size, Kind::prot, Kind::map_flags, Kind::fd, Kind::offset}},
      {232, "epoll_wait", 8, {Kind::fd, Kind::pointer, Kind::i32, Kind::i32}},
      {202, "futex", 5, {Kind::pointer, Kind::i32, Kind::u32, Kind::pointer}},
      {13, "rt_sigaction", 3, {Kind::signal, Kind::pointer, Kind::pointer, Kind::size}},
      {39, "getpid", 3, {}},
  };
  return kCalls;
}

EventType make_type(const Call& call) {
  EventType type{call.id, call.name, {}, true};
  for (Kind kind : call.args) {
    const KindRow& row = kind_row(kind);
    type.args.push_back({std::string(row.name), kind, row.form, std::string(row.c_type)});
  }
  return type;
}

void add_tasks(Mix* mix) {
  for (uint32_t i = 1; i <= 10; ++i) {
    Container& container = mix->containers.emplace_back();
    container.index = i;
    container.id = std::string(60, 'a') + std::to_string(1000 + i);
    container.name = "service-" + std::to_string(i);
    container.image = "registry.example/image:" + std::to_string(i);
  }
  for (uint32_t i = 0; i < 400; ++i) {
    Task& task = mix->tasks.emplace_back();
    task.serial = i + 1;
    task.pid = task.tid = 1000 + i;
    task.ns_pid = task.ns_tid = i + 1;
    task.mnt_ns = 4026531840u + i / 40;
    task.comm = "worker-" + std::to_string(i % 40);
    task.phase = Phase::kOwn;
    task.container = &mix->containers[i / 40];
  }
}

// What a program does again and again: the same calls with mostly the same arguments. How often
// something else comes between is chosen so that the size is near that of real captures (3.5 bytes
// an event), because it is the entropy that zstd takes its time for.
Compact make_step(const Mix& mix, std::mt19937_64& random, const std::vector<uint16_t>& shares) {
  Compact step = {};
  step.type = shares[random() % shares.size()];
  step.text = static_cast<uint32_t>(random() % mix.texts.size());
  step.result = static_cast<int16_t>(random() % 12 ? random() % 64 : -2);
  const EventType& type = mix.types[step.type];
  for (size_t a = 0; a < type.args.size(); ++a) {
    step.args[a] = type.args[a].form == Form::kHex
                       ? 0x7ffd00000000 + random() % 64 * 4096 + random() % 16 * 8
                       : random() % 8;
  }
  return step;
}

const Mix& mix() {
  static const Mix* const kMix = [] {
    auto* mix = new Mix;
    std::mt19937_64 random(1);
    std::vector<uint16_t> shares;
    for (const Call& call : calls()) {
      shares.insert(shares.end(), static_cast<size_t>(call.share),
                    static_cast<uint16_t>(mix->types.size()));
      mix->types.push_back(make_type(call));
    }
    add_tasks(mix);
    for (size_t i = 0; i < 20000; ++i) {
      mix->texts.push_back("/usr/lib/python3/module" + std::to_string(i % 199) + "/file" +
                           std::to_string(i));
    }
    std::vector<std::vector<Compact>> scripts(40);  // programs: ten tasks run each
    for (auto& script : scripts) {
      for (uint64_t n = 8 + random() % 60; n > 0; --n) {
        script.push_back(make_step(*mix, random, shares));
      }
    }
    std::vector<size_t> places(mix->tasks.size());
    uint64_t now = 1000000000;
    size_t task = 0;
    while (mix->events.size() < kEvents) {
      if (random() % 30 == 0) task = random() % places.size();
      const auto& script = scripts[task % scripts.size()];
      Compact event = script[places[task]++ % script.size()];
      if (random() % 30 == 0) event = make_step(*mix, random, shares);
      now += static_cast<uint64_t>(-2500 * std::log((1 + random() % 100000) / 100001.0));
      event.time_ns = now;
      event.task = static_cast<uint32_t>(task);
      mix->events.push_back(event);
    }
    return mix;
  }();
  return *kMix;
}

// Calls `add` with every event of the mix.
template <typename Add>
void for_each_event(Add add) {
  const Mix& all = mix();
  Event event;
  for (const Compact& compact : all.events) {
    const EventType& type = all.types[compact.type];
    event.time_ns = compact.time_ns;
    event.cpu = static_cast<uint16_t>(compact.task % 4);
    event.type = &type;
    event.task = &all.tasks[compact.task];
    event.result = compact.result;
    for (size_t a = 0; a < type.args.size(); ++a) {
      const bool is_text = has_text(type.args[a].form);
      event.args[a] = is_text ? 0 : compact.args[a];
      if (is_text) event.texts[a] = {all.texts[compact.text], Text::State::kWhole};
    }
    add(event);
  }
}

}  // namespace
}  // namespace ctrace
