// What an OCI runtime tells its hook, and what it does not.
#include "record/hook_request.h"

#include <gtest/gtest.h>

#include <sstream>

#include "format/base/sanitized.h"

namespace ctrace {
namespace {

Result<HookRequest> read(const std::string& text) {
  std::istringstream state(text);
  return read_hook_request(state);
}

std::string with_annotations(const std::string& annotations) {
  return R"({"ociVersion":"1.0.2","id":"web","status":"created","pid":4242,"bundle":"/b",)"
         R"("annotations":)" +
         annotations + "}";
}

TEST(HookRequest, TheAnnotationAsksForARecording) {
  const auto request = read(with_annotations(R"({"a":"b","io.ctrace.record":"/var/tmp/x.ctr"})"));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->id, "web");
  EXPECT_EQ(request->pid, 4242);
  EXPECT_EQ(request->output, "/var/tmp/x.ctr");
}

TEST(HookRequest, TheOlderAnnotationHasWords) {
  struct {
    const char* words;
    const char* output;
  } const cases[] = {{"of:/x.ctr", "/x.ctr"},
                     {"if:/in.json;of:/x.ctr", "/x.ctr"},
                     {"of:/x.ctr;if:/in.json", "/x.ctr"},
                     {"if:/in.json", ""},
                     {";;", ""},
                     {"", ""}};
  for (const auto& [words, output] : cases) {
    const auto request =
        read(with_annotations(R"({"io.containers.trace-syscall":")" + std::string(words) + "\"}"));
    ASSERT_TRUE(request) << words;
    EXPECT_EQ(request->output, output) << words;
  }
}

TEST(HookRequest, WithoutOneNothingIsAsked) {
  for (const char* text : {R"({"id":"web","pid":1})", R"({"annotations":{}})",
                           R"({"annotations":[1]})", R"({"annotations":{"io.ctrace.record":7}})"}) {
    const auto request = read(text);
    ASSERT_TRUE(request) << text;
    EXPECT_TRUE(request->output.empty()) << text;
  }
}

TEST(HookRequest, WhatCannotBeRecordedIsRefused) {
  for (const std::string& text :
       {std::string(), std::string("[]"), std::string("{"),
        std::string(kSanitized ? 1u << 20 : 5u << 20, '['),
        with_annotations(R"({"io.ctrace.record":"x.ctr"})"),
        std::string(R"({"id":"w","annotations":{"io.ctrace.record":"/x"}})"),
        std::string(R"({"id":"w","pid":-1,"annotations":{"io.ctrace.record":"/x"}})"),
        std::string(R"({"pid":7,"annotations":{"io.ctrace.record":"/x"}})")}) {
    EXPECT_FALSE(read(text)) << text.substr(0, 80);
  }
}

}  // namespace
}  // namespace ctrace
