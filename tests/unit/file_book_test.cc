#include "record/file_book.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "format/catalogue/catalogue.h"

namespace ctrace {
namespace {

// A record with one blob, as the kernel side makes it.
class Bytes {
 public:
  Bytes(const void* args, size_t arg_bytes, uint8_t blob_arg, std::string_view blob) {
    words_.resize(sizeof(wire::record) / 8 + arg_bytes / 8 + 1 + (blob.size() + 7) / 8);
    auto* at = reinterpret_cast<uint8_t*>(words_.data());
    wire::record record = {};
    record.size8 = static_cast<uint16_t>(words_.size());
    record.args = static_cast<uint8_t>(arg_bytes / 8);
    record.blobs = 1;
    std::memcpy(at, &record, sizeof record);
    if (arg_bytes != 0) std::memcpy(at + sizeof record, args, arg_bytes);
    const wire::blob head = {static_cast<uint16_t>(blob.size()), blob_arg, wire::TEXT_WHOLE, 0};
    std::memcpy(at + sizeof record + arg_bytes, &head, sizeof head);
    if (!blob.empty())
      std::memcpy(at + sizeof record + arg_bytes + sizeof head, blob.data(), blob.size());
    view_ = {reinterpret_cast<const wire::record*>(at),
             reinterpret_cast<const uint64_t*>(at + sizeof record), at + sizeof record + arg_bytes,
             words_.size() * 8 - sizeof record - arg_bytes};
  }
  const RecordView& view() const { return view_; }

 private:
  std::vector<uint64_t> words_;
  RecordView view_;
};

class FileBookTest : public testing::Test {
 protected:
  void tell(uint64_t id, const std::string& name) {
    wire::file_record file = {};
    file.id = id;
    file.dev = 8 << 20 | 1;
    file.inode = 99;
    book_.take(Bytes(&file, sizeof file, 0, name + '\0').view());
  }
  std::string name_of(uint64_t id) {
    const NamedFile* file = book_.find(id);
    return file ? file->name : "?";
  }
  Event named(const char* call, const std::vector<uint64_t>& ids) {
    Event event;
    event.type = find_event(call);
    book_.name(event, Bytes(nullptr, 0, wire::BLOB_FILES,
                            {reinterpret_cast<const char*>(ids.data()), ids.size() * 8})
                          .view());
    return event;
  }

  int forgot_ = 0;
  FileBook book_{[this] { ++forgot_; }};
};

TEST_F(FileBookTest, KeepsTheLastWord) {
  tell(1, "a");
  EXPECT_EQ(name_of(1), "/a");
  EXPECT_EQ(name_of(2), "?");
  EXPECT_EQ(name_of(0), "?");
  tell(1, "b");
  EXPECT_EQ(name_of(1), "/b");
  EXPECT_EQ(book_.find(1)->device, 0x801u);
  EXPECT_EQ(book_.find(1)->inode, 99u);
}

TEST_F(FileBookTest, NamesWhatARecordHas) {
  tell(1, "a");
  tell(2, "b");
  Event event = named("dup2", {1, 7, 2});
  EXPECT_EQ(event.texts[2].bytes, "/a");
  EXPECT_EQ(event.texts[3].state, Text::State::kNull);
  EXPECT_EQ(event.texts[4].bytes, "/b");
  event = named("dup2", {});
  EXPECT_EQ(event.texts[2].state, Text::State::kNull);
  event = named("close", {1, 2, 2});  // more than it has
  EXPECT_EQ(event.texts[1].bytes, "/a");
}

TEST_F(FileBookTest, ARegisteredRingIsNoDescriptor) {
  tell(1, "a");
  Event event;
  event.type = find_event("io_uring_enter");
  const uint64_t id = 1;
  const std::string_view ids(reinterpret_cast<const char*>(&id), sizeof id);
  const Bytes bytes(nullptr, 0, wire::BLOB_FILES, ids);
  const size_t place = name_index(*event.type, "fd");
  book_.name(event, bytes.view());
  EXPECT_EQ(event.texts[place].bytes, "/a");
  event.args[3] = 1 << 4;
  book_.name(event, bytes.view());
  EXPECT_EQ(event.texts[place].state, Text::State::kNull);
}

TEST_F(FileBookTest, ForgetsWhatNobodyAsksFor) {
  tell(1, "kept");
  tell(2, "forgotten");
  for (uint64_t id = 3; id < 3 + 2 * FileBook::kMaxFiles; ++id) {
    tell(id, "x");
    EXPECT_EQ(name_of(1), "/kept");
  }
  EXPECT_EQ(name_of(2), "?");
  EXPECT_GE(forgot_, 1);
}

TEST_F(FileBookTest, LongNamesAreForgottenSooner) {
  const std::string name(4000, 'x');
  for (uint64_t id = 1; id < 10 + FileBook::kMaxBytes / 4000; ++id) tell(id, name);
  EXPECT_GE(forgot_, 1);
}

TEST_F(FileBookTest, WhatIsTooShortTellsNothing) {
  const uint64_t id = 5;
  book_.take(Bytes(&id, sizeof id, 0, "x").view());
  EXPECT_EQ(name_of(5), "?");
}

}  // namespace
}  // namespace ctrace
