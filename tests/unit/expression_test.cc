#include "format/filter/expression.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>

#include "format/filter/lexer.h"
#include "tests/unit/printer_samples.h"

namespace ctrace {
namespace {

class ExpressionTest : public ::testing::Test {
 protected:
  ExpressionTest() {
    container_.image = "nginx:1.25";
    container_.attributes = {{"com.example.tier", "front"}};
    container_.facts = {{"mount", "/data=/srv", "bundle"}, {"mount", "/etc=/e (ro)", "bundle"}};
    event_ = sample_event(*find_event("openat"), task_);
    event_.args[0] = static_cast<uint32_t>(AT_FDCWD);
    event_.texts[1] = {"/etc/passwd", Text::State::kWhole};
    event_.args[2] = O_WRONLY | O_CREAT | O_CLOEXEC;
    event_.args[3] = 0644;
    event_.result = -ENOENT;
  }
  bool holds(std::string_view text) {
    auto expression = Expression::parse(text);
    EXPECT_TRUE(expression.has_value())
        << text << ": " << (expression ? "" : expression.error().message);
    if (!expression) return false;
    expression->start(header_);
    return expression->holds(event_, scratch_);
  }

  RecordingHeader header_ = sample_header();
  Container container_ = sample_container();
  Task task_ = sample_task(&container_);
  Event event_;
  OutputBuffer scratch_{-1};
};

TEST_F(ExpressionTest, WhatHolds) {
  for (const char* text : {
           "event = openat",
           "event == openat",
           "event != open",
           "event in (open, openat)",
           "event in %file",
           "event in (read, %desc)",
           "event in %fs",
           "event not in %net",
           "event glob \"open*\"",
           "event startswith open",
           "event.id = 257",
           "set = fs",
           "set in (net, fs_file_ops)",
           "set != net",
           "set glob '%f*'",
           "ret < 0",
           "ret = -2",
           "ret = -ENOENT",
           "ret = ENOENT",
           "ret in (-EACCES, ENOENT)",
           "errno = ENOENT",
           "errno = 2",
           "failed",
           "not successful",
           "path = \"/etc/passwd\"",
           "path glob \"/etc/*\"",
           "path contains \"pass\"",
           "path != \"/etc\"",
           "comm = cat",
           "exe = '/bin/cat' and exe glob '/bin/*' and exe != '/bin/ca'",
           "pid = 21 and tid = 22 and ppid = 1",
           "host.pid = 4711 and host.tid = 4712 and host.ppid = 4700",
           "uid = 1000 and gid = 100",
           "phase = own",
           "phase in (own, entered)",
           "abi = x86_64",
           "abi glob 'x*'",
           "cpu = 3",
           "cpu <= 3 and cpu >= 3 and cpu < 4 and cpu > 2",
           "time < \"+1s\"",
           "time >= '11:11:12.1'",
           "container = web",
           "container = '0123'",
           "container in (db, nginx)",
           "container = 'label:com.example.tier=f*'",
           "container glob 'w*'",
           "container.id startswith '0123456789abcdef'",
           "container.name = web",
           "container.image glob \"nginx:*\"",
           "container.runtime = runc",
           "container.engine != docker",
           "container.label(com.example.tier) = front",
           "container.fact(mount) startswith \"/etc\"",
           "container.label(\"com.example.tier\") contains ro",
           "hostname = web-1",
           "ns.mnt = 4026532001 and ns.pid = 4026532002 and ns.net = 0",
           "cgroup = 18446744073709551615",
           "cgroup = 0xffffffffffffffff",
           "arg.mode = 0644",
           "arg.mode = 0o644",
           "arg.mode = 420",
           "arg.flags contains O_CREAT",
           "arg.flags glob '*O_CREAT*'",
           "arg.dirfd = AT_FDCWD",
           "arg.dirfd = -100",
           "arg.dirfd in (3, AT_FDCWD)",
           "arg.pathname startswith '/etc'",
           "arg.none != 1",
           "not arg.none = 1",
       }) {
    EXPECT_TRUE(holds(text)) << text;
  }
}

TEST_F(ExpressionTest, WhatDoesNotHold) {
  for (const char* text : {
           "event = open",
           "event in (open, read)",
           "event in %network",
           "set = net",
           "set != fs",
           "ret >= 0",
           "ret != ENOENT",
           "successful",
           "not failed",
           "path = \"/etc\"",
           "path != '/etc/passwd'",
           "path glob '/usr/*'",
           "comm = ca",
           "container = db",
           "container.name != \"web\"",
           "container.label(tier) = front",
           "arg.none = 1",
           "arg.none < 1",
           "arg.none glob '*'",
           "arg.mode = \"0x1a4\"",
           "arg.pathname < 5",
           "time > '+1s'",
           "uid = -1",
       }) {
    EXPECT_FALSE(holds(text)) << text;
  }
}

TEST_F(ExpressionTest, Precedence) {
  EXPECT_TRUE(holds("cpu = 3 or cpu = 0 and cpu = 0"));
  EXPECT_FALSE(holds("(cpu = 3 or cpu = 0) and cpu = 0"));
  EXPECT_FALSE(holds("not cpu = 3 or cpu = 0"));
  EXPECT_FALSE(holds("not (cpu = 3 or cpu = 0)"));
  EXPECT_TRUE(holds("not not cpu = 3"));
  EXPECT_TRUE(holds("cpu=3 and(uid=1000)and not(gid=7)"));
  EXPECT_TRUE(holds("cpu = 0 and cpu = 1 or cpu = 2 or cpu = 3 and uid = 1000"));
  EXPECT_TRUE(holds("not (cpu = 0 and (cpu = 1 or not cpu = 2)) and failed"));
}

TEST_F(ExpressionTest, TheHostHasNoContainer) {
  task_.container = nullptr;
  EXPECT_FALSE(holds("container = web"));
  EXPECT_FALSE(holds("container glob '*'"));
  EXPECT_FALSE(holds("container.name = ''"));
  EXPECT_TRUE(holds("container.name != web"));
}

TEST_F(ExpressionTest, TextsOfArguments) {
  event_.type = find_event("execve");
  event_.texts[0] = {"/bin/sh", Text::State::kWhole};
  event_.texts[1] = {std::string_view("sh\0-c\0id\0", 9), Text::State::kWhole};
  EXPECT_TRUE(holds("arg.argv = id"));
  EXPECT_FALSE(holds("arg.argv = 'sh -c id'"));
  event_.texts[0] = {"/bin/s", Text::State::kCut};
  EXPECT_TRUE(holds("path = '/bin/s'"));
  event_.texts[0] = {{}, Text::State::kUnreadable};
  EXPECT_FALSE(holds("path glob '*'"));
  event_.type = find_event("connect");
  event_.texts[1] = {std::string_view("\x02\0\0\x35\x08\x08\x08\x08\0\0\0\0\0\0\0\0", 16),
                     Text::State::kWhole};
  EXPECT_TRUE(holds("arg.addr contains \"'sin_addr': '8.8.8.8'\""));
  event_.type = find_event("renameat");
  event_.texts[1] = {"/a", Text::State::kWhole};
  event_.texts[3] = {"/b", Text::State::kWhole};
  EXPECT_TRUE(holds("path = '/b' and path = '/a'"));
  EXPECT_FALSE(holds("path != '/b'"));
}

TEST_F(ExpressionTest, TextIsBytes) {
  event_.texts[1] = {"a\"b\\c\n\xff'", Text::State::kWhole};
  EXPECT_TRUE(holds(R"(path = "a\"b\\c\n\xff'")"));
  EXPECT_TRUE(holds(R"(path = 'a"b\\c\x0a\xFF\'')"));
  EXPECT_TRUE(holds("path = " + expression_text(event_.texts[1].bytes)));
}

TEST_F(ExpressionTest, ErrorsPointAtTheirPlace) {
  const struct {
    const char *text, *message, *caret;
  } cases[] = {
      {"", "expected a field (see --list-fields)", "^"},
      {"event =", "expected a value", "       ^"},
      {"event = and failed", "expected a value", "        ^"},
      {"event openat", "expected an operator (= != < <= > >= in glob contains startswith)",
       "      ^"},
      {"evnt = open", "unknown field 'evnt' (did you mean 'event'?)", "^"},
      {"cpu = 1 event = open", "expected 'and', 'or' or the end", "        ^"},
      {"cpu = 1)", "nothing was opened that this closes", "       ^"},
      {"(cpu = 1", "expected ')'", "        ^"},
      {"event in (open", "expected ',' or ')'", "              ^"},
      {"event = opne", "unknown event 'opne' (did you mean 'open'?)", "        ^"},
      {"set = nett", "unknown set 'nett' (did you mean 'net'?)", "      ^"},
      {"event in %fil", "unknown set '%fil' (did you mean '%file'?)", "         ^"},
      {"uid = root", "expected a number", "      ^"},
      {"errno = ENOTHING", "expected a number or an errno's name", "        ^"},
      {"comm < b", "'<' is not for 'comm', which is text", "     ^"},
      {"uid glob 1", "'glob' is not for 'uid', which is a number", "    ^"},
      {"failed = 1", "'failed' is true or not: no operator", "       ^"},
      {"phase = onw", "'phase' is never 'onw' (did you mean 'own'?)", "        ^"},
      {"time < noon", "'noon' is no time such as 10:11:12.5, 2026-11-23T10:11:12Z or +1.5s",
       "       ^"},
      {"container.label = x", "expected (KEY) after container.label", "                ^"},
      {"container.fact(mounts) = x",
       "nothing is known of containers as 'mounts' (did you mean 'mount'?)", "^"},
      {"path = \"/etc", "the text has no closing quote", "       ^"},
      {"path = /etc", "no word, number or \"text\" begins like this", "       ^"},
      {"path = \"\\d\"", "no escape (there are \\n \\t \\\\ \\\" \\' \\xHH)", "        ^"},
      {"container = 0abc", "text that begins with a digit stands in quotes", "            ^"},
      {"cpu = 99999999999999999999", "the number is too large", "      ^"},
      {"comm = \"\u00fc\u00fc\" cpu", "expected 'and', 'or' or the end", "            ^"},
  };
  for (const auto& c : cases) {
    const auto parsed = Expression::parse(c.text);
    ASSERT_FALSE(parsed.has_value()) << c.text;
    EXPECT_EQ(parsed.error().kind, Error::Kind::kUsage);
    EXPECT_EQ(parsed.error().message, std::string("bad expression: ") + c.message);
    EXPECT_EQ(parsed.error().excerpt, std::string(c.text) + "\n" + c.caret);
  }
}

TEST_F(ExpressionTest, LongExcerptsAreCutAndSafe) {
  const std::string text =
      "comm = \"\x1b[2J" + std::string(200, 'a') + "\" x " + std::string(100, 'b');
  const auto parsed = Expression::parse(text);
  ASSERT_FALSE(parsed.has_value());
  const std::string& excerpt = parsed.error().excerpt;
  EXPECT_EQ(excerpt.find('\x1b'), excerpt.npos);
  EXPECT_EQ(excerpt.find('\n'), excerpt.rfind('\n'));
  EXPECT_LT(excerpt.size(), 200u);
  const size_t caret = excerpt.size() - excerpt.find('\n') - 2;
  EXPECT_EQ(excerpt[caret], 'x');
}

TEST_F(ExpressionTest, HostileSizes) {
  const auto nested = [](size_t depth) {
    return std::string(depth, '(') + "failed" + std::string(depth, ')');
  };
  EXPECT_TRUE(holds(nested(Expression::kMaxDepth)));
  const auto deeper = Expression::parse(nested(30'000));
  ASSERT_FALSE(deeper.has_value());
  EXPECT_EQ(deeper.error().message, "bad expression: nested too deeply");
  std::string chain = "failed", negations;
  while (chain.size() < Expression::kMaxSize - 100) chain += " and failed";
  EXPECT_TRUE(holds(chain));
  for (int i = 0; i < 10'000; ++i) negations += "not ";
  EXPECT_TRUE(holds(negations + "failed"));
  EXPECT_FALSE(Expression::parse(std::string(Expression::kMaxSize + 1, ' ')).has_value());
}

// Whatever the bytes are, parsing ends and evaluation does too.
TEST_F(ExpressionTest, RandomWords) {
  const char* words[] = {"event",
                         "in",
                         "(",
                         ")",
                         ",",
                         "=",
                         "!=",
                         "<",
                         "open",
                         "%file",
                         "not",
                         "and",
                         "or",
                         "ret",
                         "failed",
                         "5",
                         "path",
                         "\"x\"",
                         "glob",
                         "set",
                         "time",
                         "'+1s'",
                         "arg.flags",
                         "container",
                         "container.label",
                         "container.fact",
                         "\\",
                         "-",
                         "E"};
  uint32_t seed = 1;
  size_t parsed = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (uint32_t length = 1 + round % 8; length > 0; --length) {
      seed = seed * 1664525 + 1013904223;
      text += std::string(words[(seed >> 8) % std::size(words)]) + " ";
    }
    auto expression = Expression::parse(text);
    if (!expression) continue;
    ++parsed;
    expression->start(header_);
    (void)expression->holds(event_, scratch_);
  }
  EXPECT_GT(parsed, 100u);
}

TEST(Fields, RowsAreWhole) {
  for (const FieldRow& row : field_rows()) {
    EXPECT_FALSE(row.name.empty() || row.meaning.empty() || row.type.empty());
    const bool reads_number = row.kind <= FieldType::kResult || row.kind == FieldType::kFlag ||
                              row.kind == FieldType::kTime;
    EXPECT_EQ(row.number != nullptr, reads_number) << row.name;
  }
  EXPECT_TRUE(find_field("arg.x").has_value());
  EXPECT_FALSE(find_field("arg.NAME") && find_field("arg.").has_value());
  EXPECT_EQ(find_field("commm").error().message, "unknown field 'commm' (did you mean 'comm'?)");
}

}  // namespace
}  // namespace ctrace
