#include "analyze/diff.h"

#include <algorithm>
#include <cstdio>
#include <limits>

#include "analyze/input_files.h"
#include "analyze/json_lines_reader.h"
#include "analyze/subcommand.h"
#include "format/options/common_options.h"
#include "format/seccomp/profile_reader.h"

namespace ctrace {
namespace {

using nlohmann::ordered_json;

// Of one item: the runs that have it, and how often all together.
struct Presence {
  size_t runs_a = 0, runs_b = 0;
  uint64_t count_a = 0, count_b = 0;
};

std::map<Item, Presence> gather(const std::vector<RunItems>& a, const std::vector<RunItems>& b) {
  bool profiles = false, recordings = false, foreign = false, checks = true;
  for (const auto* side : {&a, &b}) {
    for (const RunItems& run : *side) {
      (run.is_profile ? profiles : recordings) = true;
      checks &= run.has_checks;
    }
  }
  foreign = profiles && recordings;
  std::map<Item, Presence> all;
  for (const auto* side : {&a, &b}) {
    for (const RunItems& run : *side) {
      std::map<Item, uint64_t> items;
      for (const auto& [item, count] : run.items) {
        if (foreign && item.sort != ItemSort::kSyscall) continue;
        if (!checks && item.sort == ItemSort::kCapability) continue;
        Item key = item;
        // A profile has one list for all tables.
        if (foreign) key.text.resize(std::min(key.text.size(), key.text.find(' ')));
        items[key] += count;
      }
      for (const auto& [item, count] : items) {
        Presence& row = all[item];
        ++(side == &a ? row.runs_a : row.runs_b);
        (side == &a ? row.count_a : row.count_b) += count;
      }
    }
  }
  return all;
}

std::string number_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.10g", value);
  return text;
}

std::string item_text(const Item& item) {
  return std::string(item_word(item.sort)) + " " +
         (item.owner.empty() ? "" : "[" + escaped(item.owner) + "] ") + escaped(item.text);
}

ordered_json item_json(const Item& item) {
  ordered_json json = {{"sort", item_word(item.sort)}, {"text", escaped(item.text)}};
  if (!item.owner.empty()) json["by"] = escaped(item.owner);
  return json;
}

}  // namespace

RunDiff diff_runs(const std::vector<RunItems>& a, const std::vector<RunItems>& b,
                  const DiffRules& rules) {
  RunDiff diff;
  for (const auto& [item, row] : gather(a, b)) {
    if (row.runs_a != 0 && row.runs_b != 0) {
      const double mean_a = static_cast<double>(row.count_a) / static_cast<double>(a.size());
      const double mean_b = static_cast<double>(row.count_b) / static_cast<double>(b.size());
      const double factor = std::max(mean_a / mean_b, mean_b / mean_a);
      const bool told =
          item.sort == ItemSort::kSyscall && factor >= static_cast<double>(rules.factor);
      if (told) diff.changes.push_back({item, mean_a, mean_b});
    } else if (rules.any || row.runs_a == a.size() || row.runs_b == b.size()) {
      diff.differences.push_back({item, row.runs_b != 0});
    } else {
      ++diff.chance;
    }
  }
  return diff;
}

ordered_json diff_json(const RunDiff& diff) {
  ordered_json json = {{"differ", diff.differ()},
                       {"only_a", ordered_json::array()},
                       {"only_b", ordered_json::array()},
                       {"counts", ordered_json::array()},
                       {"chance", diff.chance}};
  for (const Difference& row : diff.differences) {
    json[row.only_in_b ? "only_b" : "only_a"].push_back(item_json(row.item));
  }
  for (const CountChange& row : diff.changes) {
    ordered_json change = item_json(row.item);
    change.update({{"a", row.a}, {"b", row.b}});
    json["counts"].push_back(std::move(change));
  }
  return json;
}

void print_diff(const RunDiff& diff, OutputBuffer& out) {
  for (const Difference& row : diff.differences) {
    out.append(row.only_in_b ? "+ " : "- ");
    out.append(item_text(row.item) + '\n');
  }
  for (const CountChange& row : diff.changes) {
    out.append("~ " + item_text(row.item) + ": " + number_text(row.a) + " -> " +
               number_text(row.b) + " times\n");
  }
}

// ---- the subcommand

namespace {

struct DiffOptions {
  std::vector<std::string> containers;
  ItemChoice choice;
  DiffRules rules;
  bool json = false;
  bool calls = false;
};

OptionGroup diff_options(DiffOptions& options) {
  const auto take_by = [&](const std::string& value) -> Result<void> {
    if (value != "container" && value != "process") {
      return unexpected(Error::Kind::kUsage,
                        "--by takes container or process, not '" + value + "'");
    }
    options.choice.by = value == "container" ? ItemsBy::kContainer : ItemsBy::kProcess;
    return {};
  };
  const auto take_factor = [&](const std::string& value) {
    return parse_count("--factor", value, 2, options.rules.factor);
  };
  return {
      "DIFF",
      {container_option(options.containers),
       flag_option("args", "compare argument values too (those of minset --args)",
                   options.choice.args),
       flag_option("calls",
                   "compare the calls alone, by the recordings' counts: in no time, whatever their "
                   "size, and complete where events were lost",
                   options.calls),
       {"by", "", "container|process", "tell apart who did it", take_by},
       flag_option("any",
                   "of several runs a side: also what only some runs of one side did and none "
                   "of the other",
                   options.rules.any),
       {"factor", "", "N", "tell calls that became N times (10) as frequent or rare", take_factor},
       flag_option("json", "one JSON object", options.json)}};
}

constexpr HelpText kHelp = {
    "Compared are what the containers did themselves: calls, errors, files opened, programs\n"
    "executed, peers, addresses bound, and capabilities used where all recordings tell of them.\n"
    "A and B are recordings, replay's JSON lines or profiles, in any mix; of profiles and\n"
    "recordings the calls alone are compared. A folder stands for the files in it: as many runs.\n"
    "With several runs a side (a1 a2 -- b1 b2) an item is a difference when all runs of one side\n"
    "have it and none of the other: what comes and goes between equal runs is noise.\n"
    "`-` only in A, `+` only in B, `~` a count that changed much, which makes no difference.\n"
    "Exit code: 0 the same, 1 they differ, 2 trouble.",
    "  ctrace-analyze diff old.ctr new.ctr\n"
    "  ctrace-analyze diff --args a1.ctr a2.ctr a3.ctr -- b1.ctr b2.ctr\n"
    "  ctrace-analyze diff monday/ tuesday/\n"
    "  ctrace-analyze diff --calls yesterday.ctr today.ctr\n"
    "  ctrace-analyze diff seccomp.json run.ctr"};

Result<RunItems> load_run(const std::string& file, const DiffOptions& options, Scope& scope,
                          int& exit_code) {
  constexpr size_t kBeginning = 16 << 20;
  if (auto reader = open_recording(file); reader) {
    const Chosen chosen = scope.choose(**reader);
    auto items = options.calls ? Result<RunItems>(calls_of(**reader, chosen, options.choice))
                               : items_of(**reader, chosen, options.choice);
    exit_code = std::max(exit_code, tell_state(file, **reader));
    if (!options.calls || !(*reader)->has_tallies()) tell_loss(file, **reader);
    if (items && items->items.empty()) {
      return unexpected("no call of a container is in '" + file + "'");
    }
    return items;
  } else if (reader.error().kind != Error::Kind::kNotARecording) {
    return unexpected(reader.error());
  }
  auto text = read_text_file(file, kBeginning);
  if (!text) return unexpected(text.error());
  if (!looks_like_profile(*text)) {
    return unexpected("'" + file + "' is neither a recording nor a profile");
  }
  auto profile = load_profile(file, ProfileSetting::docker_default());
  if (!profile) return unexpected(profile.error());
  if (!profile->profile)
    return unexpected("'" + file + "' is a filter: it has no names to compare");
  if (options.choice.by != ItemsBy::kAll) {
    return unexpected(Error::Kind::kUsage, "--by is for recordings: '" + file + "' is a profile");
  }
  return items_of(*profile->profile, options.choice);
}

Result<std::vector<RunItems>> load_side(const Words& files, const DiffOptions& options,
                                        Scope& scope, int& exit_code) {
  auto expanded = expand_folders(files);
  if (!expanded) return unexpected(expanded.error());
  std::vector<RunItems> runs;
  for (const std::string& file : *expanded) {
    auto run = load_run(file, options, scope, exit_code);
    if (!run) return unexpected(run.error());
    if (run->is_cut) {
      tell(kProgram, "'" + file + "' has more than " + std::to_string(RunItems::kMaxItems) +
                         " different items: the rest is not compared");
      exit_code = kExitTrouble;
    }
    runs.push_back(std::move(*run));
  }
  return runs;
}

}  // namespace

int run_diff(const Subcommand& self, const Words& words) {
  DiffOptions options;
  Words left = words, b = take_command(left);
  CommandLine line = read_command_line(self, diff_options(options), left,
                                       std::numeric_limits<size_t>::max(), kHelp);
  if (line.exit_code) return *line.exit_code;
  if (options.calls && (options.choice.args || options.choice.by == ItemsBy::kProcess)) {
    return fail(kProgram, {Error::Kind::kUsage, "--calls knows neither arguments nor processes"});
  }
  if (b.empty() && line.files.size() == 2) {
    b.push_back(line.files.back());
    line.files.pop_back();
  }
  if (b.empty()) {
    return fail(kProgram, {Error::Kind::kUsage, "needs two files, or files -- files (try --help)"});
  }
  Scope scope(options.containers);
  int exit_code = kExitYes;
  auto runs_a = load_side(line.files, options, scope, exit_code);
  if (!runs_a) return fail(kProgram, runs_a.error());
  auto runs_b = load_side(b, options, scope, exit_code);
  if (!runs_b) return fail(kProgram, runs_b.error());
  if (auto found = scope.all_found(); !found) return fail(kProgram, found.error());
  const RunDiff diff = diff_runs(*runs_a, *runs_b, options.rules);
  OutputBuffer out(1);
  if (options.json) {
    out.append(diff_json(diff).dump(2) + '\n');
  } else {
    print_diff(diff, out);
  }
  return finish_output(out, std::max(exit_code, diff.differ() ? kExitNo : kExitYes));
}

}  // namespace ctrace
