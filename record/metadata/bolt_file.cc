#include "record/metadata/bolt_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <span>

namespace ctrace {
namespace {

// The two first pages say where the tree begins; the one of the younger transaction holds.
constexpr uint32_t kMagic = 0xED0CDAED, kVersion = 2;
constexpr size_t kPageHead = 16, kMetaSize = 64, kElement = 16, kBucketHead = 16;
constexpr uint16_t kBranch = 1, kLeaf = 2;
constexpr uint32_t kIsBucket = 1;
constexpr uint64_t kSmallestPage = 1024, kLargestPage = 64u << 10;
// Of one page with what follows it, of what one question may read, of how deep a tree may be.
constexpr size_t kMaxPageBytes = 4u << 20, kMaxItems = 4096;
constexpr int kMaxPages = 256, kMaxDepth = 24;

// Numbers are the writer's own, which is this machine's kind: little-endian.
template <typename Number>
Number number_at(std::string_view bytes, size_t offset) {
  Number number = 0;
  if (offset <= bytes.size() && sizeof number <= bytes.size() - offset)
    std::memcpy(&number, bytes.data() + offset, sizeof number);
  return number;
}

uint64_t fnv1a(std::string_view bytes) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  return hash;
}

std::string read_at(const FileDescriptor& file, uint64_t offset, size_t size) {
  std::string bytes(size, '\0');
  const std::span<uint8_t> room(reinterpret_cast<uint8_t*>(bytes.data()), size);
  return read_whole(file.get(), room, offset) == 0 ? bytes : "";
}

struct Element {
  std::string_view key, value;
  uint64_t child = 0;      // of a branch
  bool is_bucket = false;  // of a leaf
};
// The element at place `i` of a page, whose key and value lie behind it in the same page.
std::optional<Element> element_at(std::string_view page, size_t i) {
  const size_t at = kPageHead + i * kElement;
  if (at > page.size() || page.size() - at < kElement) return std::nullopt;
  const bool leaf = number_at<uint16_t>(page, 8) & kLeaf;
  const uint64_t place = number_at<uint32_t>(page, leaf ? at + 4 : at);
  const uint64_t key_size = number_at<uint32_t>(page, leaf ? at + 8 : at + 4);
  const uint64_t value_size = leaf ? number_at<uint32_t>(page, at + 12) : 0;
  if (place + key_size + value_size > page.size() - at) return std::nullopt;
  Element element;
  element.key = page.substr(at + place, key_size);
  element.value = page.substr(at + place + key_size, value_size);
  if (!leaf) element.child = number_at<uint64_t>(page, at + 8);
  element.is_bucket = leaf && (number_at<uint32_t>(page, at) & kIsBucket);
  return element;
}

}  // namespace

std::optional<BoltFile> BoltFile::open(const std::string& path) {
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat info;
  if (!file || fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  return BoltFile(std::move(file));
}

bool BoltFile::begin() {
  page_size_ = transaction_ = 0;
  pages_left_ = kMaxPages;
  const auto take = [this](uint64_t offset) {
    const std::string page = read_at(file_, offset, kPageHead + kMetaSize);
    const std::string_view meta = std::string_view(page).substr(std::min(kPageHead, page.size()));
    const uint64_t size = number_at<uint32_t>(meta, 8), transaction = number_at<uint64_t>(meta, 48);
    if (number_at<uint32_t>(meta, 0) != kMagic || number_at<uint32_t>(meta, 4) != kVersion ||
        number_at<uint64_t>(meta, 56) != fnv1a(meta.substr(0, 56)))
      return;
    if (size < kSmallestPage || size > kLargestPage) return;
    if (page_size_ && transaction < transaction_) return;
    page_size_ = size;
    root_ = number_at<uint64_t>(meta, 16);
    transaction_ = transaction;
  };
  take(0);
  // Where the first one is torn its page's size is not known: that of most machines.
  take(page_size_ ? page_size_ : 4096);
  return page_size_ != 0;
}

// With the pages that follow it, where it is larger than one; empty when it cannot be.
std::string BoltFile::page_at(uint64_t number) {
  if (--pages_left_ < 0 || number > INT64_MAX / page_size_ - 1) return "";
  std::string page = read_at(file_, number * page_size_, page_size_);
  const uint64_t more = number_at<uint32_t>(page, 12);
  if (number_at<uint64_t>(page, 0) != number || more >= kMaxPageBytes / page_size_) return "";
  if (more) page += read_at(file_, (number + 1) * page_size_, more * page_size_);
  return page;
}

std::optional<BoltFile::Item> BoltFile::find(Root root, std::string_view key) {
  for (int depth = 0; depth < kMaxDepth; ++depth) {
    const std::string page = root.page ? page_at(root.page) : root.inlined;
    const uint16_t flags = number_at<uint16_t>(page, 8), count = number_at<uint16_t>(page, 10);
    uint64_t child = 0;
    for (size_t i = 0; i < count; ++i) {
      const auto element = element_at(page, i);
      if (!element) return std::nullopt;
      if ((flags & kLeaf) && element->key == key)
        return Item{std::string(key), std::string(element->value), element->is_bucket};
      // A branch's key is the first one below it.
      if ((flags & kBranch) && (i == 0 || element->key <= key)) child = element->child;
    }
    if (!(flags & kBranch) || !child) return std::nullopt;
    root = {child, ""};
  }
  return std::nullopt;
}

void BoltFile::walk(const Root& root, int depth, std::vector<Item>& items) {
  const std::string page = root.page ? page_at(root.page) : root.inlined;
  const uint16_t flags = number_at<uint16_t>(page, 8), count = number_at<uint16_t>(page, 10);
  for (size_t i = 0; i < count && items.size() < kMaxItems; ++i) {
    const auto element = element_at(page, i);
    if (!element) return;
    if (flags & kLeaf) {
      items.push_back({std::string(element->key), std::string(element->value), element->is_bucket});
    } else if ((flags & kBranch) && element->child && depth < kMaxDepth) {
      walk({element->child, ""}, depth + 1, items);
    }
  }
}

std::optional<BoltFile::Root> BoltFile::bucket_at(const Path& path) {
  Root root = {root_, ""};
  for (const std::string& name : path) {
    auto item = find(std::move(root), name);
    if (!item || !item->is_bucket || item->bytes.size() < kBucketHead) return std::nullopt;
    root = {number_at<uint64_t>(item->bytes, 0), item->bytes.substr(kBucketHead)};
  }
  return root;
}

std::string BoltFile::value(const Path& bucket, std::string_view key) {
  auto root = bucket_at(bucket);
  if (!root) return "";
  auto item = find(std::move(*root), key);
  return item && !item->is_bucket ? std::move(item->bytes) : "";
}

std::vector<std::pair<std::string, std::string>> BoltFile::items(const Path& bucket) {
  std::vector<std::pair<std::string, std::string>> list;
  const auto root = bucket_at(bucket);
  if (!root) return list;
  std::vector<Item> items;
  walk(*root, 0, items);
  for (Item& item : items)
    list.emplace_back(std::move(item.key), item.is_bucket ? "" : std::move(item.bytes));
  return list;
}

}  // namespace ctrace
