// What descriptors refer to: in the three formats, to filters, and out of a file again.
#include "format/print/descriptor_name.h"

#include <gtest/gtest.h>

#include <string>

#include "format/file/block_decoder.h"
#include "format/filter/filter.h"
#include "tests/unit/file_samples.h"
#include "tests/unit/printer_samples.h"

namespace ctrace {
namespace {

using State = Text::State;

class DescriptorNameTest : public ::testing::Test {
 protected:
  Event call(const char* name) { return sample_event(*find_event(name), task_); }
  Event dup2() {
    Event event = call("dup2");
    event.args[0] = 3;
    event.args[1] = 4;
    event.result = 4;
    event.texts[2] = {"/etc/passwd", State::kWhole};
    event.texts[3] = {"pipe:[17]", State::kWhole};
    event.texts[4] = {"/etc/passwd", State::kWhole};
    return event;
  }
  std::string line(OutputFormat format, const Event& event) {
    return printed(format, header_, event);
  }
  bool wanted(const FilterSpec& spec, const Event& event) {
    const Filter filter = *Filter::compile(spec);
    return StreamFilter(filter, header_, StreamFilter::Source::kRecorded).wants(event);
  }
  bool where(const std::string& expression, const Event& event) {
    FilterSpec spec;
    spec.where = {expression};
    return wanted(spec, event);
  }

  RecordingHeader header_ = sample_header();
  Task task_ = sample_task(nullptr);
};

TEST_F(DescriptorNameTest, StandBehindTheArgumentsProper) {
  const EventType& dup2 = *find_event("dup2");
  EXPECT_EQ(arg_count(dup2), 2u);
  ASSERT_EQ(dup2.args.size(), 5u);
  EXPECT_EQ(name_index(dup2, "oldfd"), 2u);
  EXPECT_EQ(name_index(dup2, "newfd"), 3u);
  EXPECT_EQ(result_name_index(dup2), 4u);
  EXPECT_EQ(result_name_index(*find_event("close")), kNoName);
  EXPECT_EQ(name_index(*find_event("getppid"), "fd"), kNoName);
}

TEST_F(DescriptorNameTest, Strace) {
  Event event = dup2();
  EXPECT_TRUE(line(OutputFormat::kStrace, event)
                  .ends_with(" dup2(3</etc/passwd>, 4<pipe:[17]>) = 4</etc/passwd>\n"));
  event.texts[2] = {"/tmp/a>, <b\n (deleted)", State::kWhole};
  event.texts[3] = {{}, State::kNull};
  event.result = -9;
  event.texts[4] = {{}, State::kNull};
  EXPECT_TRUE(line(OutputFormat::kStrace, event)
                  .ends_with(R"( dup2(3</tmp/a\x3e, \x3cb\n>(deleted), 4) = -1 EBADF )"
                             "(Bad file descriptor)\n"));
}

TEST_F(DescriptorNameTest, Table) {
  EXPECT_TRUE(line(OutputFormat::kTable, dup2())
                  .ends_with("oldfd: 3</etc/passwd>, newfd: 4<pipe:[17]> = 4</etc/passwd>\n"));
  Event event = call("inotify_init");
  event.texts[0] = {"anon_inode:inotify", State::kWhole};
  event.result = 5;
  EXPECT_TRUE(
      line(OutputFormat::kTable, event).ends_with("inotify_init     = 5<anon_inode:inotify>\n"));
}

TEST_F(DescriptorNameTest, Json) {
  const std::string text = line(OutputFormat::kJson, dup2());
  EXPECT_NE(text.find(R"("argsNum":2,"returnValue":4,"args":[{"name":"oldfd","type":"int",)"
                      R"("value":3,"file":"/etc/passwd"},{"name":"newfd","type":"int",)"
                      R"("value":4,"file":"pipe:[17]"}])"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find(R"(,"returnedFile":"/etc/passwd",)"), std::string::npos) << text;
  Event event = dup2();
  for (size_t i = 2; i < 5; ++i) event.texts[i] = {{}, State::kNull};
  EXPECT_EQ(line(OutputFormat::kJson, event).find("ile\":\""), std::string::npos);
}

TEST_F(DescriptorNameTest, Filters) {
  FilterSpec spec;
  spec.paths = {"/etc/*"};
  EXPECT_TRUE(wanted(spec, dup2()));
  spec.paths = {"/etc/*.conf"};
  EXPECT_FALSE(wanted(spec, dup2()));
  EXPECT_TRUE(where("arg.newfd glob \"pipe:*\"", dup2()));
  EXPECT_TRUE(where("arg.newfd == 4", dup2()));
  EXPECT_FALSE(where("arg.oldfd glob \"pipe:*\"", dup2()));
  EXPECT_TRUE(where("ret.name == \"/etc/passwd\"", dup2()));
  EXPECT_TRUE(where("path == \"pipe:[17]\"", dup2()));
}

TEST_F(DescriptorNameTest, Fields) {
  PrintOptions options = OutputFormat::kTable;
  for (const char* name : {"arg.oldfd", "arg.newfd", "ret.name"})
    options.fields.push_back(*find_field(name));
  EXPECT_EQ(printed(options, header_, dup2()), "3</etc/passwd>   4<pipe:[17]>     /etc/passwd\n");
  options.format = OutputFormat::kJson;
  EXPECT_EQ(
      printed(options, header_, dup2()),
      R"({"arg.oldfd":[3,"/etc/passwd"],"arg.newfd":[4,"pipe:[17]"],"ret.name":"/etc/passwd"})"
      "\n");
}

}  // namespace
}  // namespace ctrace
