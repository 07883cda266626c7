#include "format/file/string_table.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "format/base/hash.h"
#include "format/file/frame.h"

namespace ctrace {
namespace {

bool has_address(Text::State state) {
  return state == Text::State::kUnreadable || state == Text::State::kNotRead;
}

}  // namespace

uint32_t StringTable::put(std::string_view bytes, Text::State state, uint16_t user) {
  if (entries_.size() * 2 >= slots_.size()) grow();
  const uint32_t hash =
      static_cast<uint32_t>(hash_bytes(bytes)) + static_cast<uint32_t>(state) * 0x9e3779b9u;
  const size_t mask = slots_.size() - 1;
  size_t at = hash & mask;
  for (; slots_[at] != kFree; at = (at + 1) & mask) {
    Entry& entry = entries_[slots_[at]];
    if (entry.hash != hash || entry.state != state || view(entry) != bytes) continue;
    if (entry.user != user) entry.user = kShared;
    return slots_[at];
  }
  slots_[at] = static_cast<uint32_t>(entries_.size());
  entries_.push_back({hash, static_cast<uint32_t>(bytes.size()), bytes_.size(), state, user});
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  return slots_[at];
}

uint32_t StringTable::put_address(uint64_t address, Text::State state, uint16_t user) {
  char bytes[sizeof address];
  std::memcpy(bytes, &address, sizeof address);
  return put({bytes, sizeof bytes}, state, user);
}

void StringTable::grow() {
  slots_.assign(slots_.empty() ? 1024 : slots_.size() * 2, kFree);
  const size_t mask = slots_.size() - 1;
  for (uint32_t i = 0; i < entries_.size(); ++i) {
    size_t at = entries_[i].hash & mask;
    while (slots_[at] != kFree) at = (at + 1) & mask;
    slots_[at] = i;
  }
}

void StringTable::clear() {
  entries_.clear();
  bytes_.clear();
  slots_.assign(slots_.size(), kFree);
}

flatbuffers::Offset<disk::Strings> StringTable::pack(Builder& builder) const {
  std::vector<uint32_t> all(entries_.size());
  std::iota(all.begin(), all.end(), 0u);
  return pack_entries(builder, all, /*with_states=*/false);
}

void StringTable::add_sizes(std::vector<size_t>* sizes) const {
  for (const Entry& entry : entries_) {
    if (entry.user != kShared) (*sizes)[entry.user] += entry.length;
  }
}

void StringTable::divide(const std::vector<uint8_t>& chunk_of_user, size_t chunks) {
  chunks_.resize(entries_.size());
  numbers_.resize(entries_.size());
  order_.resize(entries_.size());
  begin_.assign(chunks + 1, 0);
  for (size_t i = 0; i < entries_.size(); ++i) {
    const uint16_t user = entries_[i].user;
    chunks_[i] = user == kShared ? 0 : chunk_of_user[user];
    numbers_[i] = begin_[chunks_[i] + 1u]++;
  }
  for (size_t chunk = 0; chunk < chunks; ++chunk) begin_[chunk + 1] += begin_[chunk];
  for (uint32_t i = 0; i < entries_.size(); ++i) order_[begin_[chunks_[i]] + numbers_[i]] = i;
}

flatbuffers::Offset<disk::Strings> StringTable::pack_chunk(Builder& builder, uint8_t chunk) const {
  const auto own = std::span(order_).subspan(begin_[chunk], begin_[chunk + 1u] - begin_[chunk]);
  return pack_entries(builder, own, /*with_states=*/true);
}

flatbuffers::Offset<disk::Strings> StringTable::pack_entries(Builder& builder,
                                                             std::span<const uint32_t> which,
                                                             bool with_states) const {
  bool wide = false;
  size_t size = 0;
  for (const uint32_t i : which) {
    wide |= entries_[i].length > UINT16_MAX;
    size += entries_[i].length;
  }
  flatbuffers::Offset<flatbuffers::Vector<uint16_t>> lengths;
  flatbuffers::Offset<flatbuffers::Vector<uint32_t>> wide_lengths;
  const auto length = [&](size_t k) { return entries_[which[k]].length; };
  if (wide) {
    wide_lengths = builder.CreateVector<uint32_t>(which.size(), length);
  } else {
    lengths = builder.CreateVector<uint16_t>(which.size(), length);
  }
  uint8_t* out;
  const auto bytes = builder.CreateUninitializedVector<uint8_t>(size, &out);
  for (const uint32_t i : which) {
    std::copy_n(bytes_.data() + entries_[i].offset, entries_[i].length, out);
    out += entries_[i].length;
  }
  ByteOffset states;
  if (with_states) {
    states = builder.CreateVector<uint8_t>(
        which.size(), [&](size_t k) { return static_cast<uint8_t>(entries_[which[k]].state); });
  }
  return disk::CreateStrings(builder, lengths, wide_lengths, bytes, states);
}

Result<void> unpack_strings(const disk::Strings* table, bool with_states,
                            std::vector<StringEntry>* entries) {
  if (!table) return unexpected("the strings are missing");
  const auto* narrow = table->len();
  const auto* wide = table->len32();
  const auto* states = table->state();
  if (!narrow == !wide) return unexpected("the strings have no lengths or two kinds of them");
  const uint32_t count = narrow ? narrow->size() : wide->size();
  // An entry in memory is sixteen times its length field: what zeros in a part may ask for.
  const size_t before = entries->size();
  if (count > kMaxBlockEvents * kMaxArgs - before) return unexpected("there are too many strings");
  if (with_states && (!states || states->size() != count)) {
    return unexpected("the strings have not one state each");
  }
  std::string_view rest = view_bytes(table->bytes());
  entries->resize(before + count);
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t length = narrow ? narrow->Get(i) : wide->Get(i);
    if (length > rest.size()) return unexpected("the strings are longer than their bytes");
    StringEntry& entry = (*entries)[before + i];
    entry.text.bytes = rest.substr(0, length);
    rest.remove_prefix(length);
    entry.text.state = Text::State::kWhole;
    if (!with_states) continue;
    if (states->Get(i) > static_cast<uint8_t>(Text::State::kNotRead)) {
      return unexpected("a string has an unknown state");
    }
    entry.text.state = static_cast<Text::State>(states->Get(i));
    if (entry.text.state == Text::State::kNull && length != 0) {
      return unexpected("a null pointer has a text");
    }
    if (has_address(entry.text.state)) {
      if (length != sizeof entry.address) return unexpected("an unread string has no address");
      std::memcpy(&entry.address, entry.text.bytes.data(), sizeof entry.address);
      entry.text.bytes = {};
    }
  }
  if (!rest.empty()) return unexpected("the strings are shorter than their bytes");
  return {};
}

}  // namespace ctrace
