#include <algorithm>
#include <limits>

#include "analyze/hints.h"
#include "analyze/subcommand.h"
#include "format/print/text_table.h"

namespace ctrace {
namespace {

using nlohmann::ordered_json;

constexpr HelpText kHelp = {
    "Told is only what follows from what was seen, with what it follows from: a root that can be\n"
    "read-only and which paths must be writable, programs that need to gain no privileges, users\n"
    "other than root, a network that is not needed, ports, namespaces, IPC. What a recording "
    "cannot\n"
    "tell (events lost, filters, a start that was not seen) is said on stderr with the reason.\n"
    "OPTION is docker's and podman's. Paths are those that the program named: symbolic links are\n"
    "not followed. Work that was never recorded may need more.\n"
    "Exit code: 0, or 2 when there is trouble (no call found, a damaged recording).",
    "  ctrace-analyze hints run.ctr\n"
    "  ctrace-analyze hints --json monday.ctr tuesday.ctr | jq -r '.hints[].option'"};

std::string cell(const std::string& text) { return text.empty() ? "-" : escaped(text); }

Result<int> add_files(const Words& files, const std::vector<std::string>& containers,
                      HintFinder& finder) {
  Scope scope(containers);
  int exit_code = kExitYes;
  for (const std::string& file : files) {
    // Not replay's lines: of what is not in them nothing follows.
    auto reader = RecordingReader::open(file);
    if (!reader) return unexpected(reader.error());
    if (auto added = finder.add(file, **reader, scope.choose(**reader)); !added) {
      return unexpected(added.error());
    }
    exit_code = std::max(exit_code, tell_state(file, **reader));
  }
  if (auto found = scope.all_found(); !found) return unexpected(found.error());
  return exit_code;
}

}  // namespace

ordered_json hints_json(const Hints& hints) {
  ordered_json json = {{"hints", ordered_json::array()}, {"untold", ordered_json::array()}};
  for (const Hint& hint : hints.hints) {
    const ordered_json option =
        hint.option.empty() ? ordered_json(nullptr) : ordered_json(hint.option);
    json["hints"].push_back({{"hint", hint.name},
                             {"value", escaped(hint.value)},
                             {"option", option},
                             {"evidence", escaped(hint.evidence)}});
  }
  for (const Untold& row : hints.untold) {
    json["untold"].push_back({{"hint", row.name}, {"why", escaped(row.why)}});
  }
  return json;
}

void print_hints(const Hints& hints, OutputBuffer& out) {
  std::vector<TextRow> rows = {{"HINT", "VALUE", "OPTION", "EVIDENCE"}};
  for (const Hint& hint : hints.hints) {
    rows.push_back({hint.name, cell(hint.value), cell(hint.option), cell(hint.evidence)});
  }
  if (rows.size() > 1) print_rows(rows, out);
}

int run_hints(const Subcommand& self, const Words& words) {
  std::vector<std::string> containers;
  bool json = false;
  const OptionGroup group = {"HINTS",
                             {container_option(containers),
                              flag_option("json", "one JSON object instead of a table", json)}};
  const CommandLine line =
      read_command_line(self, group, words, std::numeric_limits<size_t>::max(), kHelp);
  if (line.exit_code) return *line.exit_code;
  HintFinder finder;
  const auto done = add_files(line.files, containers, finder);
  if (!done) return fail(kProgram, done.error());
  if (finder.calls() == 0) {
    return fail(kProgram, Error("no call of a container is in the recording"));
  }
  const Hints hints = finder.finish();
  OutputBuffer out(1);
  if (json) {
    out.append(hints_json(hints).dump(2) + '\n');
    return finish_output(out, *done);
  }
  print_hints(hints, out);
  for (const Untold& row : hints.untold) {
    tell(kProgram, "not told of " + row.name + ": " + row.why);
  }
  return finish_output(out, *done);
}

}  // namespace ctrace
