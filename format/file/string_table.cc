#include "format/file/string_table.h"

#include <cstring>

#include "format/base/hash.h"
#include "format/file/frame.h"

namespace ctrace {
namespace {

bool has_address(Text::State state) {
  return state == Text::State::kUnreadable || state == Text::State::kNotRead;
}

}  // namespace

uint32_t StringTable::put(std::string_view bytes, Text::State state) {
  if (entries_.size() * 2 >= slots_.size()) grow();
  const uint32_t hash =
      static_cast<uint32_t>(hash_bytes(bytes)) + static_cast<uint32_t>(state) * 0x9e3779b9u;
  const size_t mask = slots_.size() - 1;
  size_t at = hash & mask;
  for (; slots_[at] != kFree; at = (at + 1) & mask) {
    const Entry& entry = entries_[slots_[at]];
    if (entry.hash == hash && entry.state == state && view(entry) == bytes) return slots_[at];
  }
  slots_[at] = static_cast<uint32_t>(entries_.size());
  entries_.push_back({hash, static_cast<uint32_t>(bytes.size()), bytes_.size(), state});
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  return slots_[at];
}

uint32_t StringTable::put_address(uint64_t address, Text::State state) {
  char bytes[sizeof address];
  std::memcpy(bytes, &address, sizeof address);
  return put({bytes, sizeof bytes}, state);
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

flatbuffers::Offset<disk::Strings> StringTable::pack(Builder& builder, bool with_states) const {
  bool wide = false;
  for (const Entry& entry : entries_) wide |= entry.length > UINT16_MAX;
  flatbuffers::Offset<flatbuffers::Vector<uint16_t>> lengths;
  flatbuffers::Offset<flatbuffers::Vector<uint32_t>> wide_lengths;
  const auto length = [this](size_t i) { return entries_[i].length; };
  if (wide) {
    wide_lengths = builder.CreateVector<uint32_t>(entries_.size(), length);
  } else {
    lengths = builder.CreateVector<uint16_t>(entries_.size(), length);
  }
  const auto bytes = builder.CreateVector(bytes_);
  ByteOffset states;
  if (with_states) {
    states = builder.CreateVector<uint8_t>(
        entries_.size(), [this](size_t i) { return static_cast<uint8_t>(entries_[i].state); });
  }
  return disk::CreateStrings(builder, lengths, wide_lengths, bytes, states);
}

Result<void> unpack_strings(const disk::Strings* table, bool with_states,
                            std::vector<StringEntry>* entries) {
  entries->clear();
  if (!table) return unexpected("the strings are missing");
  const auto* narrow = table->len();
  const auto* wide = table->len32();
  const auto* states = table->state();
  if (!narrow == !wide) return unexpected("the strings have no lengths or two kinds of them");
  const uint32_t count = narrow ? narrow->size() : wide->size();
  // An entry in memory is sixteen times its length field: what zeros in a part may ask for.
  if (count > kMaxBlockEvents * kMaxArgs) return unexpected("there are too many strings");
  if (with_states && (!states || states->size() != count)) {
    return unexpected("the strings have not one state each");
  }
  std::string_view rest = view_bytes(table->bytes());
  entries->resize(count);
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t length = narrow ? narrow->Get(i) : wide->Get(i);
    if (length > rest.size()) return unexpected("the strings are longer than their bytes");
    StringEntry& entry = (*entries)[i];
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
