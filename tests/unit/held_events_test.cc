#include "record/held_events.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "format/catalogue/catalogue.h"

namespace ctrace {
namespace {

// Types that between them have every form of argument.
std::vector<EventType> some_types() {
  EventType none, numbers, texts;
  none.name = "none";
  numbers.args = {{"fd", Kind::kUnknown, Form::kHex, "int"},
                  {"n", Kind::kUnknown, Form::kHex, "int"}};
  texts.args = {{"path", Kind::kUnknown, Form::kText, "const char*"},
                {"flags", Kind::kUnknown, Form::kHex, "int"},
                {"argv", Kind::kUnknown, Form::kStrings, "char**"}};
  return {none, numbers, texts};
}

void expect_same(const Event& wanted, const Event& got) {
  EXPECT_EQ(wanted.time_ns, got.time_ns);
  EXPECT_EQ(wanted.cpu, got.cpu);
  EXPECT_EQ(wanted.abi, got.abi);
  EXPECT_EQ(wanted.denied, got.denied);
  EXPECT_EQ(wanted.duration_ns, got.duration_ns);
  EXPECT_EQ(wanted.type, got.type);
  EXPECT_EQ(wanted.task, got.task);
  EXPECT_EQ(wanted.result, got.result);
  for (size_t i = 0; i < wanted.type->args.size(); ++i) {
    EXPECT_EQ(wanted.args[i], got.args[i]);
    if (!has_text(wanted.type->args[i].form)) continue;
    EXPECT_EQ(wanted.texts[i].state, got.texts[i].state);
    EXPECT_EQ(wanted.texts[i].bytes, got.texts[i].bytes);
  }
}

// Thousands of events of all sizes, in and out by turns: each comes out as it went in, in order.
TEST(HeldEvents, GivesBackWhatItTook) {
  std::mt19937 random(1);
  const std::vector<EventType> types = some_types();
  const auto task = std::make_shared<Task>();
  std::deque<Event> wanted;
  std::deque<std::string> bytes;  // of the wanted events' texts, two each
  HeldEvents held;
  const auto push = [&](uint64_t number) {
    Event event;
    event.time_ns = number;
    event.cpu = static_cast<uint16_t>(random());
    event.abi = Abi::kI386;
    event.denied = Denied::kTrap;
    event.duration_ns = random();
    event.type = &types[random() % types.size()];
    event.task = task.get();
    event.result = -static_cast<int64_t>(random());
    for (uint64_t& arg : event.args) arg = random();
    const bool large = random() % 50 == 0;
    for (size_t i : {0, 2}) {
      bytes.push_back(std::string(random() % (large ? 400'000 : 40), static_cast<char>(random())));
      event.texts[i] = {bytes.back(), i == 0 ? Text::State::kCut : Text::State::kWhole};
    }
    held.push(event, task, nullptr);
    wanted.push_back(event);
  };
  uint64_t number = 0;
  for (int round = 0; round < 40; ++round) {
    for (int i = random() % 200; i >= 0; --i) push(++number);
    for (int i = random() % 200; i >= 0 && !held.empty(); --i) {
      EXPECT_EQ(wanted.front().time_ns, held.front_time_ns());
      expect_same(wanted.front(), held.front());
      held.pop();
      wanted.pop_front();
      bytes.erase(bytes.begin(), bytes.begin() + 2);
    }
  }
  for (; !held.empty(); held.pop(), wanted.pop_front()) expect_same(wanted.front(), held.front());
  EXPECT_TRUE(wanted.empty());
  EXPECT_EQ(0u, held.bytes());
  EXPECT_EQ(1, task.use_count());
}

// A call with three numbers: what the memory of a held flood is reckoned with.
TEST(HeldEvents, TakesLittle) {
  EventType type;
  type.args.resize(3);
  Event event;
  event.type = &type;
  HeldEvents held;
  held.push(event, nullptr, nullptr);
  EXPECT_LE(held.bytes(), 100u);
}

}  // namespace
}  // namespace ctrace
