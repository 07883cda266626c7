#include "format/print/fields_printer.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "tests/unit/printer_samples.h"

namespace ctrace {
namespace {

using State = Text::State;

class FieldsPrinterTest : public ::testing::Test {
 protected:
  FieldsPrinterTest() {
    event_.args[0] = static_cast<uint32_t>(AT_FDCWD);
    event_.texts[1] = {"/etc/a b", State::kWhole};
    event_.args[2] = O_RDONLY | O_CLOEXEC;
    event_.result = -ENOENT;
  }
  std::string line(std::string_view fields, OutputFormat format = OutputFormat::kTable) {
    options_.format = format;
    options_.fields = *parse_fields(fields);
    return printed(options_, header_, event_);
  }
  std::string json(std::string_view fields) { return line(fields, OutputFormat::kJson); }

  PrintOptions options_;
  RecordingHeader header_ = sample_header();
  Container container_ = sample_container();
  Task task_ = sample_task(&container_);
  Event event_ = sample_event(*find_event("openat"), task_);
};

TEST_F(FieldsPrinterTest, Table) {
  options_.fields = *parse_fields("time,pid,event");
  OutputBuffer out(-1);
  const auto printer = Printer::make(options_, header_, out);
  printer->begin();
  printer->event(event_);
  EXPECT_EQ(out.text(),
            "time            pid     event\n"
            "11:11:12.123456 21      openat\n");
}

TEST_F(FieldsPrinterTest, TableValues) {
  EXPECT_EQ(line("ret,errno"), "-ENOENT          ENOENT\n");
  EXPECT_EQ(line("failed,successful"), "true     false\n");
  EXPECT_EQ(line("path"), "\"/etc/a b\"\n");
  EXPECT_EQ(line("arg.flags"), "O_RDONLY|O_CLOEXEC\n");
  EXPECT_EQ(line("arg.none,container.image"), "-                -\n");
  EXPECT_EQ(line("container,container.name"), "web              web\n");
  EXPECT_EQ(line("args"),
            "dirfd: AT_FDCWD, pathname: /etc/a b, flags: O_RDONLY|O_CLOEXEC, mode: 0\n");
  EXPECT_EQ(line("cgroup"), "18446744073709551615\n");
  options_.string_size = 5;
  EXPECT_EQ(line("path"), "/etc/...\n");
  event_.texts[1] = {"-", State::kWhole};
  EXPECT_EQ(line("path"), "\"-\"\n");
  event_.result = 3;
  EXPECT_EQ(line("ret,errno"), "3                -\n");
}

TEST_F(FieldsPrinterTest, Durations) {
  EXPECT_EQ(line("duration,event"), "-       openat\n");
  EXPECT_EQ(json("duration"), "{\"duration\":null}\n");
  event_.duration_ns = 1234;
  EXPECT_EQ(line("duration,event"), "1234    openat\n");
  EXPECT_EQ(json("duration"), "{\"duration\":1234}\n");
}

TEST_F(FieldsPrinterTest, Json) {
  EXPECT_EQ(json("time,pid,event"),
            R"({"time":"2026-11-23T10:11:12.123456789Z","pid":21,"event":"openat"})"
            "\n");
  EXPECT_EQ(json("ret,errno,failed"), "{\"ret\":-2,\"errno\":2,\"failed\":true}\n");
  EXPECT_EQ(json("path,arg.flags,arg.mode"),
            R"({"path":"/etc/a b","arg.flags":"O_RDONLY|O_CLOEXEC","arg.mode":"0"})"
            "\n");
  EXPECT_EQ(json("container.image,arg.none"), "{\"container.image\":null,\"arg.none\":null}\n");
  EXPECT_EQ(json("cgroup"), "{\"cgroup\":\"18446744073709551615\"}\n");
  EXPECT_EQ(json("container.label(a\"b)"), "{\"container.label(a\\\"b)\":null}\n");
}

TEST_F(FieldsPrinterTest, SeveralValues) {
  event_ = sample_event(*find_event("renameat"), task_);
  event_.texts[1] = {"/a", State::kWhole};
  event_.texts[3] = {"/b", State::kWhole};
  EXPECT_EQ(line("path"), "/a /b\n");
  EXPECT_EQ(json("path"), "{\"path\":[\"/a\",\"/b\"]}\n");
}

}  // namespace
}  // namespace ctrace
