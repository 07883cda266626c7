// What the event ids of a recording's counts mean. The file's own schema comes first.
#pragma once

#include <cstdint>
#include <map>

#include "format/catalogue/catalogue.h"
#include "format/file/recording_reader.h"

namespace ctrace {

class CallTypes {
 public:
  // `reader` outlives it.
  explicit CallTypes(const RecordingReader& reader) {
    for (const EventType& type : reader.header().event_types) types_.emplace(type.id, &type);
  }
  const EventType* find(uint16_t id) const {
    if (const auto row = types_.find(id); row != types_.end()) return row->second;
    if (const EventType* type = find_event(id)) return type;
    return unknown_syscall_event(id);
  }

 private:
  std::map<uint16_t, const EventType*> types_;
};

}  // namespace ctrace
