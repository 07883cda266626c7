// Databases of containerd 1.6 and podman 4.3, as a machine had them: tests/unit/stores.
// containerd's has 121 namespaces more than its container needs, so that its tree has branches.
#include "record/metadata/bolt_file.h"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "tests/unit/stored_file.h"

namespace ctrace {
namespace {

using Items = std::vector<std::pair<std::string, std::string>>;

class BoltFileTest : public testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/ctrace-bolt.XXXXXX";
    ASSERT_NE(mkdtemp(pattern), nullptr);
    path_ = std::string(pattern) + "/meta.db";
    containerd_ = unpacked_store("containerd-meta.db.zst");
    ASSERT_EQ(containerd_.size(), 1048576u);
  }
  void TearDown() override {
    std::filesystem::remove_all(std::filesystem::path(path_).parent_path());
  }
  void put(const std::string& bytes) { std::ofstream(path_, std::ios::binary) << bytes; }

  std::string value(const BoltFile::Path& bucket, std::string_view key) {
    auto file = BoltFile::open(path_);
    if (!file) return "(no file)";
    const std::function<std::string(BoltFile&)> read = [&](BoltFile& of) {
      return of.value(bucket, key);
    };
    return file->consistent(read).value_or("(no database)");
  }
  Items items(const BoltFile::Path& bucket) {
    auto file = BoltFile::open(path_);
    const std::function<Items(BoltFile&)> read = [&](BoltFile& of) { return of.items(bucket); };
    return file ? file->consistent(read).value_or(Items()) : Items();
  }
  // Whatever the file says: an answer, soon.
  void ask_everything() {
    value({"v1", "default", "containers", "cwctr"}, "image");
    items({"v1", "default", "containers", "cwctr", "labels"});
    items({"v1"});
  }

  std::string path_, containerd_;
};

TEST_F(BoltFileTest, ContainersOfContainerd) {
  put(containerd_);
  EXPECT_EQ(value({"v1", "default", "containers", "cwctr"}, "image"), "localhost/busybox:test");
  EXPECT_EQ(value({"v1", "default", "images", "localhost/busybox:test", "target"}, "digest"),
            "sha256:45468cb0bd5bab8a061aa7f9d0a5ffc1782501367d840a8b854503340c83c876");
  EXPECT_EQ(items({"v1", "default", "containers", "cwctr", "labels"}),
            (Items{{"io.containerd.image.config.stop-signal", "SIGTERM"}, {"tier", "front"}}));
  for (int i = 100; i <= 220; ++i) {
    const std::string number = std::to_string(i);
    EXPECT_EQ(value({"v1", "ns" + number, "labels"}, "number"), number);
  }
  EXPECT_EQ(items({"v1"}).size(), 123u);  // with the default one and the schema's version
}

TEST_F(BoltFileTest, ContainersOfPodman) {
  put(unpacked_store("podman-bolt_state.db.zst"));
  const std::string id = "710ad317b5f7324564318e92b411239ac076d7426ca3939bb5fd9bbcca6b4142";
  EXPECT_NE(value({"ctr", id}, "config").find(R"("labels":{"tier":"inpod"})"), std::string::npos);
  EXPECT_EQ(items({"ctr"}).size(), 2u);
}

TEST_F(BoltFileTest, WhatIsNotThere) {
  put(containerd_);
  EXPECT_EQ(value({"v1", "default", "containers", "other"}, "image"), "");
  EXPECT_EQ(value({"v1", "default", "containers", "cwctr", "image"}, "image"), "");
  EXPECT_EQ(value({"v1", "default", "containers", "cwctr"}, "labels"), "");
  EXPECT_EQ(value({}, "v1"), "");
  EXPECT_TRUE(items({"v2"}).empty());
  EXPECT_FALSE(BoltFile::open(path_ + ".no"));
}

TEST_F(BoltFileTest, CutAtAnyPageAndInItsHead) {
  for (size_t size = 0; size < containerd_.size(); size += size < 8192 ? 61 : 16384) {
    put(containerd_.substr(0, size));
    ask_everything();
  }
  put(std::string(8192, '\0'));
  EXPECT_EQ(value({"v1"}, "image"), "(no database)");
}

// The first page is torn: the second one says where the tree was before.
TEST_F(BoltFileTest, OneOfTheTwoHeadsIsEnough) {
  for (const size_t head : {size_t{0}, size_t{4096}}) {
    std::string bytes = containerd_;
    bytes[head + 40] ^= 1;
    put(bytes);
    EXPECT_EQ(items({"v1"}).size() > 100, true) << head;
  }
}

// Numbers in pages that say what cannot be: children that are their own parents, places far away.
TEST_F(BoltFileTest, NumbersAreClaims) {
  uint64_t random = 12345;
  const auto next = [&random] {
    random = random * 6364136223846793005u + 1442695040888963407u;
    return random >> 33;
  };
  for (int round = 0; round < 150; ++round) {
    std::string bytes = containerd_.substr(0, 256u << 10);
    for (int i = 0; i < 40; ++i) {
      const size_t page = 2 + next() % 62, at = page * 4096 + next() % 512;
      const uint64_t values[] = {next() % 64, UINT64_MAX, next(), 0, 1, page};
      std::memcpy(bytes.data() + at, &values[next() % 6], 1 + next() % 8);
    }
    put(bytes);
    ask_everything();
  }
}

}  // namespace
}  // namespace ctrace
