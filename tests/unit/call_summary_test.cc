#include "format/print/call_summary.h"

#include <gtest/gtest.h>

#include "tests/unit/printer_samples.h"

namespace ctrace {
namespace {

class CallSummaryTest : public ::testing::Test {
 protected:
  std::string summary(OutputFormat format) {
    PrintOptions options = format;
    options.count = true;
    OutputBuffer out(-1);
    const auto printer = Printer::make(options, header_, out);
    Container web = sample_container(), db = sample_container();
    db.index = 2;
    db.id = "db01";
    db.name = "";
    const Task in_web = sample_task(&web), in_db = sample_task(&db), on_host = sample_task(nullptr);
    const auto make = [&](const char* name, const Task& task, int64_t result) {
      Event event = sample_event(*find_event(name), task);
      event.result = result;
      event.duration_ns = duration_ns_;
      if (event.type->id == kLost) event.args[1] = 7;
      printer->event(event);
    };
    make("read", in_web, 1);
    make("openat", in_db, -2);
    make("openat", in_db, 3);
    make("close", in_db, 0);
    make("getpid", on_host, 1);
    make("lost", on_host, 0);
    printer->end();
    return out.text();
  }
  RecordingHeader header_ = sample_header();
  uint64_t duration_ns_ = 0;
};

TEST_F(CallSummaryTest, Table) {
  EXPECT_EQ(summary(OutputFormat::kTable),
            "     CALLS     ERRORS      % CONTAINER        EVENT\n"
            "         2          1  40.00 db01             openat\n"
            "         1          0  20.00 db01             close\n"
            "         3          1  60.00 db01             total\n"
            "         1          0  20.00 host             getpid\n"
            "         1          0  20.00 host             total\n"
            "         1          0  20.00 web              read\n"
            "         1          0  20.00 web              total\n"
            "         5          1 100.00 all              total\n"
            "         7          0   0.00 -                lost\n");
}

TEST_F(CallSummaryTest, Durations) {
  duration_ns_ = 1'500'002'000;
  const std::string table = summary(OutputFormat::kTable);
  EXPECT_TRUE(table.starts_with("   SECONDS USECS/CALL      CALLS     ERRORS      % CONTAINER"));
  EXPECT_NE(
      table.find("  3.000004    1500002          2          1  40.00 db01             openat\n"),
      table.npos)
      << table;
  EXPECT_NE(table.find("  7.500010    1500002          5"), table.npos) << table;
  EXPECT_TRUE(summary(OutputFormat::kJson)
                  .find(R"("event":"openat","calls":2,"errors":1,"duration":3000004000})") !=
              std::string::npos);
}

TEST_F(CallSummaryTest, Json) {
  const std::string text = summary(OutputFormat::kJson);
  EXPECT_TRUE(text.starts_with(R"({"container":{"id":"db01","name":null,"image":null,)"
                               R"("runtime":"runc"},"event":"openat","calls":2,"errors":1})"
                               "\n"));
  EXPECT_NE(text.find(R"({"container":null,"event":"getpid","calls":1,"errors":0})"), text.npos);
  EXPECT_TRUE(text.ends_with(R"({"container":null,"event":"lost","calls":7,"errors":0})"
                             "\n"));
}

TEST_F(CallSummaryTest, Nothing) {
  PrintOptions options;
  options.count = true;
  OutputBuffer out(-1);
  Printer::make(options, header_, out)->end();
  EXPECT_EQ(out.text(),
            "     CALLS     ERRORS      % CONTAINER        EVENT\n"
            "         0          0   0.00 all              total\n");
}

}  // namespace
}  // namespace ctrace
