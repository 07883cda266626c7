// ctrace-record config: shows and changes the files that options are taken from.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "format/options/common_options.h"
#include "format/options/config_file.h"
#include "format/options/program.h"
#include "record/record_options.h"
#include "record/subcommands.h"

namespace ctrace {
namespace {

constexpr const char* kProgram = "ctrace-record config";

constexpr std::string_view kUsage = "[--set KEY=VALUE | --unset KEY]... [--system | --file FILE]";
constexpr std::string_view kNotes =
    R"(Without --set and --unset it prints the files that options are taken from, in the order
in which they are read: a later one's keys replace an earlier one's, and the command
line replaces both. A KEY is an option's long name; with record., replay. or analyze.
before it, it holds for that program alone. The user's file is changed if nothing else
is said; comments and order stay.

The names of the first ctrace are understood: output-format is format, and
perf-buffer-size, in pages, is buffer-size.)";
constexpr std::string_view kExamples =
    R"(  ctrace-record config --set format=json
  ctrace-record config --system --set record.buffer-size=64M --unset record.comm)";

// A key of the first ctrace's conf.yaml that has another name here.
struct FormerKey {
  std::string_view former, key;
  uint64_t unit_bytes;  // of its value; 0: the same words
};
constexpr FormerKey kFormerKeys[] = {{"output-format", "format", 0},
                                     {"perf-buffer-size", "buffer-size", 4096}};

struct Change {
  std::string key, value;
  bool set = true;
};

Result<void> take_former_key(Change& change) {
  for (const FormerKey& row : kFormerKeys) {
    if (change.key != row.former) continue;
    change.key = row.key;
    if (!row.unit_bytes || !change.set) continue;
    uint64_t pages = 0;
    if (auto parsed = parse_count(row.former, change.value, 1, pages); !parsed) return parsed;
    // Small buffers of then are smaller than the smallest of now.
    change.value = std::to_string(std::max<uint64_t>(pages * row.unit_bytes, 256u << 10));
  }
  return {};
}

Result<void> add_change(const std::string& text, bool set, std::vector<Change>& changes) {
  Change change{text, "", set};
  if (const size_t equals = text.find('='); set) {
    if (equals == text.npos || equals == 0)
      return unexpected(Error::Kind::kUsage, "--set takes KEY=VALUE, not '" + text + "'");
    change.key = text.substr(0, equals);
    change.value = text.substr(equals + 1);
  }
  if (auto taken = take_former_key(change); !taken) return taken;
  changes.push_back(std::move(change));
  return {};
}

Result<void> apply(const std::string& path, const Change& change) {
  return change.set ? set_config(path, change.key, change.value) : unset_config(path, change.key);
}

void print_file(const std::string& path) {
  std::ifstream stream(path);
  std::printf("# %s%s\n", path.c_str(), stream ? "" : " (not there)");
  std::stringstream text;
  if (stream) text << stream.rdbuf();
  std::fputs(text.str().c_str(), stdout);
}

Result<void> change_files(const std::vector<Change>& changes, const std::string& path) {
  // All are looked at before the first is made.
  for (const Change& change : changes) {
    if (!change.set) continue;
    if (auto good = check_record_config(change.key, change.value); !good) return good;
  }
  if (path.empty())
    return unexpected(Error::Kind::kUsage,
                      "no user's file: neither XDG_CONFIG_HOME nor HOME is set");
  for (const Change& change : changes) {
    if (auto done = apply(path, change); !done) return done;
  }
  return {};
}

}  // namespace

int run_config(const std::vector<std::string>& words) {
  std::vector<Change> changes;
  const ConfigPlaces places = config_places();
  std::string path = places.user;
  bool file_given = false;
  GeneralFlags flags;
  ProgramOptions table;
  table.program = kProgram;
  table.purpose = "show and change the files that options are taken from";
  table.usage = kUsage;
  table.notes = kNotes;
  table.examples = kExamples;
  // Rows refer to their text.
  const std::string system_help = "change " + places.system + ", which holds for all users";
  table.groups = {{"WHAT TO DO",
                   {{"set", "", "KEY=VALUE", "set an option's value",
                     [&](const std::string& text) { return add_change(text, true, changes); }},
                    {"unset", "", "KEY", "remove an option's lines, so that its default holds",
                     [&](const std::string& text) { return add_change(text, false, changes); }},
                    {"system", "", "", system_help,
                     [&](const std::string&) {
                       path = places.system;
                       return Result<void>();
                     }},
                    {"file", "", "FILE", "show or change this file",
                     [&](const std::string& text) {
                       path = text;
                       file_given = true;
                       return Result<void>();
                     }}}},
                  general_options(flags)};
  auto rest = parse_options(table, words);
  if (!rest) return fail(kProgram, rest.error());
  if (general_flags_answered(table, flags)) return 0;
  if (!rest->empty())
    return fail(kProgram, {Error::Kind::kUsage, "unexpected word '" + rest->front() + "'"});
  if (!changes.empty()) {
    auto changed = change_files(changes, path);
    return changed ? 0 : fail(kProgram, changed.error());
  }
  if (file_given) {
    print_file(path);
    return 0;
  }
  print_file(places.system);
  if (!places.user.empty()) print_file(places.user);
  return 0;
}

}  // namespace ctrace
