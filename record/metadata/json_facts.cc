#include "record/metadata/json_facts.h"

#include <nlohmann/json.hpp>

namespace ctrace {
namespace {

// The list at `pointer`, empty when there is none.
const Json& list_at(const Json& document, const char* pointer) {
  static const Json kEmpty = Json::array();
  const Json* list = value_at(document, pointer);
  return list && list->is_array() ? *list : kEmpty;
}

std::string shell_word(std::string text) {
  const bool plain =
      !text.empty() && text.find_first_of(" \t\n\"'\\$`*?[]{}()<>|&;#~!") == text.npos;
  if (plain) return text;
  for (size_t at = 0; (at = text.find('\'', at)) != text.npos; at += 4)
    text.replace(at, 1, "'\\''");
  return "'" + text + "'";
}

}  // namespace

std::string number_at(const Json& document, const char* pointer) {
  const Json* value = value_at(document, pointer);
  return value && value->is_number_integer() ? value->dump() : "";
}

std::string process_at(const Json& document, const char* pointer) {
  const std::string number = number_at(document, pointer);
  return number == "0" ? "" : number;
}

std::string flag_at(const Json& document, const char* pointer) {
  const Json* value = value_at(document, pointer);
  if (!value || !value->is_boolean()) return "";
  return value->get<bool>() ? "true" : "false";
}

std::string time_at(const Json& document, const char* pointer) {
  const std::string text = text_at(document, pointer);
  return text.starts_with("0001-") ? "" : text;
}

std::string words_at(const Json& document, const char* pointer) {
  std::string words;
  for (const Json& word : list_at(document, pointer)) {
    if (word.is_string()) words += (words.empty() ? "" : " ") + word.get<std::string>();
  }
  return words;
}

std::string command_at(const Json& document, const char* pointer) {
  std::string line;
  for (const Json& word : list_at(document, pointer)) {
    if (word.is_string()) line += (line.empty() ? "" : " ") + shell_word(word.get<std::string>());
  }
  return line;
}

std::string user_at(const Json& document, const char* pointer) {
  const Json* user = value_at(document, pointer);
  const std::string uid = user ? number_at(*user, "/uid") : "";
  return uid.empty() ? "" : uid + ":" + number_at(*user, "/gid");
}

void take_facts(const Json& document, std::span<const JsonFact> facts, Lookup& lookup) {
  for (const JsonFact& fact : facts) lookup.add(fact.key, fact.read(document, fact.pointer));
}

std::string member_text(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

void take_labels(const Json& document, const char* pointer, Lookup& lookup) {
  const Json* labels = value_at(document, pointer);
  if (!labels || !labels->is_object()) return;
  for (const auto& [key, value] : labels->items()) {
    if (value.is_string()) lookup.label(key, value.get<std::string>());
  }
}

}  // namespace ctrace
