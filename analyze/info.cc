#include "analyze/info.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <map>

#include "analyze/subcommand.h"

namespace ctrace {
namespace {

using nlohmann::ordered_json;

constexpr uint64_t kSecond_ns = 1'000'000'000;

uint64_t duration_of(RecordingReader& reader) {
  // The trailer knows when the recorder stopped; without one the last event is what is known.
  const uint64_t end_ns =
      reader.totals().end_ns != 0 ? reader.totals().end_ns : reader.time_range_ns().second;
  const uint64_t begin_ns = reader.header().monotonic_ns;
  return end_ns > begin_ns ? end_ns - begin_ns : 0;
}

// "2025-11-23T18:16:00.123456789+01:00" in the recorder's local time.
std::string start_time(const RecordingHeader& header) {
  const int offset_min = header.utc_offset_s / 60;
  const auto local = static_cast<time_t>(header.realtime_ns / kSecond_ns) + header.utc_offset_s;
  std::tm parts = {};
  gmtime_r(&local, &parts);
  char date[64];
  std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
  char text[128];
  std::snprintf(text, sizeof text, "%s.%09llu%c%02d:%02d", date,
                static_cast<unsigned long long>(header.realtime_ns % kSecond_ns),
                offset_min < 0 ? '-' : '+', std::abs(offset_min) / 60, std::abs(offset_min) % 60);
  return text;
}

std::string fixed(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

ordered_json escaped_list(const std::vector<std::string>& words) {
  ordered_json list = ordered_json::array();
  for (const std::string& word : words) list.push_back(escaped(word));
  return list;
}

std::string escaped_line(const std::vector<std::string>& words, std::string_view when_empty) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + escaped(word);
  return line.empty() ? std::string(when_empty) : line;
}

ordered_json container_json(const ContainerInfo& row) {
  const Container& c = row.container;
  return {{"index", c.index},
          {"id", escaped(c.id)},
          {"name", escaped(c.name)},
          {"image", escaped(c.image)},
          {"runtime", escaped(c.runtime)},
          {"engine", escaped(c.engine)},
          {"events", row.events},
          {"existing", c.existing},
          {"started_ns", c.started_ns},
          {"stopped_ns", c.stopped_ns},
          {"no_new_privs", c.no_new_privs},
          {"seccomp_mode", c.seccomp_mode},
          {"cgroup", escaped(c.cgroup_path)}};
}

ordered_json loss_json(const DropCounts& counts) {
  return {{"calls", counts.dropped[0]},          {"lifecycle", counts.dropped[1]},
          {"reentered", counts.dropped[2]},      {"cgroups_not_taken_in", counts.dropped[3]},
          {"payloads_not_read", counts.shed[0]}, {"texts_not_read", counts.shed[1]}};
}

ordered_json cpus_json(const RecordingTotals& totals) {
  ordered_json cpus = ordered_json::array();
  for (const CpuTotals& cpu : totals.cpus) {
    ordered_json row = {
        {"produced", cpu.produced}, {"received", cpu.received}, {"dropped", cpu.dropped}};
    row.update(loss_json(cpu.classes));
    cpus.push_back(std::move(row));
  }
  return cpus;
}

ordered_json drops_json(const std::vector<DropRow>& drops) {
  ordered_json rows = ordered_json::array();
  for (const DropRow& drop : drops) {
    ordered_json row = {{"container_index", drop.container}, {"phase", phase_name(drop.phase)}};
    row.update(loss_json(drop.counts));
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string_view checks_name(CapabilityChecks checks) {
  constexpr std::string_view kNames[] = {"no", "all", "audited", "refused"};
  return kNames[static_cast<size_t>(checks)];
}

void print_line(std::string_view label, const std::string& value, OutputBuffer& out) {
  constexpr size_t kLabelWidth = 12;
  const size_t start = out.size();
  out.append(label);
  out.pad(start, kLabelWidth);
  out.append(value);
  out.append('\n');
}

// "12 calls, 3 lifecycle, 4 texts not read": what there is of it.
std::string loss_text(const DropCounts& counts) {
  std::string text;
  const auto item = [&text](uint64_t count, std::string_view what) {
    if (count == 0) return;
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + std::string(what);
  };
  for (size_t i = 0; i < std::size(kDropClassNames); ++i)
    item(counts.dropped[i], kDropClassNames[i]);
  item(counts.shed[0], "payloads not read");
  item(counts.shed[1], "texts not read");
  return text;
}

// By class, by container, and what else went wrong; nothing when nothing did.
void print_losses(const RecordingInfo& info, OutputBuffer& out) {
  const RecordingTotals& totals = info.totals;
  if (totals.drops().any()) print_line("lost what", loss_text(totals.drops()), out);
  for (const DropRow& drop : info.drops) {
    std::string name = "none";
    for (const ContainerInfo& row : info.containers) {
      if (row.container.index == drop.container)
        name = escaped(row.container.name.empty() ? row.container.id : row.container.name);
    }
    print_line("lost by",
               name + " (" + std::string(phase_name(drop.phase)) + "): " + loss_text(drop.counts),
               out);
  }
  std::string full;
  const auto item = [&full](uint64_t count, std::string_view what) {
    if (count) full += (full.empty() ? "" : ", ") + std::to_string(count) + std::string(what);
  };
  item(totals.full_members, " times a table had no room for a task");
  item(totals.full_cgroups, " times for a new cgroup");
  item(totals.full_tallies, " times for a tally");
  item(totals.untallied, " calls in no tally");
  item(totals.ringless, " records on CPUs without a ring");
  item(totals.recursion_misses, " times a program ran already");
  if (!full.empty()) print_line("missed", full, out);
}

using Row = std::array<std::string, 5>;

Row container_row(const ContainerInfo& info) {
  const auto cell = [](std::string_view text) { return text.empty() ? "-" : escaped(text); };
  const Container& c = info.container;
  return {cell(c.short_id()), cell(c.name), cell(c.image), cell(c.runtime),
          std::to_string(info.events)};
}

void print_containers(const RecordingInfo& info, OutputBuffer& out) {
  std::vector<Row> rows = {{"CONTAINER ID", "NAME", "IMAGE", "RUNTIME", "EVENTS"}};
  for (const ContainerInfo& container : info.containers) rows.push_back(container_row(container));
  std::array<size_t, std::tuple_size_v<Row>> widths = {};
  for (const Row& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  out.append('\n');
  for (const Row& row : rows) {
    for (size_t i = 0; i + 1 < row.size(); ++i) {
      const size_t start = out.size();
      out.append(row[i]);
      out.pad(start, widths[i] + 2);
    }
    out.append(row.back());
    out.append('\n');
  }
}

}  // namespace

double RecordingInfo::bytes_per_event() const {
  return totals.events == 0 ? 0 : static_cast<double>(bytes) / static_cast<double>(totals.events);
}

RecordingInfo gather_info(const std::string& file, RecordingReader& reader) {
  RecordingInfo info{.file = file,
                     .header = reader.header(),
                     .totals = reader.totals(),
                     .state = reader.state(),
                     .bytes = reader.file_size(),
                     .duration_ns = duration_of(reader),
                     .containers = {},
                     .drops = reader.drops()};
  std::map<uint32_t, uint64_t> events;
  for (const CallCount& row : reader.call_counts()) events[row.container] += row.count;
  info.host_events = events[0];
  for (const auto& [index, container] : reader.containers()) {
    info.containers.push_back({container, events[index]});
  }
  return info;
}

ordered_json info_json(const RecordingInfo& info) {
  const RecordingHeader& header = info.header;
  const RecordingTotals& totals = info.totals;
  ordered_json json = {
      {"file", escaped(info.file)},
      {"state", state_name(info.state)},
      {"events", totals.events},
      {"lost", totals.lost},
      {"bytes", info.bytes},
      {"bytes_per_event", std::round(info.bytes_per_event() * 1000) / 1000},
      {"duration_ns", info.duration_ns},
      {"started", start_time(header)},
      {"tool_version", escaped(header.tool_version)},
      {"host", escaped(header.host_name)},
      {"kernel", escaped(header.kernel_release)},
      {"architecture", escaped(header.architecture)},
      {"boot_id", escaped(header.boot_id)},
      {"cpu_count", header.cpu_count},
      {"command_line", escaped_list(header.command_line)},
      {"filters", escaped_list(header.filters)},
      {"command_mode", header.command_mode},
      {"capability_checks", checks_name(header.capability_checks)},
      {"durations", header.durations},
      {"host_events", info.host_events},
      {"unreadable_texts", totals.unreadable_texts},
      {"cut_texts", totals.cut_texts},
      {"recursion_misses", totals.recursion_misses},
      {"undecided_denials", totals.undecided_denials},
      {"undecided_dropped", totals.undecided_dropped},
      {"untallied", totals.untallied},
      {"full_tables",
       {{"tasks", totals.full_members},
        {"cgroups", totals.full_cgroups},
        {"tallies", totals.full_tallies}}},
      {"ringless", totals.ringless},
      {"eased_blocks", totals.eased_blocks},
      {"freezes", totals.freezes},
      {"frozen_ns", totals.frozen_ns},
      {"cpus", cpus_json(totals)},
      {"lost_by", drops_json(info.drops)},
  };
  json["containers"] = ordered_json::array();
  for (const ContainerInfo& row : info.containers)
    json["containers"].push_back(container_json(row));
  return json;
}

void print_info(const RecordingInfo& info, OutputBuffer& out) {
  const RecordingHeader& header = info.header;
  const RecordingTotals& totals = info.totals;
  print_line("file", info.file + ", " + state_name(info.state), out);
  print_line("recorded",
             start_time(header) + ", " +
                 fixed(static_cast<double>(info.duration_ns) / kSecond_ns, 3) + " s",
             out);
  print_line("by", "ctrace-record " + escaped(header.tool_version), out);
  print_line("on",
             escaped(header.host_name) + ", Linux " + escaped(header.kernel_release) + " " +
                 escaped(header.architecture) + ", " + std::to_string(header.cpu_count) + " CPUs",
             out);
  print_line("boot id", escaped(header.boot_id), out);
  print_line("command", escaped_line(header.command_line, "-"), out);
  print_line("filters", escaped_line(header.filters, "none"), out);
  if (header.durations) print_line("durations", "of calls are recorded", out);
  if (header.capability_checks == CapabilityChecks::kRefused)
    print_line("checks", "of capabilities are missing: the kernel refused the program for them",
               out);
  print_line("events",
             std::to_string(totals.events) +
                 "; counted outside of containers: " + std::to_string(info.host_events),
             out);
  print_line("lost",
             std::to_string(totals.lost) + " events; texts: " + std::to_string(totals.cut_texts) +
                 " cut, " + std::to_string(totals.unreadable_texts) + " unreadable",
             out);
  print_losses(info, out);
  if (totals.undecided_denials != 0) {
    print_line("denied",
               "of " + std::to_string(totals.undecided_denials) +
                   " calls under seccomp it is not known whether it refused them",
               out);
  }
  if (totals.freezes > 0)
    print_line("frozen",
               std::to_string(totals.freezes) + " times by --lossless, " +
                   fixed(static_cast<double>(totals.frozen_ns) / kSecond_ns, 3) + " s in all",
               out);
  print_line(
      "size",
      std::to_string(info.bytes) + " bytes, " + fixed(info.bytes_per_event(), 2) + " bytes/event",
      out);
  if (totals.eased_blocks) {
    print_line("compressed",
               std::to_string(totals.eased_blocks) + " blocks less than asked for, to keep up",
               out);
  }
  print_line("containers", std::to_string(info.containers.size()), out);
  if (!info.containers.empty()) print_containers(info, out);
}

int run_info(const Subcommand& self, const Words& words) {
  bool json = false;
  OptionGroup own{"OUTPUT",
                  {{"json", "", "", "one JSON object instead of text", [&json](const std::string&) {
                      json = true;
                      return Result<void>();
                    }}}};
  constexpr HelpText kHelp = {
      "Exit code: 0, or 2 when the recording is damaged (what is whole is told).",
      "  ctrace-analyze info run.ctr\n  ctrace-analyze info --json run.ctr | jq .lost"};
  const CommandLine line = read_command_line(self, std::move(own), words, 1, kHelp);
  if (line.exit_code) return *line.exit_code;
  const std::string& file = line.files.front();
  auto reader = RecordingReader::open(file);
  if (!reader) return fail(kProgram, reader.error());
  const RecordingInfo info = gather_info(file, **reader);
  const int exit_code = tell_state(file, **reader);
  OutputBuffer out(1);
  if (json) {
    out.append(info_json(info).dump(2));
    out.append('\n');
  } else {
    print_info(info, out);
  }
  return finish_output(out, exit_code);
}

}  // namespace ctrace
