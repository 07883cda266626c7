// What --format json prints against format/print/events.schema.json, with as much of a validator as
// that schema needs. A keyword that the validator does not know is an error: no rule is passed
// over.
#include <gtest/gtest.h>
#include <regex.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "format/catalogue/catalogue.h"
#include "tests/unit/printer_samples.h"

namespace ctrace {
namespace {

using Json = nlohmann::ordered_json;

class Validator {
 public:
  explicit Validator(Json schema) : root_(std::move(schema)) {}

  // What is wrong with `value`; empty: nothing.
  std::string check(const Json& value) { return check(root_, value, "line"); }

 private:
  std::string check(const Json& rule, const Json& value, const std::string& where) {
    for (const auto& [keyword, wanted] : rule.items()) {
      const std::string wrong = check_keyword(keyword, rule, wanted, value, where);
      if (!wrong.empty()) return wrong;
    }
    return "";
  }

  std::string check_keyword(const std::string& keyword, const Json& rule, const Json& wanted,
                            const Json& value, const std::string& where) {
    const auto fail_unless = [&](bool fine) { return fine ? "" : where + " breaks " + keyword; };
    if (keyword == "description" || keyword == "title" || keyword == "$schema" ||
        keyword == "$id" || keyword == "$defs") {
      return "";
    }
    if (keyword == "$ref") {
      constexpr size_t kHash = 1;
      return check(root_.at(Json::json_pointer(wanted.get<std::string>().substr(kHash))), value,
                   where);
    }
    if (keyword == "type") return fail_unless(has_type(value, wanted));
    if (keyword == "enum") {
      return fail_unless(std::find(wanted.begin(), wanted.end(), value) != wanted.end());
    }
    if (keyword == "anyOf") {
      return fail_unless(std::any_of(wanted.begin(), wanted.end(), [&](const Json& one) {
        return check(one, value, where).empty();
      }));
    }
    if (keyword == "pattern") return fail_unless(matches(wanted, value));
    if (keyword == "minimum") return fail_unless(value.get<int64_t>() >= wanted.get<int64_t>());
    if (keyword == "maximum") return fail_unless(value.get<int64_t>() <= wanted.get<int64_t>());
    if (keyword == "maxItems") return fail_unless(value.size() <= wanted.get<size_t>());
    if (keyword == "required") {
      return fail_unless(std::all_of(wanted.begin(), wanted.end(), [&](const Json& key) {
        return value.contains(key.get<std::string>());
      }));
    }
    if (keyword == "additionalProperties" && wanted == false) {
      for (const auto& [key, ignored] : value.items()) {
        if (!rule["properties"].contains(key)) return where + " has a key " + key;
      }
      return "";
    }
    if (keyword == "properties") {
      for (const auto& [key, each] : value.items()) {
        if (!wanted.contains(key)) continue;
        if (std::string wrong = check(wanted[key], each, where + "." + key); !wrong.empty()) {
          return wrong;
        }
      }
      return "";
    }
    if (keyword == "items") {
      for (const Json& each : value) {
        if (std::string wrong = check(wanted, each, where + "[]"); !wrong.empty()) return wrong;
      }
      return "";
    }
    return "the validator does not know " + keyword;
  }

  static bool has_type(const Json& value, const std::string& type) {
    return type == "object"    ? value.is_object()
           : type == "array"   ? value.is_array()
           : type == "string"  ? value.is_string()
           : type == "integer" ? value.is_number_integer()
                               : type == "null" && value.is_null();
  }
  static bool matches(const std::string& pattern, const std::string& text) {
    regex_t compiled;
    if (regcomp(&compiled, pattern.c_str(), REG_EXTENDED | REG_NOSUB) != 0) return false;
    const bool found = regexec(&compiled, text.c_str(), 0, nullptr, 0) == 0;
    regfree(&compiled);
    return found;
  }

  Json root_;
};

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
