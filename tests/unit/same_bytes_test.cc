// Live output and replay are the same bytes, for every filter option and every form of output: the
// recorder's own way to file and terminal (Sink) is fed from a sample under each filter, and what
// it printed is compared with what replay prints of the sample under the filter, and of the file
// that was written, with the filter and without. The kernel's part of it is the live test
// same_bytes.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <span>
#include <sstream>

#include "format/file/recording_reader.h"
#include "format/filter/filter.h"
#include "format/options/common_options.h"
#include "record/sink.h"
#include "replay/replay.h"

namespace ctrace {
namespace {

using Words = std::vector<std::string>;

struct FilterRow {
  Words words;
  const char* sample = "web";
  bool shows_something = true;
};
const FilterRow kFilters[] = {
    {{}},
    {{}, "abis"},
    {{"--event", "bind,connect,accept"}},
    {{"--event", "open*", "--exclude-event", "openat"}, "web", false},
    {{"--exclude-event", "read,write,clo*"}},
    {{"--set", "net,fs"}},
    {{"--event", "openat,socket", "--exclude-set", "fs"}},
    {{"--set", "%file", "--exclude-set", "fs_file_attr"}},
    {{"--exclude-set", "fs"}},
    {{"--comm", "httpd,wget"}},
    {{"--exclude-comm", "httpd,wget"}},
    {{"--container", "web"}},
    {{"--container", "w*", "--host"}},
    {{"--host"}},
    {{"--new"}},
    {{"--existing"}, "web", false},
    {{"--pid", "7,8"}},
    {{"--tid", "9"}},
    {{"--ppid", "1"}},
    {{"--tree", "7"}},
    {{"--tree", "7", "--event", "openat,read"}},
    {{"--uid", "0"}},
    {{"--gid", "1"}, "web", false},
    {{"--abi", "i386,x32"}, "abis"},
    {{"--failed"}},
    {{"--successful"}},
    {{"--denied"}, "web", false},
    {{"--ret", "ENOENT,>=4096"}},
    {{"--ret", "> 3"}},
    {{"--path", "/bin/*"}},
    {{"--exe", "/tmp/*"}, "names"},
    {{"--since", "+0.1s"}},
    {{"--until", "+0.11s"}},
    {{"--since", "+0.05s", "--until", "+0.12s", "--failed", "--set", "fs"}},
    {{"--where", "event in (open, openat, %net) and ret < 0 or arg.flags contains O_CLOEXEC"}},
    {{"--where", "comm != sh and (path glob \"/*\" or cpu = 0) and not failed"}, "shell"},
    {{"--where", "phase == own and container.name startswith w and time > \"+100ms\""}},
};

// The first three under every filter, the others under the first few.
constexpr size_t kFormats = 3, kFiltersOfOthers = 4;
const Words kOutputs[] = {
    {"--format", "table"},
    {"--format", "json"},
    {"--format", "strace"},
    {"--fields", "time,container,comm,pid,event,ret,arg.pathname,args"},
    {"--fields", "event,errno,arg.flags,path,container.fact(hostname)", "--format", "json"},
    {"--count"},
    {"--count", "--format", "json"},
    {"--string-size", "5"},
    {"--string-size", "0", "--format", "strace"},
    {"--color", "always"},
};

std::string joined(const Words& words) {
  std::string text;
  for (const std::string& word : words) text += word + " ";
  return text;
}

class SameBytesTest : public ::testing::Test {
 protected:
  SameBytesTest() {
    std::string pattern = ::testing::TempDir() + "ctrace-same.XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~SameBytesTest() override { std::filesystem::remove_all(folder_); }

  // What a command line of these words asks for.
  struct Asked {
    FilterSpec spec;
    PrintOptions print;
    OutputPaths paths;
  };
  static Asked asked(const Words& filter, const Words& output) {
    Asked asked;
    ProgramOptions options;
    options.groups = {filter_options(asked.spec), output_options(asked.print, asked.paths)};
    Words words = filter;
    words.insert(words.end(), output.begin(), output.end());
    EXPECT_TRUE(parse_options(options, words));
    return asked;
  }

  // Feeds the events of `sample` to what writes and prints while recording.
  std::string live(const std::string& sample, const Asked& asked, const std::string& file) {
    auto reader = RecordingReader::open(sample);
    if (!reader) return "no sample: " + reader.error().message;
    auto filter = Filter::compile(asked.spec);
    if (!filter) return "no filter: " + filter.error().message;
    const std::string shown = folder_ + "/shown";
    RecordOptions options;
    options.output = file;
    options.print = options.force = true;
    options.show = asked.print;
    options.filter = asked.spec;
    // --tree of a replay must know that only the tree was recorded.
    RecordingHeader header = (*reader)->header();
    header.filters = asked.spec.words();
    options.out_fd = open(shown.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
    const volatile sig_atomic_t interrupted = 0;
    {
      Sink sink(*filter, header, options, &interrupted);
      EXPECT_TRUE(sink.open(header, options));
      for (const auto& [index, row] : (*reader)->containers()) sink.container(row);
      sink.begin();
      EXPECT_TRUE((*reader)->read({}, [&sink](const Event& event) {
        sink.event(event);
        return true;
      }));
      sink.finish({});
      EXPECT_FALSE(sink.trouble()) << sink.trouble()->message;
    }
    close(options.out_fd);
    std::stringstream text;
    text << std::ifstream(shown).rdbuf();
    return text.str();
  }

  static std::string replayed(const std::string& file, const Asked& asked) {
    ReplayOptions options;
    options.files = {file};
    options.filter = asked.spec;
    options.print = asked.print;
    auto filter = Filter::compile(asked.spec);
    OutputBuffer out(-1);
    std::string told;
    replay(options, *filter, out, [&told](std::string_view line) { told += line; });
    EXPECT_EQ(told, "") << file;
    return out.text();
  }

  std::string folder_;
};

TEST_F(SameBytesTest, EveryFilterOptionHasARow) {
  std::set<std::string_view> rows;
  for (const FilterRow& row : kFilters) rows.insert(row.words.begin(), row.words.end());
  for (const FilterOptionRow& option : filter_option_rows()) {
    EXPECT_TRUE(rows.contains("--" + std::string(option.name))) << option.name;
  }
}

TEST_F(SameBytesTest, LiveAndReplayByEveryFilterInEveryForm) {
  const std::string file = folder_ + "/made.ctr";
  for (const FilterRow& row : kFilters) {
    const std::string sample = std::string("samples/") + row.sample + ".ctr";
    const bool all = &row < kFilters + kFiltersOfOthers;
    for (const Words& output : std::span(kOutputs).first(all ? std::size(kOutputs) : kFormats)) {
      SCOPED_TRACE(joined(row.words) + joined(output) + sample);
      const Asked with = asked(row.words, output), without = asked({}, output);
      const std::string shown = live(sample, with, file);
      // The heading of a table, and a summary's total, are there anyway.
      if (row.shows_something) {
        ASSERT_GE(std::count(shown.begin(), shown.end(), '\n'), 3);
      }
      ASSERT_EQ(shown, replayed(sample, with));
      ASSERT_EQ(shown, replayed(file, without));
      ASSERT_EQ(shown, replayed(file, with));
    }
  }
}

}  // namespace
}  // namespace ctrace
