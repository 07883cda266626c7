#include "analyze/coverage.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>

#include "analyze/json_lines_reader.h"
#include "analyze/subcommand.h"
#include "format/print/text_table.h"

namespace ctrace {
namespace {

using nlohmann::ordered_json;

std::string fixed(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

// Chao2's variance: with Q2 the classic one, else that of the bias-corrected form.
double variance(double q1, double q2, double share, double total) {
  if (q2 > 0) {
    const double r = q1 / q2;
    return q2 * (share / 2 * r * r + share * share * r * r * r + share * share / 4 * r * r * r * r);
  }
  return std::max(0.0, share * q1 * (q1 - 1) / 2 +
                           share * share * q1 * (2 * q1 - 1) * (2 * q1 - 1) / 4 -
                           share * share * q1 * q1 * q1 * q1 / (4 * total));
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + escaped(word);
  return text.empty() ? "-" : text;
}

}  // namespace

Estimate estimate(const std::map<std::string, uint64_t>& samples_of, uint64_t samples) {
  constexpr double k95 = 1.959964;
  Estimate made;
  made.samples = samples;
  made.seen = samples_of.size();
  for (const auto& [name, count] : samples_of) {
    made.incidences += count;
    made.in_one += count == 1 ? 1 : 0;
    made.in_two += count == 2 ? 1 : 0;
  }
  if (samples < 2 || made.incidences == 0) return made;
  made.is_possible = true;
  const auto q1 = static_cast<double>(made.in_one), q2 = static_cast<double>(made.in_two);
  const auto m = static_cast<double>(samples), seen = static_cast<double>(made.seen);
  const double share = (m - 1) / m;
  const double divisor = (m - 1) * q1 + 2 * q2;
  made.coverage =
      divisor == 0 ? 1 : 1 - q1 / static_cast<double>(made.incidences) * ((m - 1) * q1 / divisor);
  const double unseen = q2 > 0 ? share * q1 * q1 / (2 * q2) : share * q1 * (q1 - 1) / 2;
  made.total = seen + unseen;
  made.low = made.high = made.total;
  if (unseen <= 0) return made;
  const double spread = std::exp(
      k95 * std::sqrt(std::log(1 + variance(q1, q2, share, made.total) / unseen / unseen)));
  made.low = seen + unseen / spread;
  made.high = seen + unseen * spread;
  return made;
}

Result<void> Coverage::add(const std::string& file, RecordingReader& reader, const Chosen& chosen) {
  std::map<std::string, std::set<uint64_t>> found;  // call -> processes
  std::map<std::string, uint64_t> first_ns;
  std::set<uint64_t> processes;
  const uint64_t begin_ns = reader.header().monotonic_ns;
  auto read = reader.read({}, [&](const Event& event) {
    if (!event.type->is_syscall || !is_own(*event.task, chosen)) return true;
    const uint64_t at_ns = event.time_ns > begin_ns ? event.time_ns - begin_ns : 0;
    longest_ns_ = std::max(longest_ns_, at_ns);
    processes.insert(event.task->pid);
    found[event.type->name].insert(event.task->pid);
    const auto [row, is_new] = first_ns.try_emplace(event.type->name, at_ns);
    if (!is_new) row->second = std::min(row->second, at_ns);
    return true;
  });
  if (!read) return read;
  Run run{file, found.size(), 0, 0};
  for (const auto& [name, makers] : found) {
    const auto [row, is_new] = seen_.try_emplace(name);
    Seen& seen = row->second;
    seen.first_ns = is_new ? first_ns[name] : std::min(seen.first_ns, first_ns[name]);
    ++seen.runs;
    seen.processes += makers.size();
    run.fresh += is_new ? 1 : 0;
  }
  run.total = seen_.size();
  processes_ += processes.size();
  runs_.push_back(std::move(run));
  return {};
}

std::map<std::string, uint64_t> Coverage::samples_of() const {
  std::map<std::string, uint64_t> samples;
  for (const auto& [name, seen] : seen_) samples[name] = by_run() ? seen.runs : seen.processes;
  return samples;
}

Estimate Coverage::result() const {
  return estimate(samples_of(), by_run() ? runs_.size() : processes_);
}

std::vector<std::string> Coverage::rare() const {
  std::vector<std::string> names;
  for (const auto& [name, count] : samples_of()) {
    if (count == 1) names.push_back(name);
  }
  return names;
}

std::vector<uint64_t> Coverage::curve() const {
  std::vector<uint64_t> counts(kSlices, 0);
  for (const auto& [name, seen] : seen_) {
    for (size_t i = 0; i < kSlices; ++i) {
      counts[i] += seen.first_ns <= longest_ns_ / kSlices * (i + 1) || i + 1 == kSlices ? 1 : 0;
    }
  }
  return counts;
}

ordered_json coverage_json(const Coverage& coverage) {
  const Estimate made = coverage.result();
  ordered_json json = {{"samples_are", coverage.by_run() ? "recordings" : "processes"},
                       {"samples", made.samples},
                       {"calls", made.seen},
                       {"in_one_sample", made.in_one},
                       {"in_two_samples", made.in_two}};
  const auto number = [&](double value) {
    return made.is_possible ? ordered_json(std::round(value * 10000) / 10000) : ordered_json();
  };
  json["coverage"] = number(made.coverage);
  json["estimated_calls"] = {
      {"total", number(made.total)}, {"low", number(made.low)}, {"high", number(made.high)}};
  json["recordings"] = ordered_json::array();
  for (const Coverage::Run& run : coverage.runs()) {
    json["recordings"].push_back({{"file", escaped(run.file)},
                                  {"calls", run.calls},
                                  {"new", run.fresh},
                                  {"total", run.total}});
  }
  json["seen_by_tenth"] = coverage.curve();
  json["rare"] = ordered_json::array();
  for (const std::string& name : coverage.rare()) json["rare"].push_back(escaped(name));
  return json;
}

void print_coverage(const Coverage& coverage, OutputBuffer& out) {
  const Estimate made = coverage.result();
  std::vector<TextRow> rows = {{"CALLS", "NEW", "TOTAL", "RECORDING"}};
  for (const Coverage::Run& run : coverage.runs()) {
    rows.push_back({std::to_string(run.calls), std::to_string(run.fresh), std::to_string(run.total),
                    escaped(run.file)});
  }
  print_rows(rows, out);
  out.append("\nseen after each tenth of the time:");
  for (const uint64_t count : coverage.curve()) out.append(" " + std::to_string(count));
  out.append("\nin one sample alone: " + joined(coverage.rare()) + "\n");
  const std::string samples = std::to_string(made.samples) +
                              (coverage.by_run() ? " recordings" : " processes") + " as samples";
  if (!made.is_possible) {
    out.append("coverage: not known: " + samples + ", at least two are needed\n");
    return;
  }
  out.append("coverage: " + fixed(made.coverage * 100, 2) + " % (Good-Turing; " + samples +
             ", assumed alike and independent)\n");
  out.append("all calls of this work: at least about " + fixed(made.total, 1) + ", " +
             fixed(made.low, 1) + " to " + fixed(made.high, 1) +
             " (Chao2, 95 %); seen: " + std::to_string(made.seen) + "\n");
}

// ---- the subcommand

namespace {

struct CoverageOptions {
  std::vector<std::string> containers;
  double min_confidence = 0;
  bool json = false;
};

Result<void> take_confidence(const std::string& value, double& confidence) {
  const char* const end = value.data() + value.size();
  const auto parsed = std::from_chars(value.data(), end, confidence);
  if (parsed.ec == std::errc() && parsed.ptr == end && confidence >= 0 && confidence <= 1)
    return {};
  return unexpected(Error::Kind::kUsage,
                    "option '--min-confidence' needs a number from 0 to 1, not '" + value + "'");
}

OptionGroup coverage_options(CoverageOptions& options) {
  const auto take = [&](const std::string& value) {
    return take_confidence(value, options.min_confidence);
  };
  return {"COVERAGE",
          {container_option(options.containers),
           {"min-confidence", "", "P", "exit with 1 when the coverage is below P (0 to 1)", take},
           flag_option("json", "one JSON object", options.json)}};
}

constexpr HelpText kHelp = {
    "Samples are the recordings when there are three or more, else the processes in them. The\n"
    "coverage is the share of a further sample's calls that are known already (Good and Turing);\n"
    "the number of all calls is Chao's lower bound with its interval. Both assume samples that\n"
    "are alike and independent: work that was never recorded is not estimated.\n"
    "Exit code: 0, 1 below --min-confidence (or not known), 2 trouble.",
    "  ctrace-analyze coverage --min-confidence 0.99 a.ctr b.ctr c.ctr"};

}  // namespace

int run_coverage(const Subcommand& self, const Words& words) {
  CoverageOptions options;
  const CommandLine line = read_command_line(self, coverage_options(options), words,
                                             std::numeric_limits<size_t>::max(), kHelp);
  if (line.exit_code) return *line.exit_code;
  Scope scope(options.containers);
  Coverage coverage;
  int exit_code = kExitYes;
  for (const std::string& file : line.files) {
    auto reader = open_recording(file);
    if (!reader) return fail(kProgram, reader.error());
    auto added = coverage.add(file, **reader, scope.choose(**reader));
    if (!added) return fail(kProgram, added.error());
    exit_code = std::max(exit_code, tell_state(file, **reader));
    tell_loss(file, **reader);
  }
  if (auto found = scope.all_found(); !found) return fail(kProgram, found.error());
  const Estimate made = coverage.result();
  if (made.seen == 0) return fail(kProgram, Error("no call of a container is in the recording"));
  OutputBuffer out(1);
  if (options.json) {
    out.append(coverage_json(coverage).dump(2) + '\n');
  } else {
    print_coverage(coverage, out);
  }
  const bool enough = made.coverage >= options.min_confidence;
  return finish_output(out, std::max(exit_code, enough ? kExitYes : kExitNo));
}

}  // namespace ctrace
