#include "format/options/config_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <sstream>

namespace ctrace {
namespace {

namespace po = boost::program_options;

constexpr std::string_view kSections[] = {"record", "replay", "analyze"};

struct Values {
  std::vector<std::string> values;
  std::string path;
};
using Config = std::map<std::string, Values>;  // by option

unexpected usage(const std::string& text) { return unexpected(Error::Kind::kUsage, text); }
std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

const OptionRow* find_row(const ProgramOptions& options, std::string_view name) {
  for (const OptionGroup& group : options.groups) {
    const auto row = std::ranges::find(group.rows, name, &OptionRow::name);
    if (row != group.rows.end()) return &*row;
  }
  return nullptr;
}

// Makes the whole file's text; empty when there is no file and none is needed.
Result<std::string> read_text(const std::string& path, bool needed) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  // A home folder that is another user's (after sudo or setpriv) is none.
  const bool absent = fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == EACCES);
  if (absent && !needed) return std::string();
  if (fd < 0) return unexpected(system_message("cannot open " + in_quotes(path), errno));
  std::string text;
  char block[4096];
  ssize_t got;
  while ((got = read(fd, block, sizeof block)) > 0) text.append(block, static_cast<size_t>(got));
  const int number = errno;
  close(fd);
  if (got < 0) return unexpected(system_message("cannot read " + in_quotes(path), number));
  return text;
}

// Boost's words of the file; its exceptions end here.
Result<std::vector<po::option>> parse_ini(const std::string& path, const std::string& text) {
  std::istringstream stream(text);
  try {
    return po::parse_config_file(stream, po::options_description(), true).options;
  } catch (const po::error& error) {
    return usage(in_quotes(path) + ": " + error.what());
  }
}

// The option's name in a key for this program: "record.format" is "format" for record. Empty: the
// key is another program's.
Result<std::string> option_name(std::string_view key, std::string_view section) {
  const size_t dot = key.find('.');
  if (dot == key.npos) return std::string(key);
  const std::string_view own = key.substr(0, dot);
  if (std::ranges::find(kSections, own) == std::end(kSections)) {
    return usage("unknown section [" + std::string(own) + "]");
  }
  return own == section ? std::string(key.substr(dot + 1)) : std::string();
}

Result<void> add_file(const ProgramOptions& options, std::string_view section,
                      const std::string& path, bool needed, Config& config) {
  auto text = read_text(path, needed);
  if (!text) return unexpected(text.error());
  auto parsed = parse_ini(path, *text);
  if (!parsed) return unexpected(parsed.error());
  Config here[2];  // general keys, then the section's
  for (const po::option& option : *parsed) {
    const bool general = option.string_key.find('.') == std::string::npos;
    auto name = option_name(option.string_key, section);
    if (!name) return usage(in_quotes(path) + ": " + name.error().message);
    if (name->empty()) continue;
    if (find_row(options, *name) == nullptr || *name == "config") {
      if (general && *name != "config") continue;  // another program may have it
      return usage(in_quotes(path) + ": unknown option " + in_quotes(*name));
    }
    Values& values = here[general ? 0 : 1][*name];
    values.path = path;
    values.values.insert(values.values.end(), option.value.begin(), option.value.end());
  }
  for (Config& part : here) {
    for (auto& [name, values] : part) config[name] = std::move(values);
  }
  return {};
}

// A flag's word; nothing: it is none.
std::optional<bool> truth(std::string_view word) {
  constexpr std::string_view kTrue[] = {"true", "yes", "on", "1"};
  constexpr std::string_view kFalse[] = {"false", "no", "off", "0"};
  if (std::ranges::find(kTrue, word) != std::end(kTrue)) return true;
  if (std::ranges::find(kFalse, word) != std::end(kFalse)) return false;
  return std::nullopt;
}

Result<void> take_value(const OptionRow& row, const std::string& value) {
  if (takes_value(row)) return row.take(value);
  const std::optional<bool> on = truth(value);
  if (!on) return usage(in_quotes(row.name) + " is true or false, not " + in_quotes(value));
  return *on ? row.take("") : Result<void>();
}

Result<void> replace_file(const std::string& path, const std::string& text) {
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
  const std::string draft = path + ".new";
  const int fd = open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (fd < 0) return unexpected(system_message("cannot write " + in_quotes(draft), errno));
  const bool written = write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (close(fd) != 0 || !written || rename(draft.c_str(), path.c_str()) != 0) {
    const int number = errno;
    unlink(draft.c_str());
    return unexpected(system_message("cannot write " + in_quotes(path), number));
  }
  return {};
}

std::string_view trimmed(std::string_view text) {
  const size_t start = text.find_first_not_of(" \t\r");
  if (start == text.npos) return {};
  return text.substr(start, text.find_last_not_of(" \t\r") + 1 - start);
}

struct Edit {
  std::vector<std::string> lines;
  std::vector<size_t> found;  // lines of the key
  size_t section_end = 0;     // where a new line of its section goes
  bool has_section = false;
};

// Where the key's lines are in the text.
Edit find_key(const std::string& text, std::string_view section, std::string_view name) {
  Edit edit;
  edit.has_section = section.empty();
  std::string_view current;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) edit.lines.push_back(line);
  for (size_t i = 0; i < edit.lines.size(); ++i) {
    const std::string_view line = trimmed(edit.lines[i]);
    if (line.starts_with('[') && line.ends_with(']')) current = line.substr(1, line.size() - 2);
    if (current != section) continue;
    edit.has_section = true;
    if (!line.empty()) edit.section_end = i + 1;
    const size_t equals = line.find('=');
    if (equals != line.npos && trimmed(line.substr(0, equals)) == name) edit.found.push_back(i);
  }
  return edit;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

std::pair<std::string, std::string> split_key(std::string_view key) {
  const size_t dot = key.find('.');
  if (dot == key.npos) return {"", std::string(key)};
  return {std::string(key.substr(0, dot)), std::string(key.substr(dot + 1))};
}

void erase_lines(Edit& edit, size_t keep) {
  while (edit.found.size() > keep) {
    edit.lines.erase(edit.lines.begin() + static_cast<std::ptrdiff_t>(edit.found.back()));
    edit.found.pop_back();
  }
}

}  // namespace

ConfigPlaces config_places() {
  ConfigPlaces places{"/etc/ctrace.conf", ""};
  const char* const xdg = std::getenv("XDG_CONFIG_HOME");
  const char* const home = std::getenv("HOME");
  if (xdg && *xdg == '/') {
    places.user = std::string(xdg) + "/ctrace/ctrace.conf";
  } else if (home && *home == '/') {
    places.user = std::string(home) + "/.config/ctrace/ctrace.conf";
  }
  return places;
}

OptionGroup config_options() {
  return {"CONFIGURATION",
          {{"config", "", "FILE|none",
            "options for what is not said here, after /etc/ctrace.conf and "
            "~/.config/ctrace/ctrace.conf; none: no file at all",
            [](const std::string&) { return Result<void>(); }}}};
}

Result<std::vector<std::string>> parse_options_with_config(const ProgramOptions& options,
                                                           const std::vector<std::string>& words,
                                                           std::string_view section,
                                                           const ConfigPlaces& places) {
  auto given = given_options(options, words);
  if (!given) return unexpected(given.error());
  std::string own;
  for (const auto& [name, value] : *given) {
    if (name == "config") own = value;
    // Help must not depend on a file being right.
    if (name == "help" || name == "version") own = "none";
  }
  Config config;
  for (const std::string& path : {places.system, places.user, own}) {
    if (own == "none" || path.empty()) continue;
    auto added = add_file(options, section, path, path == own, config);
    if (!added) return unexpected(added.error());
  }
  for (const auto& [name, values] : config) {
    if (std::ranges::find(*given, name, &GivenOption::name) != given->end()) continue;
    for (const std::string& value : values.values) {
      auto taken = take_value(*find_row(options, name), value);
      if (!taken) return usage(in_quotes(values.path) + ": " + taken.error().message);
    }
  }
  return parse_options(options, words);
}

Result<void> set_config(const std::string& path, std::string_view key, std::string_view value) {
  if (value.find_first_of("#\n") != value.npos) {
    return usage("a value in a configuration file has no # and no newline");
  }
  auto text = read_text(path, false);
  if (!text) return unexpected(text.error());
  const auto [section, name] = split_key(key);
  Edit edit = find_key(*text, section, name);
  const std::string line = name + " = " + std::string(value);
  erase_lines(edit, 1);
  if (!edit.found.empty()) {
    edit.lines[edit.found.front()] = line;
  } else if (edit.has_section) {
    edit.lines.insert(edit.lines.begin() + static_cast<std::ptrdiff_t>(edit.section_end), line);
  } else {
    edit.lines.push_back("[" + section + "]");
    edit.lines.push_back(line);
  }
  return replace_file(path, joined(edit.lines));
}

Result<void> unset_config(const std::string& path, std::string_view key) {
  auto text = read_text(path, false);
  if (!text) return unexpected(text.error());
  const auto [section, name] = split_key(key);
  Edit edit = find_key(*text, section, name);
  if (edit.found.empty()) return usage(in_quotes(key) + " is not set in " + in_quotes(path));
  erase_lines(edit, 0);
  return replace_file(path, joined(edit.lines));
}

Result<void> check_config(const ProgramOptions& options, std::string_view section,
                          std::string_view key, const std::string& value) {
  auto name = option_name(key, section);
  if (!name) return unexpected(name.error());
  if (name->empty()) return {};  // another program's
  const OptionRow* row = find_row(options, *name);
  if (row == nullptr || *name == "config") return usage("unknown option " + in_quotes(*name));
  return take_value(*row, value);
}

}  // namespace ctrace
