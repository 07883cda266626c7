// As much of a validator for JSON schemas as the schemas here need. A keyword that it does not know
// is an error: no rule is passed over.
#pragma once

#include <regex.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

namespace ctrace {

using Json = nlohmann::ordered_json;

class Validator {
 public:
  explicit Validator(Json schema) : root_(std::move(schema)) {}

  // What is wrong with `value`; empty: nothing.
  std::string check(const Json& value) { return check(root_, value, "line"); }

 private:
  std::string check(const Json& rule, const Json& value, const std::string& where) {
    for (const auto& [keyword, wanted] : rule.items()) {
      const std::string wrong = check_keyword(keyword, rule, wanted, value, where);
      if (!wrong.empty()) return wrong;
    }
    return "";
  }

  std::string check_keyword(const std::string& keyword, const Json& rule, const Json& wanted,
                            const Json& value, const std::string& where) {
    const auto fail_unless = [&](bool fine) { return fine ? "" : where + " breaks " + keyword; };
    if (keyword == "description" || keyword == "title" || keyword == "$schema" ||
        keyword == "$id" || keyword == "$defs") {
      return "";
    }
    if (keyword == "$ref") {
      constexpr size_t kHash = 1;
      return check(root_.at(Json::json_pointer(wanted.get<std::string>().substr(kHash))), value,
                   where);
    }
    if (keyword == "type") return fail_unless(has_type(value, wanted));
    if (keyword == "enum") {
      return fail_unless(std::find(wanted.begin(), wanted.end(), value) != wanted.end());
    }
    if (keyword == "anyOf") {
      return fail_unless(std::any_of(wanted.begin(), wanted.end(), [&](const Json& one) {
        return check(one, value, where).empty();
      }));
    }
    if (keyword == "pattern") return fail_unless(matches(wanted, value));
    if (keyword == "minimum") return fail_unless(value.get<int64_t>() >= wanted.get<int64_t>());
    if (keyword == "maximum") return fail_unless(value.get<int64_t>() <= wanted.get<int64_t>());
    if (keyword == "maxItems") return fail_unless(value.size() <= wanted.get<size_t>());
    if (keyword == "required") {
      return fail_unless(std::all_of(wanted.begin(), wanted.end(), [&](const Json& key) {
        return value.contains(key.get<std::string>());
      }));
    }
    if (keyword == "additionalProperties" && wanted == false) {
      for (const auto& [key, ignored] : value.items()) {
        if (!rule["properties"].contains(key)) return where + " has a key " + key;
      }
      return "";
    }
    if (keyword == "additionalProperties") {
      if (!value.is_object()) return "";
      for (const auto& [key, each] : value.items()) {
        if (rule.contains("properties") && rule["properties"].contains(key)) continue;
        if (std::string wrong = check(wanted, each, where + "." + key); !wrong.empty()) {
          return wrong;
        }
      }
      return "";
    }
    if (keyword == "properties") {
      for (const auto& [key, each] : value.items()) {
        if (!wanted.contains(key)) continue;
        if (std::string wrong = check(wanted[key], each, where + "." + key); !wrong.empty()) {
          return wrong;
        }
      }
      return "";
    }
    if (keyword == "items") {
      for (const Json& each : value) {
        if (std::string wrong = check(wanted, each, where + "[]"); !wrong.empty()) return wrong;
      }
      return "";
    }
    return "the validator does not know " + keyword;
  }

  static bool has_type(const Json& value, const std::string& type) {
    return type == "object"    ? value.is_object()
           : type == "array"   ? value.is_array()
           : type == "string"  ? value.is_string()
           : type == "integer" ? value.is_number_integer()
                               : type == "null" && value.is_null();
  }
  static bool matches(const std::string& pattern, const std::string& text) {
    regex_t compiled;
    if (regcomp(&compiled, pattern.c_str(), REG_EXTENDED | REG_NOSUB) != 0) return false;
    const bool found = regexec(&compiled, text.c_str(), 0, nullptr, 0) == 0;
    regfree(&compiled);
    return found;
  }

  Json root_;
};

}  // namespace ctrace
