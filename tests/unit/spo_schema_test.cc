// What minset --format spo prints, read as YAML, against the schema of Kubernetes' Security
// Profiles Operator (spo.schema.json).
#include <gtest/gtest.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <vector>

#include "analyze/profile_format.h"
#include "tests/unit/json_validator.h"

namespace ctrace {
namespace {

// Reads as much of YAML as profiles need: block mappings and lists, a scalar behind each dash or
// colon: plain words, numbers, JSON's strings and `[]`. Whatever else stands there is an error, and
// so is any indentation that YAML would take for another structure.
class YamlReader {
 public:
  explicit YamlReader(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      const size_t indent = line.find_first_not_of(' ');
      if (indent == std::string::npos) fail("an empty line");
      lines_.push_back({indent, line.substr(indent)});
    }
  }
  Json read() {
    Json value = block(0);
    if (at_ < lines_.size()) fail("'" + lines_[at_].text + "'");
    return value;
  }
  const std::string& error() const { return error_; }

 private:
  struct Line {
    size_t indent;
    std::string text;
  };
  void fail(const std::string& what) { error_ = error_.empty() ? "does not read " + what : error_; }
  bool is_at(size_t indent) const { return at_ < lines_.size() && lines_[at_].indent == indent; }

  Json block(size_t indent) {
    if (!is_at(indent)) return fail("an indentation"), nullptr;
    return lines_[at_].text.starts_with("- ") ? list(indent) : mapping(indent);
  }
  Json list(size_t indent) {
    Json items = Json::array();
    while (is_at(indent) && lines_[at_].text.starts_with("- ")) {
      // The rest of the line stands two further to the right.
      Line& line = lines_[at_];
      const std::string rest = line.text.substr(2);
      const size_t colon = rest.find(':');
      if (colon != std::string::npos && rest[0] != '"') {
        line = {indent + 2, rest};
        items.push_back(mapping(indent + 2));
      } else {
        ++at_;
        items.push_back(scalar(rest));
      }
    }
    return items;
  }
  Json mapping(size_t indent) {
    Json object = Json::object();
    while (is_at(indent) && !lines_[at_].text.starts_with("- ") && error_.empty()) {
      const std::string text = lines_[at_++].text;
      const size_t colon = text.find(':');
      if (colon == std::string::npos) return fail("'" + text + "'"), object;
      const std::string key = text.substr(0, colon);
      if (object.contains(key)) fail("a second '" + key + "'");
      if (colon + 1 < text.size()) {
        object[key] = scalar(text.substr(colon + 2));
      } else if (is_at(indent) && lines_[at_].text.starts_with("- ")) {
        object[key] = list(indent);
      } else if (at_ < lines_.size() && lines_[at_].indent > indent) {
        object[key] = block(lines_[at_].indent);
      } else {
        object[key] = nullptr;  // as YAML has it
      }
    }
    return object;
  }
  Json scalar(const std::string& text) {
    const bool is_json =
        text[0] == '"' || text[0] == '[' || text.find_first_not_of("0123456789") == text.npos;
    if (is_json) return Json::parse(text, nullptr, false);
    const bool is_word = text.find_first_of(":#{}[],&*!|>'\"%@` ") == text.npos;
    for (const char* other : {"true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"}) {
      if (text == other) fail("the word " + text);
    }
    if (!is_word) fail("'" + text + "'");
    return text;
  }

  std::vector<Line> lines_;
  size_t at_ = 0;
  std::string error_;
};

// What is wrong with the profile's YAML; empty: nothing.
std::string check(const SeccompProfile& profile, const std::string& name) {
  std::ifstream file("tests/unit/spo.schema.json");
  EXPECT_TRUE(file.good()) << "run the tests from the root of the tree";
  YamlReader reader(spo_profile(profile, name));
  const Json document = reader.read();
  if (!reader.error().empty()) return reader.error();
  return Validator(Json::parse(file)).check(document);
}

SyscallSet some_calls() {
  return {{Abi::kX86_64, Abi::kI386, Abi::kX32, Abi::kArm64, Abi::kArm},
          {"read", "clone", "socket", "openat", "stat"},
          {{"socket", {{0, Compare::kMaskedEqual, 0xffffffff, 1}}}}};
}

TEST(SpoSchema, ProfilesOfEveryActionHoldIt) {
  for (const Action action : {Action::kErrno, Action::kKillProcess, Action::kTrap, Action::kLog}) {
    EXPECT_EQ(
        check(make_profile(some_calls(), {action, action == Action::kErrno ? EACCES : 0u}), "web"),
        "");
  }
  for (const char* name :
       {"", "Web_1", "-x-", "on",
        "0123456789012345678901234567890123456789012345678901234567890123456789"}) {
    EXPECT_EQ(check(make_profile(some_calls(), {}), name), "") << name;
  }
}

TEST(SpoSchema, EveryComparisonAndFlag) {
  SeccompProfile profile = make_profile(some_calls(), {});
  profile.flags = {"SECCOMP_FILTER_FLAG_LOG"};
  for (int i = 0; i <= static_cast<int>(Compare::kMaskedEqual); ++i) {
    profile.rules.push_back({{"clone"}, {Action::kAllow, 0}, {{5, static_cast<Compare>(i), 7, 9}}});
  }
  for (int i = 0; i <= static_cast<int>(Action::kNotify); ++i) {
    profile.rules.push_back({{"read"}, {static_cast<Action>(i), 1}, {}});
  }
  EXPECT_EQ(check(profile, "web"), "");
}

TEST(SpoSchema, RefusesWhatTheOperatorWould) {
  std::ifstream file("tests/unit/spo.schema.json");
  const Json schema = Json::parse(file);
  YamlReader reader(spo_profile(make_profile(some_calls(), {}), "web"));
  Json document = reader.read();
  EXPECT_EQ(Validator(schema).check(document), "");
  document["spec"]["defaultErrnoRet"] = 1;  // OCI's, not the operator's
  EXPECT_NE(Validator(schema).check(document), "");
  document["spec"].erase("defaultErrnoRet");
  document["spec"]["syscalls"][0]["names"].push_back(7);
  EXPECT_NE(Validator(schema).check(document), "");
}

}  // namespace
}  // namespace ctrace
