// What --format json prints against format/print/events.schema.json.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "format/catalogue/catalogue.h"
#include "tests/unit/json_validator.h"
#include "tests/unit/printer_samples.h"

namespace ctrace {
namespace {

class JsonSchemaTest : public ::testing::Test {
 protected:
  JsonSchemaTest() : validator_(read()) {}
  static Json read() {
    std::ifstream file("format/print/events.schema.json");
    EXPECT_TRUE(file.good()) << "run the tests from the root of the tree";
    return Json::parse(file, nullptr, false);
  }
  Json line(const Event& event) {
    return Json::parse(printed(OutputFormat::kJson, header_, event));
  }

  Validator validator_;
  RecordingHeader header_ = sample_header();
  Container container_ = sample_container();
  Task task_ = sample_task(&container_);
};

TEST_F(JsonSchemaTest, EveryEventInEveryState) {
  const Task host = sample_task(nullptr), nobody;
  for (const EventType& type : event_types()) {
    for (int round = 0; round < 6; ++round) {
      Event event = sample_event(type, round == 4 ? host : type.id == kLost ? nobody : task_);
      const int64_t results[] = {0, -ENOENT, -4095, INT64_MAX, INT64_MIN, 1};
      event.result = results[round];
      event.abi = static_cast<Abi>(round % kAbiCount);
      const std::string answers[] = {"", "ERRNO(EPERM)"};
      event.profile_answer = round % 3 == 0 ? nullptr : &answers[round % 3 - 1];
      task_.phase = static_cast<Phase>(round % std::size(kPhaseNames));
      for (size_t i = 0; i < kMaxArgs; ++i) {
        event.args[i] = round % 2 == 0 ? UINT64_MAX : i + static_cast<unsigned>(round);
        event.texts[i] = {round == 3 ? std::string_view("\x02\0\0\x35\x08\x08\x08\x08\0a\nb", 12)
                                     : std::string_view("/a\0-b\0", 6),
                          static_cast<Text::State>(round % 5)};
      }
      EXPECT_EQ(validator_.check(line(event)), "") << type.name << ", round " << round;
    }
  }
}

TEST_F(JsonSchemaTest, WhatIsWrongIsSeen) {
  const EventType type = open_type();
  Event event = sample_event(type, task_);
  event.texts[0] = {"/x", Text::State::kWhole};
  const Json right = line(event);
  EXPECT_EQ(validator_.check(right), "");
  const struct {
    const char* pointer;
    Json value;
    const char* wrong;
  } cases[] = {
      {"/phase", "inside", "line.phase breaks enum"},
      {"/eventId", 2, "line.eventId breaks type"},
      {"/time", "2026-11-23 10:11:12Z", "line.time breaks pattern"},
      {"/userId", -1, "line.userId breaks minimum"},
      {"/container/id", 5, "line.container breaks anyOf"},
      {"/args/0/value", 1.5, "line.args[].value breaks anyOf"},
      {"/args/0/state", "whole", "line.args[].state breaks enum"},
      {"/extra", 1, "line has a key extra"},
      {"/args/0/value", {{"st_size", 0.5}}, "line.args[].value breaks anyOf"},
  };
  for (const auto& c : cases) {
    Json wrong = right;
    wrong[Json::json_pointer(c.pointer)] = c.value;
    EXPECT_EQ(validator_.check(wrong), c.wrong);
  }
  Json missing = right;
  missing.erase("abi");
  EXPECT_EQ(validator_.check(missing), "line breaks required");
}

}  // namespace
}  // namespace ctrace
