#include "format/print/json_printer.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "format/print/print_cache.h"
#include "tests/unit/printer_samples.h"

namespace ctrace {
namespace {

using Json = nlohmann::ordered_json;
using State = Text::State;

class JsonPrinterTest : public ::testing::Test {
 protected:
  std::string line(const Event& event) { return printed(OutputFormat::kJson, header_, event); }
  Json parsed(const Event& event) { return Json::parse(line(event)); }

  // The one argument of a one-argument event.
  Json arg(Kind kind, Form form, uint64_t number, Text text = {}) {
    const EventType type = type_with(kind, form, "int");
    Event event = sample_event(type, task_);
    event.args[0] = number;
    event.texts[0] = text;
    return parsed(event)["args"][0];
  }

  RecordingHeader header_ = sample_header();
  Container container_ = sample_container();
  Task task_ = sample_task(&container_);
};

TEST_F(JsonPrinterTest, Line) {
  const EventType type = open_type();
  Event event = sample_event(type, task_);
  event.texts[0] = {"/etc/\"x\"", State::kWhole};
  event.args[1] = O_RDONLY | O_CLOEXEC;
  event.result = -ENOENT;
  EXPECT_EQ(
      line(event),
      R"({"timestamp":123456,"processId":21,"threadId":22,"parentProcessId":1,"userId":1000,)"
      R"("mountNamespace":4026532001,"pidNamespace":4026532002,"processName":"cat",)"
      R"("hostName":"web-1","eventId":"2","eventName":"open","argsNum":2,"returnValue":-2,)"
      R"("args":[{"name":"filename","type":"const char*","value":"/etc/\"x\""},)"
      R"({"name":"flags","type":"int","value":"O_RDONLY|O_CLOEXEC"}],)"
      R"("container":{"id":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",)"
      R"("name":"web","image":null,"runtime":"runc"},"exe":"/bin/cat",)"
      R"("hostProcessId":4711,"hostThreadId":4712,)"
      R"("hostParentProcessId":4700,"groupId":100,"cgroupId":"18446744073709551615","cpu":3,)"
      R"("abi":"x86_64","phase":"own","errno":"ENOENT","denied":null,"time":"2026-11-23T10:11:12.123456789Z"})"
      "\n");
}

TEST_F(JsonPrinterTest, Structures) {
  const std::string_view moment("\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0", 16);
  EXPECT_EQ(arg(Kind::timespec_in, Form::kStruct, 0, {moment, State::kWhole}),
            (Json{{"name", "arg"}, {"type", "int"}, {"value", {{"tv_sec", 1}, {"tv_nsec", 2}}}}));
  // What is there of it, and that it is not all.
  EXPECT_EQ(arg(Kind::timespec_in, Form::kStruct, 0, {moment.substr(0, 12), State::kWhole}),
            (Json{{"name", "arg"}, {"type", "int"}, {"value", {{"tv_sec", 1}}}, {"state", "cut"}}));
  EXPECT_EQ(arg(Kind::timespec_out, Form::kStruct, 0x10, {{}, State::kNotRead}),
            (Json{{"name", "arg"}, {"type", "int"}, {"value", "0x10"}, {"state", "not read"}}));
  EXPECT_EQ(arg(Kind::timespec_out, Form::kStruct, 0, {{}, State::kNull}),
            (Json{{"name", "arg"}, {"type", "int"}, {"value", nullptr}}));
  // No pointer without a command that says so, and then nothing is missing.
  EXPECT_EQ(arg(Kind::fcntl_arg, Form::kStruct, 0x10, {{}, State::kNotRead}),
            (Json{{"name", "arg"}, {"type", "int"}, {"value", "0x10"}}));
}

TEST_F(JsonPrinterTest, AProgramThatIsNotKnown) {
  task_.exe = "";
  EXPECT_TRUE(parsed(sample_event(open_type(), task_))["exe"].is_null());
}

TEST_F(JsonPrinterTest, DurationsWhereTheyAreRecorded) {
  const EventType type = open_type();
  Event event = sample_event(type, task_);
  event.duration_ns = 1234;
  EXPECT_FALSE(parsed(event).contains("duration"));
  header_.durations = true;
  EXPECT_EQ(parsed(event)["duration"], 1234);
  event.duration_ns = 0;
  EXPECT_TRUE(parsed(event)["duration"].is_null());
}

TEST_F(JsonPrinterTest, HostTask) {
  const Task task = sample_task(nullptr);
  const EventType type{39, "getpid", {}, true};
  Event event = sample_event(type, task);
  event.abi = Abi::kI386;
  const Json object = parsed(event);
  EXPECT_TRUE(object["container"].is_null());
  EXPECT_EQ(object["phase"], "host");
  EXPECT_EQ(object["abi"], "i386");
  EXPECT_TRUE(object["errno"].is_null());
  EXPECT_EQ(object["args"], Json::array());
}

TEST_F(JsonPrinterTest, NumbersStayExact) {
  EXPECT_EQ(arg(Kind::kUnknown, Form::kSigned32, 0xffffffff)["value"], -1);
  EXPECT_EQ(arg(Kind::kUnknown, Form::kUnsigned32, 0xffffffff)["value"], 4294967295);
  EXPECT_EQ(arg(Kind::kUnknown, Form::kSigned64, uint64_t(-5))["value"], -5);
  EXPECT_EQ(arg(Kind::kUnknown, Form::kSigned64, uint64_t(INT64_MIN))["value"],
            "-9223372036854775808");
  EXPECT_EQ(arg(Kind::kUnknown, Form::kUnsigned64, uint64_t{1} << 53)["value"], 9007199254740992);
  EXPECT_EQ(arg(Kind::kUnknown, Form::kUnsigned64, (uint64_t{1} << 53) + 1)["value"],
            "9007199254740993");
  EXPECT_EQ(arg(Kind::kUnknown, Form::kUnsigned64, UINT64_MAX)["value"], "18446744073709551615");
  EXPECT_EQ(arg(Kind::kUnknown, Form::kHex, 0x7FFD)["value"], "0x7ffd");
}

TEST_F(JsonPrinterTest, TextStates) {
  const auto text = [this](std::string_view bytes, State state, uint64_t address = 0) {
    return arg(Kind::path, Form::kText, address, {bytes, state}).dump();
  };
  EXPECT_EQ(text("/x", State::kWhole), R"({"name":"arg","type":"int","value":"/x"})");
  EXPECT_EQ(text("", State::kWhole), R"({"name":"arg","type":"int","value":""})");
  EXPECT_EQ(text("/x", State::kCut), R"({"name":"arg","type":"int","value":"/x","state":"cut"})");
  EXPECT_EQ(text("", State::kNull), R"({"name":"arg","type":"int","value":null})");
  EXPECT_EQ(text("", State::kUnreadable, 0x7f),
            R"({"name":"arg","type":"int","value":"0x7f","state":"unreadable"})");
  EXPECT_EQ(text("", State::kNotRead, 0x7f),
            R"({"name":"arg","type":"int","value":"0x7f","state":"not read"})");
}

TEST_F(JsonPrinterTest, StringArrays) {
  const std::string_view bytes("ls\0\0-l\0", 7);
  EXPECT_EQ(arg(Kind::argv, Form::kStrings, 0, {bytes, State::kWhole})["value"],
            (Json{"ls", "", "-l"}));
}

TEST_F(JsonPrinterTest, SocketAddressesAreStrings) {
  const std::string_view raw("\x01\0/tmp/\"\xff\0", 10);
  const std::string line = arg(Kind::sockaddr_in, Form::kSockaddr, 0, {raw, State::kWhole}).dump();
  EXPECT_TRUE(Json::parse(line)["value"].is_string());
}

TEST_F(JsonPrinterTest, Loss) {
  const EventType type = loss_type();
  const Task nobody;
  Event event = sample_event(type, nobody);
  event.args[0] = 1;
  event.args[1] = 1234;
  const Json object = parsed(event);
  EXPECT_EQ(object["eventName"], "lost");
  EXPECT_EQ(object["args"][0]["value"], 1);
  EXPECT_EQ(object["args"][1]["value"], 1234);
  EXPECT_TRUE(object["container"].is_null());
  const EventType open = open_type();
  const Json other = parsed(sample_event(open, task_));
  for (const auto& [key, value] : other.items()) EXPECT_TRUE(object.contains(key)) << key;
}

TEST_F(JsonPrinterTest, CallsWithoutAResult) {
  const EventType open = open_type();
  Event event = sample_event(open, task_);
  event.result = -512;
  EXPECT_EQ(parsed(event)["errno"], "ERESTARTSYS");
  event.result = kNoResult;
  EXPECT_TRUE(parsed(event)["returnValue"].is_null());
  EXPECT_TRUE(parsed(event)["errno"].is_null());
}

TEST_F(JsonPrinterTest, HostileNamesStayInTheirStrings) {
  task_.comm = "a\",\"x\":1\n";
  task_.host_name = "\x1b[2J\xff";
  container_.name = "\"}";
  const EventType type{39, "na\"me", {{"ar\"g", Kind::kUnknown, Form::kSigned32, "in\"t"}}, true};
  const std::string text = line(sample_event(type, task_));
  EXPECT_NE(text.find(R"("hostName":"\u001b[2J\udcff")"), std::string::npos);
  EXPECT_NE(text.find(R"("processName":"a\",\"x\":1\n")"), std::string::npos);
  EXPECT_NE(text.find(R"("name":"\"}")"), std::string::npos);
  EXPECT_NE(text.find(R"({"name":"ar\"g","type":"in\"t","value":0})"), std::string::npos);
  EXPECT_EQ(text.find('\n'), text.size() - 1);
}

}  // namespace
}  // namespace ctrace
