// What stands at a place in the JSON documents of engines and runtimes, as the text of a fact; and
// documents as tables of them. A place that is not there, or holds another type, gives an empty
// text.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "record/metadata/metadata_sources.h"

namespace ctrace {

using FactReader = std::string (*)(const Json& document, const char* pointer);

std::string number_at(const Json& document, const char* pointer);   // an integer
std::string process_at(const Json& document, const char* pointer);  // a process's number, not 0
std::string flag_at(const Json& document, const char* pointer);     // "true" or "false"
// Times that never were are "0001-01-01T00:00:00Z": empty.
std::string time_at(const Json& document, const char* pointer);
std::string words_at(const Json& document, const char* pointer);    // a list's texts, with spaces
std::string command_at(const Json& document, const char* pointer);  // as a shell would take them
std::string user_at(const Json& document, const char* pointer);     // {uid: 1, gid: 2} as "1:2"

struct JsonFact {
  std::string_view key;  // of container_facts.h
  const char* pointer;   // a JSON pointer
  FactReader read = text_at;
};
void take_facts(const Json& document, std::span<const JsonFact> facts, Lookup& lookup);

// The text of an object's member; empty when it has none.
std::string member_text(const Json& object, const char* name);
// The object of texts at `pointer`, as labels.
void take_labels(const Json& document, const char* pointer, Lookup& lookup);

}  // namespace ctrace
