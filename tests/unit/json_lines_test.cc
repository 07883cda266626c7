#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include "analyze/encode.h"
#include "analyze/json_lines_reader.h"
#include "format/decode/decode.h"
#include "format/print/printer.h"
#include "tests/unit/file_samples.h"

namespace ctrace {
namespace {

using testing::TempFolder;
using testing::write_file;

constexpr const char* kOpen =
    R"({"timestamp":7,"processId":2,"userId":0,"processName":"a\udcffb","eventId":"257",)"
    R"("eventName":"openat","returnValue":-2,"args":[)"
    R"({"name":"dirfd","type":"int","value":"AT_FDCWD"},)"
    R"({"name":"pathname","type":"const char*","value":"/x\udc80\ud83d\ude00"},)"
    R"({"name":"flags","type":"int","value":"O_RDONLY|O_CLOEXEC"},)"
    R"({"name":"mode","type":"mode_t","value":null}],)"
    R"("container":{"id":"c0ffee","name":"web","image":null,"runtime":"runc"},)"
    R"("hostProcessId":77,"abi":"x86_64","phase":"own"})";

struct Read {
  std::unique_ptr<RecordingReader> reader;
  std::vector<testing::OwnedEvent> events;
};

Result<Read> read(const std::string& bytes) {
  TempFolder folder;
  write_file(folder.path("a.json"), bytes);
  auto reader = open_recording(folder.path("a.json"));
  if (!reader) return unexpected(reader.error());
  Read all{std::move(*reader), {}};
  auto done = all.reader->read({}, [&](const Event& event) {
    all.events.push_back(testing::own(event));
    return true;
  });
  if (!done) return unexpected(done.error());
  return all;
}

TEST(JsonLines, GiveTheEventBack) {
  const auto all = read(std::string(kOpen) + "\n");
  ASSERT_TRUE(all);
  ASSERT_EQ(all->events.size(), 1U);
  const Event& event = all->events[0].event;
  EXPECT_EQ(event.type->name, "openat");
  EXPECT_EQ(event.result, -2);
  EXPECT_EQ(event.time_ns, 7000U);
  EXPECT_EQ(static_cast<int32_t>(event.args[0]), -100);
  EXPECT_EQ(event.texts[1].bytes, "/x\x80\xf0\x9f\x98\x80");
  EXPECT_EQ(event.args[2], 0x80000U);
  EXPECT_EQ(event.task->comm,
            "a\xff"
            "b");
  EXPECT_EQ(event.task->pid, 77U);
  EXPECT_EQ(event.task->phase, Phase::kOwn);
  ASSERT_NE(event.task->container, nullptr);
  EXPECT_EQ(event.task->container->name, "web");
  const auto& counts = all->reader->call_counts();
  ASSERT_EQ(counts.size(), 1U);
  EXPECT_EQ(counts[0].failed, 1U);
  EXPECT_FALSE(all->reader->header().command_mode);
}

TEST(JsonLines, LinesOfTheOriginalTracerAreACommand) {
  const auto all = read(
      R"({"timestamp":1,"processId":2,"eventId":"39","eventName":"getpid","returnValue":2,"args":[]})");
  ASSERT_TRUE(all);
  EXPECT_TRUE(all->reader->header().command_mode);
  EXPECT_EQ(all->events[0].event.task->phase, Phase::kHost);
}

TEST(JsonLines, WhatIsNoEventIsDamage) {
  const auto all = read("{\n\n[]\n" + std::string(kOpen) + "\n{\"eventName\":7}\nx\n\x80\n");
  ASSERT_TRUE(all);
  EXPECT_EQ(all->events.size(), 1U);
  EXPECT_EQ(all->reader->damage().size(), 5U);
  EXPECT_FALSE(read("{\"a\":1}\n"));
  EXPECT_FALSE(read(""));
  std::string bad = "{}\n";
  for (int i = 0; i < 1000; ++i) bad += "{}\n";
  EXPECT_EQ(read(bad + kOpen)->reader->damage().size(), 16U);
}

TEST(JsonLines, HostileValuesAreOnlyValues) {
  // Deep nesting, numbers of the wrong type and size, arguments that no call has.
  const auto all = read(std::string(kOpen) + "\n" + std::string(100000, '[') + "\n" +
                        R"({"eventName":"openat","eventId":1e300,"timestamp":-1,"args":[7,{},)"
                        R"({"name":"flags","value":{"a":1}},{"name":"nothing","value":1},)"
                        R"({"name":"pathname","value":[1,"x"]}],"container":{"id":5},"abi":9})");
  ASSERT_TRUE(all);
  ASSERT_EQ(all->events.size(), 2U);
  EXPECT_EQ(all->events[1].event.args[2], 0U);
}

TEST(JsonLines, ACallThatTheCatalogueHasNot) {
  const auto all = read(R"({"timestamp":1,"eventId":"990","eventName":"brand_new","args":[]})");
  ASSERT_TRUE(all);
  EXPECT_EQ(all->events[0].event.type->name, "brand_new");
  EXPECT_TRUE(all->events[0].event.type->is_syscall);
}

TEST(Encode, IsTheWayBack) {
  struct Case {
    Kind kind;
    uint64_t value;
  };
  for (const Case& c : std::initializer_list<Case>{{Kind::open_flags, 0x80241},
                                                   {Kind::socket_family, 10},
                                                   {Kind::clone_flags, 0x3d0f00},
                                                   {Kind::clone_flags, 0x1200011},
                                                   {Kind::prot, 5},
                                                   {Kind::prctl_option, 38},
                                                   {Kind::ioctl_request, 0x5413},
                                                   {Kind::fcntl_cmd, 1030},
                                                   {Kind::mode, 0755}}) {
    OutputBuffer out(-1);
    ASSERT_TRUE(append_decoded(c.kind, c.value, out));
    EXPECT_EQ(encode_words(c.kind, out.text()), c.value) << out.text();
  }
  EXPECT_EQ(encode_words(Kind::prot, "0x10|PROT_READ"), 0x11U);
  EXPECT_EQ(encode_words(Kind::i32, "-1"), ~uint64_t{0});
  EXPECT_FALSE(encode_words(Kind::prot, "PROT_WHAT"));
  EXPECT_FALSE(encode_words(Kind::prot, ""));
}

TEST(Encode, Sockaddr) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(8080);
  inet_pton(AF_INET, "10.1.2.3", &address.sin_addr);
  const std::string raw(reinterpret_cast<const char*>(&address), sizeof address);
  OutputBuffer out(-1);
  append_sockaddr(raw, out);
  EXPECT_EQ(encode_sockaddr(out.text()), raw);
  for (const char* bad : {"", "{'sa_family': 'AF_INET'", "{'sa_family': 'AF_NETLINK'}",
                          "{'sa_family': 'AF_INET6','sin6_addr': 'x'}"}) {
    EXPECT_EQ(encode_sockaddr(bad), "") << bad;
  }
}

}  // namespace
}  // namespace ctrace
