#include <gtest/gtest.h>

#include "format/options/common_options.h"

namespace ctrace {
namespace {

using Words = std::vector<std::string>;

class OptionsTest : public ::testing::Test {
 protected:
  OptionsTest() {
    options_.program = "ctrace-test";
    options_.purpose = "try options";
    options_.usage = "[OPTION...] FILE...\n--list";
    options_.examples = "  ctrace-test x";
    options_.groups = {filter_options(spec_), output_options(print_, paths_),
                       general_options(flags_)};
  }
  // The words that are no options, or the error's message as the only word.
  Words parse(const Words& words) {
    auto others = parse_options(options_, words);
    return others ? *others : Words{others.error().message};
  }

  FilterSpec spec_;
  PrintOptions print_;
  OutputPaths paths_;
  GeneralFlags flags_;
  ProgramOptions options_;
};

TEST_F(OptionsTest, AllSpellings) {
  EXPECT_EQ(parse({"a.ctr",       "--event",
                   "open,read",   "-e",
                   "close",       "-ewrite",
                   "--event=dup", "--ee",
                   "x",           "--exclude-event",
                   "y",           "--set",
                   "net,fs",      "--eset",
                   "z",           "--exclude-set",
                   "w",           "--comm",
                   "ls,sh",       "--ecomm",
                   "a",           "--exclude-comm=b",
                   "--container", "web",
                   "--format",    "json",
                   "b.ctr"}),
            (Words{"a.ctr", "b.ctr"}));
  EXPECT_EQ(spec_.words(),
            (Words{"--event",         "open",  "--event",        "read", "--event",         "close",
                   "--event",         "write", "--event",        "dup",  "--exclude-event", "x",
                   "--exclude-event", "y",     "--set",          "net",  "--set",           "fs",
                   "--exclude-set",   "z",     "--exclude-set",  "w",    "--comm",          "ls",
                   "--comm",          "sh",    "--exclude-comm", "a",    "--exclude-comm",  "b",
                   "--container",     "web"}));
  EXPECT_EQ(print_.format, OutputFormat::kJson);
  EXPECT_FALSE(flags_.help || flags_.version);
}

TEST_F(OptionsTest, EveryFilterOptionFillsItsList) {
  EXPECT_EQ(parse({"--pid", "1,host:2", "--tree=3", "--uid", "0", "--failed", "--ret", "<0,ENOENT",
                   "--path", "/a,b", "--since", "+1s", "--since", "+2s", "--until", "10:11",
                   "--where", "pid in (1, 2)"}),
            Words());
  EXPECT_EQ(spec_.words(),
            (Words{"--pid", "1",        "--pid", "host:2",  "--tree", "3",       "--uid",
                   "0",     "--failed", "--ret", "<0",      "--ret",  "ENOENT",  "--path",
                   "/a,b",  "--since",  "+2s",   "--until", "10:11",  "--where", "pid in (1, 2)"}));
  // The header's words are a command line that means the same.
  const Words words = spec_.words();
  spec_ = FilterSpec();
  EXPECT_EQ(parse(words), Words());
  EXPECT_EQ(spec_.words(), words);
}

TEST_F(OptionsTest, Output) {
  EXPECT_EQ(parse({"--format", "strace", "-s", "32", "--color", "never", "-c", "--fields",
                   "time,arg.flags,args", "--events-path", "e.txt", "--errors-path=m.txt"}),
            Words());
  EXPECT_EQ(print_.format, OutputFormat::kStrace);
  EXPECT_EQ(print_.string_size, 32u);
  EXPECT_EQ(print_.color, ColorMode::kNever);
  EXPECT_TRUE(print_.count);
  ASSERT_EQ(print_.fields.size(), 3u);
  EXPECT_EQ(print_.fields[1].parameter, "flags");
  EXPECT_EQ(paths_.events, "e.txt");
  EXPECT_EQ(paths_.errors, "m.txt");
  EXPECT_FALSE(check_print_options(print_).has_value());
}

TEST_F(OptionsTest, AllAfterTheDashesIsNoOption) {
  EXPECT_EQ(parse({"--", "--event", "-x"}), (Words{"--event", "-x"}));
  EXPECT_TRUE(spec_.empty());
}

TEST_F(OptionsTest, Flags) {
  EXPECT_EQ(parse({"-h"}), Words());
  EXPECT_TRUE(flags_.help);
  EXPECT_EQ(parse({"--version"}), Words());
  EXPECT_TRUE(flags_.version);
}

TEST_F(OptionsTest, ErrorsAreOneLine) {
  const struct {
    Words words;
    const char* message;
  } cases[] = {
      {{"--foo"}, "unknown option '--foo' (try --help)"},
      {{"--foo=1"}, "unknown option '--foo' (try --help)"},
      {{"-x"}, "unknown option '-x' (try --help)"},
      {{"--even", "open"}, "unknown option '--even' (try --help)"},
      {{"--event"}, "option '--event' needs a value (try --help)"},
      {{"-e"}, "option '--event' needs a value (try --help)"},
      {{"--event="}, "option '--event' needs a value (try --help)"},
      {{"--help=yes"}, "option '--help' takes no value (try --help)"},
      {{"--comm", "ls,,sh"}, "option '--comm' has an empty name in 'ls,,sh'"},
      {{"--ecomm", ","}, "option '--exclude-comm' has an empty name in ','"},
      {{"--format", "xml"}, "unknown format 'xml': there are table, json and strace"},
      {{"--color", "blue"}, "option '--color' takes auto, always or never, not 'blue'"},
      {{"--fields", "comm,pidd"}, "unknown field 'pidd' (did you mean 'pid'?)"},
      {{"--fields", "comm,,pid"}, "unknown field ''"},
      {{"-s", "x"}, "option '--string-size' needs a whole number from 0 on, not 'x'"},
  };
  for (const auto& c : cases) {
    const auto parsed = parse_options(options_, c.words);
    ASSERT_FALSE(parsed.has_value()) << c.message;
    EXPECT_EQ(parsed.error().message, c.message);
    EXPECT_EQ(parsed.error().kind, Error::Kind::kUsage);
  }
}

TEST_F(OptionsTest, HelpReadsLikeAManPage) {
  const std::string help = help_text(options_);
  EXPECT_TRUE(
      help.starts_with("NAME\n  ctrace-test - try options\n\nUSAGE\n"
                       "  ctrace-test [OPTION...] FILE...\n  ctrace-test --list\n\nWHICH EVENTS"));
  EXPECT_NE(help.find("  --event, -e NAME,...        only these events; a pattern"),
            std::string::npos);
  EXPECT_NE(help.find("  --exclude-event, --ee NAME,...\n"), std::string::npos);
  EXPECT_TRUE(help.ends_with("EXAMPLES\n  ctrace-test x\n"));
  size_t longest = 0;
  for (size_t start = 0; start < help.size();) {
    const size_t end = help.find('\n', start);
    longest = std::max(longest, end - start);
    start = end + 1;
  }
  EXPECT_LE(longest, 100u);
}

TEST(Options, CommandIsTakenOff) {
  Words words = {"-o", "x", "--", "ls", "--", "-l"};
  EXPECT_EQ(take_command(words), (Words{"ls", "--", "-l"}));
  EXPECT_EQ(words, (Words{"-o", "x"}));
  EXPECT_EQ(take_command(words), Words());
}

TEST(Options, Counts) {
  uint64_t count = 7;
  EXPECT_TRUE(parse_count("--limit", "12", 1, count).has_value());
  EXPECT_EQ(count, 12u);
  for (const char* bad : {"", "-1", "1x", "0", "99999999999999999999"}) {
    EXPECT_FALSE(parse_count("--limit", bad, 1, count).has_value()) << bad;
  }
  EXPECT_EQ(parse_count("--limit", "x", 1, count).error().message,
            "option '--limit' needs a whole number from 1 on, not 'x'");
}

}  // namespace
}  // namespace ctrace
