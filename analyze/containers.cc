#include "analyze/containers.h"

#include <algorithm>
#include <map>

#include "analyze/subcommand.h"
#include "format/catalogue/catalogue.h"
#include "format/decode/decode.h"
#include "format/print/text_table.h"
#include "format/print/wall_clock.h"

namespace ctrace {
namespace {

using nlohmann::ordered_json;

std::string signal_text(uint32_t number) {
  OutputBuffer out(-1);
  if (!append_decoded(Kind::signal, number, out)) out.append_decimal(number);
  return out.text();
}

std::string status_of(const Container& container) {
  if (container.ended_ns != 0) {
    const uint32_t signal = container.wait_status & 0x7f;
    if (signal != 0) return "killed (" + signal_text(signal) + ")";
    return "exited (" + std::to_string(container.wait_status >> 8 & 0xff) + ")";
  }
  return container.stopped_ns != 0 ? "ended" : "running";
}

std::string utc_time(uint64_t time_ns, const RecordingHeader& header) {
  if (time_ns == 0) return "";
  char text[WallClock::kUtcSize];
  WallClock(header).put_utc(time_ns, text);
  return {text, sizeof text};
}

std::string local_time(uint64_t time_ns, const RecordingHeader& header) {
  if (time_ns == 0) return "-";
  char text[WallClock::kLocalSize];
  WallClock(header).put_local(time_ns, text);
  return {text, sizeof text};
}

ordered_json time_json(uint64_t time_ns, const RecordingHeader& header) {
  return time_ns == 0 ? ordered_json(nullptr) : ordered_json(utc_time(time_ns, header));
}

ordered_json exit_json(const Container& container) {
  if (container.ended_ns == 0) return nullptr;
  const uint32_t signal = container.wait_status & 0x7f;
  return {{"code", container.wait_status >> 8 & 0xff},
          {"signal", signal ? ordered_json(signal_text(signal)) : ordered_json(nullptr)}};
}

ordered_json report_json(const ContainerReport& report, const RecordingHeader& header) {
  const Container& c = report.container;
  ordered_json labels = ordered_json::array(), facts = ordered_json::array();
  for (const auto& [key, value] : c.attributes)
    labels.push_back({{"key", escaped(key)}, {"value", escaped(value)}});
  for (const Fact& fact : c.facts)
    facts.push_back({{"key", escaped(fact.key)},
                     {"value", escaped(fact.value)},
                     {"source", escaped(fact.source)}});
  return {{"index", c.index},
          {"id", escaped(c.id)},
          {"name", escaped(c.name)},
          {"image", escaped(c.image)},
          {"engine", escaped(c.engine)},
          {"runtime", escaped(c.runtime)},
          {"cgroup", escaped(c.cgroup_path)},
          {"status", report.status},
          {"exit", exit_json(c)},
          {"existing", c.existing},
          {"started", time_json(c.started_ns, header)},
          {"ended", time_json(c.ended_ns ? c.ended_ns : c.stopped_ns, header)},
          {"first_seen", time_json(report.first_ns, header)},
          {"last_seen", time_json(report.last_ns, header)},
          {"events", report.events},
          {"calls", report.calls},
          {"denied", report.denied},
          {"lost", report.lost},
          {"no_new_privs", c.no_new_privs},
          {"seccomp_mode", c.seccomp_mode},
          {"labels", std::move(labels)},
          {"facts", std::move(facts)}};
}

}  // namespace

Result<std::vector<ContainerReport>> gather_containers(RecordingReader& reader,
                                                       const Chosen& chosen) {
  std::map<uint32_t, ContainerReport> reports;
  const auto take = [&](const Event& event) {
    if (event.task->container == nullptr) return true;
    const uint32_t index = event.task->container->index;
    if (!chosen.containers.contains(index)) return true;
    ContainerReport& report = reports[index];
    ++report.events;
    report.denied += is_refused(event.denied);
    if (report.first_ns == 0) report.first_ns = event.time_ns;
    report.last_ns = std::max(report.last_ns, event.time_ns);
    return true;
  };
  const Result<void> read = reader.read({}, take);
  for (const auto& [index, container] : reader.containers()) {
    if (!chosen.containers.contains(index)) continue;
    reports[index].container = container;
    reports[index].status = status_of(container);
  }
  for (const CallCount& row : reader.call_counts()) {
    const auto found = reports.find(row.container);
    const bool is_call = row.event_id < kSyscallIds || row.event_id >= kForeignBase;
    if (found != reports.end() && is_call) found->second.calls += row.count;
  }
  for (const DropRow& row : reader.drops()) {
    if (const auto found = reports.find(row.container); found != reports.end())
      found->second.lost += row.counts.records();
  }
  if (!read) return unexpected(read.error());
  std::vector<ContainerReport> list;
  for (auto& [index, report] : reports) list.push_back(std::move(report));
  return list;
}

ordered_json containers_json(const std::vector<ContainerReport>& reports,
                             const RecordingHeader& header) {
  ordered_json json = ordered_json::array();
  for (const ContainerReport& report : reports) json.push_back(report_json(report, header));
  return json;
}

void print_containers(const std::vector<ContainerReport>& reports, const RecordingHeader& header,
                      OutputBuffer& out) {
  const auto cell = [](std::string_view text) { return text.empty() ? "-" : escaped(text); };
  std::vector<TextRow> rows = {{"CONTAINER ID", "NAME", "IMAGE", "ENGINE", "EVENTS", "CALLS",
                                "DENIED", "LOST", "FIRST SEEN", "LAST SEEN", "STATUS"}};
  for (const ContainerReport& report : reports) {
    const Container& c = report.container;
    rows.push_back({cell(c.short_id()), cell(c.name), cell(c.image),
                    cell(c.engine.empty() ? c.runtime : c.engine), std::to_string(report.events),
                    std::to_string(report.calls), std::to_string(report.denied),
                    std::to_string(report.lost), local_time(report.first_ns, header),
                    local_time(report.last_ns, header), report.status});
  }
  print_rows(rows, out);
}

int run_containers(const Subcommand& self, const Words& words) {
  bool json = false;
  std::vector<std::string> names;
  OptionGroup own{
      "WHAT TO SHOW",
      {container_option(names),
       flag_option("json", "a JSON array, an object a container, with labels and facts", json)}};
  constexpr HelpText kHelp = {
      "Exit code: 0, or 2 when the recording is damaged (what is whole is told).",
      "  ctrace-analyze containers run.ctr\n"
      "  ctrace-analyze containers --json run.ctr | jq '.[].labels'"};
  const CommandLine line = read_command_line(self, std::move(own), words, 1, kHelp);
  if (line.exit_code) return *line.exit_code;
  const std::string& file = line.files.front();
  auto reader = RecordingReader::open(file);
  if (!reader) return fail(kProgram, reader.error());
  Scope scope(names);
  const Chosen chosen = scope.choose(**reader);
  if (auto found = scope.all_found(); !found) return fail(kProgram, found.error());
  auto reports = gather_containers(**reader, chosen);
  if (!reports) return fail(kProgram, reports.error());
  const int exit_code = tell_state(file, **reader);
  OutputBuffer out(1);
  if (json) {
    out.append(containers_json(*reports, (*reader)->header()).dump(2));
    out.append('\n');
  } else {
    print_containers(*reports, (*reader)->header(), out);
  }
  return finish_output(out, exit_code);
}

}  // namespace ctrace
