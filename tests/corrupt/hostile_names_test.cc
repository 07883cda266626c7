// Schemas that lie about the names of descriptors (arguments of kind fd_name), and names that are
// made to be mistaken: every printer and filter must take them as they are, and show nothing that
// moves a terminal or ends a string.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "format/filter/filter.h"
#include "format/print/printer.h"
#include "tests/unit/file_samples.h"

namespace ctrace::testing {
namespace {

using State = Text::State;

const ArgType kFd = {"fd", Kind::fd, Form::kSigned32, "int"};
const ArgType kPath = {"path", Kind::path, Form::kText, "const char*"};
ArgType name_of(const char* arg, Form form = Form::kText) {
  return {arg, Kind::fd_name, form, "const char*"};
}

class HostileNamesTest : public ::testing::Test {
 protected:
  // Writes a recording of one type, whose events have `text` wherever there is any, in each state.
  std::string recording_of(const std::vector<ArgType>& args, std::string_view text) {
    const EventType type = {3, "close", args, true};
    RecordingHeader header = RandomEvents(1, {}).header();
    header.event_types = {type};
    const std::string path = folder_.path("names.ctr");
    auto writer = RecordingWriter::create(path, header, {.force = true});
    EXPECT_TRUE(writer) << writer.error().message;
    Task task;
    task.serial = task.tid = task.pid = 7;
    for (int state = 0; state <= static_cast<int>(State::kNotRead); ++state) {
      Event event;
      event.type = &type;
      event.task = &task;
      event.result = 3;
      for (size_t i = 0; i < kMaxArgs; ++i) {
        event.args[i] = 3;
        event.texts[i] = {text, static_cast<State>(state)};
        if (event.texts[i].state >= State::kUnreadable) event.texts[i].bytes = {};
      }
      EXPECT_TRUE((*writer)->add(event));
    }
    EXPECT_TRUE((*writer)->finish({}));
    return path;
  }

  static std::string printed(RecordingReader& reader, const PrintOptions& options,
                             const FilterSpec& spec) {
    const Filter filter = *Filter::compile(spec);
    StreamFilter wanted(filter, reader.header(), StreamFilter::Source::kRecorded);
    OutputBuffer out(-1);
    const auto printer = Printer::make(options, reader.header(), out);
    printer->begin();
    EXPECT_TRUE(reader.read({}, [&](const Event& event) {
      if (wanted.wants(event)) printer->event(event);
      return true;
    }));
    printer->end();
    return out.text();
  }

  // In every format, and by every filter that looks at names.
  void use(const std::vector<ArgType>& args, std::string_view text) {
    auto opened = RecordingReader::open(recording_of(args, text));
    ASSERT_TRUE(opened) << opened.error().message;
    RecordingReader& reader = **opened;
    PrintOptions fields;
    fields.fields = *parse_fields("args,path,ret.name,arg.fd,arg.path");
    PrintOptions json_fields = fields;
    json_fields.format = OutputFormat::kJson;
    PrintOptions count;
    count.count = true;
    FilterSpec by_path, by_name;
    by_path.paths = {"*"};
    by_name.where = {"ret.name contains x or arg.fd contains x or path contains x"};
    for (const FilterSpec& spec : {FilterSpec(), by_path, by_name}) {
      for (const PrintOptions& options :
           {PrintOptions(OutputFormat::kTable), PrintOptions(OutputFormat::kStrace), fields, count})
        expect_safe(printed(reader, options, spec));
      for (const PrintOptions& options : {PrintOptions(OutputFormat::kJson), json_fields})
        expect_json(printed(reader, options, spec));
    }
    EXPECT_TRUE(reader.damage().empty());
  }

  static void expect_safe(const std::string& text) {
    for (const char c : text)
      ASSERT_TRUE(c == '\n' || (c >= ' ' && c < 127)) << "byte " << int{c} << " in " << text;
  }
  static void expect_json(const std::string& text) {
    for (size_t at = 0; at < text.size();) {
      const size_t end = text.find('\n', at);
      ASSERT_NE(end, text.npos);
      std::string line = text.substr(at, end - at);
      // A byte that is no UTF-8 is a lone surrogate, which this parser does not take.
      for (size_t odd; (odd = line.find("\\udc")) != line.npos;) line.replace(odd, 4, "\\u00");
      EXPECT_TRUE(nlohmann::json::accept(line)) << line;
      at = end + 1;
    }
  }

  TempFolder folder_;
};

TEST_F(HostileNamesTest, SchemasThatMakeNoSense) {
  const std::vector<std::vector<ArgType>> schemas = {
      {kFd, name_of("fd"), name_of("")},                              // as it should be
      {name_of("fd"), name_of("")},                                   // of no arguments
      {name_of("fd"), kFd},                                           // before it
      {kFd, name_of("fd"), kPath},                                    // between
      {kFd, name_of("fd"), name_of("fd"), name_of(""), name_of("")},  // twice
      {kFd, name_of("nobody")},
      {kPath, name_of("path")},                                        // of what is no descriptor
      {kFd, name_of("fd", Form::kSigned32), name_of("", Form::kHex)},  // numbers
      {kFd, name_of("fd", Form::kStrings), name_of("", Form::kSockaddr)},
      {kFd, name_of("fd", Form::kBytes), name_of("", Form::kStruct)},
      std::vector<ArgType>(kMaxArgs, name_of("")),
      std::vector<ArgType>(kMaxArgs, name_of("fd")),
      std::vector<ArgType>(kMaxArgs, kFd),
  };
  for (const std::vector<ArgType>& args : schemas) use(args, "/etc/x");
}

TEST_F(HostileNamesTest, MoreArgumentsThanThereMayBe) {
  RecordingHeader header = RandomEvents(1, {}).header();
  header.event_types = {{3, "close", std::vector<ArgType>(kMaxArgs + 1, name_of("fd")), true}};
  const std::string path = folder_.path("many.ctr");
  auto writer = RecordingWriter::create(path, header, {});
  ASSERT_TRUE(writer);
  EXPECT_TRUE((*writer)->finish({}));
  auto reader = RecordingReader::open(path);
  ASSERT_TRUE(reader);
  for (const EventType& type : (*reader)->header().event_types)
    EXPECT_LE(type.args.size(), kMaxArgs);
  EXPECT_FALSE((*reader)->damage().empty());
}

TEST_F(HostileNamesTest, NamesThatLookLikeSomethingElse) {
  const std::string names[] = {
      "/x\x1b[2J\r\n",
      "/x> = 0\nread(3</etc/shadow",
      "/x\"} {\"a\":\"b",
      "/x\xff\xfe\xed\xa0\x80",
      std::string("/x\0y", 4),
      "/x (deleted) (deleted)",
      " (deleted)",
      "...",
      "<>>>",
      "UNIX-STREAM:[17->18,\"/x\"]>",
      std::string(5000, 'x'),
      "",
  };
  for (const std::string& name : names) {
    use({kFd, name_of("fd"), name_of("")}, name);
    use({kFd, kPath, name_of("path"), name_of("fd")}, name);
  }
}

}  // namespace
}  // namespace ctrace::testing
