#include "format/options/config_file.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "format/options/common_options.h"

namespace ctrace {
namespace {

using Words = std::vector<std::string>;

class ConfigFileTest : public ::testing::Test {
 protected:
  ConfigFileTest() {
    char name[] = "/tmp/ctrace-config-XXXXXX";
    folder_ = mkdtemp(name);
    places_ = {folder_ + "/system.conf", folder_ + "/user/ctrace.conf"};
    std::filesystem::create_directories(folder_ + "/user");
  }
  ~ConfigFileTest() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }
  std::string read(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  // The filter's words, or the error's message as the only word.
  Words parse(const Words& words) {
    spec_ = FilterSpec();
    print_ = PrintOptions();
    const auto others = parse_options_with_config(options(), words, "replay", places_);
    return others ? spec_.words() : Words{others.error().message};
  }
  ProgramOptions options() {
    ProgramOptions options;
    options.program = "ctrace-test";
    options.groups = {filter_options(spec_), output_options(print_, paths_), config_options(),
                      general_options(flags_)};
    return options;
  }

  std::string folder_;
  ConfigPlaces places_;
  FilterSpec spec_;
  PrintOptions print_;
  OutputPaths paths_;
  GeneralFlags flags_;
};

TEST_F(ConfigFileTest, LaterWins) {
  EXPECT_EQ(parse({}), Words());
  write(places_.system, "format = json  # for everybody\nexclude-comm = runc,sh\nset = net\n");
  EXPECT_EQ(parse({}), (Words{"--set", "net", "--exclude-comm", "runc", "--exclude-comm", "sh"}));
  EXPECT_EQ(print_.format, OutputFormat::kJson);
  write(places_.user, "set = fs\nset = %file\n");
  EXPECT_EQ(parse({"--ecomm", "ls"}),
            (Words{"--set", "fs", "--set", "%file", "--exclude-comm", "ls"}));
  write(folder_ + "/own.conf", "set = proc\n[replay]\nformat = strace\n[record]\nset = x\n");
  EXPECT_EQ(parse({"--config", folder_ + "/own.conf"}),
            (Words{"--set", "proc", "--exclude-comm", "runc", "--exclude-comm", "sh"}));
  EXPECT_EQ(print_.format, OutputFormat::kStrace);
  EXPECT_EQ(parse({"--config=none"}), Words());
}

TEST_F(ConfigFileTest, Flags) {
  write(places_.user, "failed = yes\ncount = off\n");
  EXPECT_EQ(parse({}), Words{"--failed"});
  EXPECT_FALSE(print_.count);
  write(places_.user, "failed = perhaps\n");
  EXPECT_EQ(parse({}), Words{"'" + places_.user + "': 'failed' is true or false, not 'perhaps'"});
}

TEST_F(ConfigFileTest, WhatIsWrong) {
  const struct {
    const char *text, *message;
  } cases[] = {
      {"[replay]\nsett = net\n", "unknown option 'sett'"},
      {"[play]\nset = net\n", "unknown section [play]"},
      {"config = x\n", "unknown option 'config'"},
      {"format = xml\n", "unknown format 'xml': there are table, json and strace"},
  };
  for (const auto& c : cases) {
    write(places_.user, c.text);
    EXPECT_EQ(parse({}), Words{"'" + places_.user + "': " + c.message});
  }
  EXPECT_EQ(parse({"--help"}), Words());
  write(places_.user, "buffer-size = 64M\n");  // the recorder's
  EXPECT_EQ(parse({}), Words());
  write(places_.user, "no equals sign\n");
  EXPECT_TRUE(parse({}).front().starts_with("'" + places_.user + "': "));
  write(places_.user, "");
  EXPECT_EQ(parse({"--config", folder_ + "/none.conf"}),
            Words{"cannot open '" + folder_ + "/none.conf': No such file or directory"});
}

TEST_F(ConfigFileTest, SetAndUnset) {
  const std::string path = folder_ + "/new/folder/ctrace.conf";
  ASSERT_TRUE(set_config(path, "format", "json").has_value());
  EXPECT_EQ(read(path), "format = json\n");
  ASSERT_TRUE(set_config(path, "record.buffer-size", "64M").has_value());
  EXPECT_EQ(read(path), "format = json\n[record]\nbuffer-size = 64M\n");
  write(path, "# mine\nformat = json\nset = a\nset = b\n\n[record]\nset = c\n");
  ASSERT_TRUE(set_config(path, "set", "net").has_value());
  ASSERT_TRUE(set_config(path, "color", "never").has_value());
  EXPECT_EQ(read(path), "# mine\nformat = json\nset = net\ncolor = never\n\n[record]\nset = c\n");
  ASSERT_TRUE(unset_config(path, "record.set").has_value());
  ASSERT_TRUE(unset_config(path, "format").has_value());
  EXPECT_EQ(read(path), "# mine\nset = net\ncolor = never\n\n[record]\n");
  EXPECT_EQ(unset_config(path, "format").error().message, "'format' is not set in '" + path + "'");
  EXPECT_FALSE(set_config(path, "where", "comm = '#'").has_value());
  EXPECT_FALSE(set_config("/proc/nothing/x", "format", "json").has_value());
}

TEST_F(ConfigFileTest, ValuesAreCheckedBeforeTheyAreSet) {
  EXPECT_TRUE(check_config(options(), "replay", "format", "json").has_value());
  EXPECT_TRUE(check_config(options(), "replay", "record.anything", "x").has_value());
  EXPECT_EQ(check_config(options(), "replay", "formt", "json").error().message,
            "unknown option 'formt'");
  EXPECT_EQ(check_config(options(), "replay", "replay.color", "blue").error().message,
            "option '--color' takes auto, always or never, not 'blue'");
}

}  // namespace
}  // namespace ctrace
