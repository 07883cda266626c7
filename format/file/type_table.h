// What the event ids of a file mean: the header's schema, schema rows of blocks, and a substitute
// for ids that neither knows. Types live as long as the table.
#pragma once

#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

#include "format/model/event.h"

namespace ctrace {

class TypeTable {
 public:
  explicit TypeTable(const std::vector<EventType>& schema);

  // Null when the header's schema lacks the id.
  const EventType* in_schema(uint16_t id) const { return by_id_[id]; }
  // A type that lives here and equals `type`; null when the file has used up what a reader keeps.
  const EventType* keep(const EventType& type);
  // For an id that nothing in the file explains: `args` arguments, of which those in `text_args`
  // (bit a: argument a) have text. Null as above.
  const EventType* unknown(uint16_t id, size_t args, uint32_t text_args);

 private:
  std::vector<const EventType*> by_id_;
  std::deque<EventType> kept_;
  std::unordered_map<uint16_t, std::vector<const EventType*>> others_;  // that the schema lacks
};

}  // namespace ctrace
