// ctrace-record ls: the containers that run, of every engine, in one table.
#include <unistd.h>

#include <ctime>
#include <nlohmann/json.hpp>

#include "format/options/common_options.h"
#include "format/options/program.h"
#include "format/print/escape.h"
#include "format/print/text_table.h"
#include "record/cgroup_hierarchy.h"
#include "record/container_list.h"
#include "record/metadata/engine_api.h"
#include "record/self_confinement.h"
#include "record/subcommands.h"

namespace ctrace {
namespace {

constexpr const char* kProgram = "ctrace-record ls";
constexpr std::string_view kUsage = "[OPTION...]";
constexpr std::string_view kNotes =
    R"(Containers are told by their cgroups, so those of a bare runtime are listed as well.
What is not known is shown as -. STATUS is running, paused, or empty: a cgroup whose
last process is gone.)";
constexpr std::string_view kExamples =
    R"(  ctrace-record ls
  ctrace-record ls --json | jq -r '.[] | select(.engine == "docker") | .name')";

std::string safe(std::string_view bytes) {
  OutputBuffer buffer(-1);
  append_escaped(bytes, buffer);
  return std::string(buffer.text());
}

std::string or_dash(std::string text) { return text.empty() ? "-" : text; }

// Cut at a whole character, with an ellipsis: a command line may be of any length.
std::string shortened(const std::string& text, size_t most) {
  if (text.size() <= most) return text;
  size_t end = most - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : std::string(between)) + word;
  return line;
}

std::string local_time(uint64_t time_s, const char* form) {
  if (!time_s) return "";
  const auto time = static_cast<time_t>(time_s);
  std::tm parts = {};
  localtime_r(&time, &parts);
  char text[64];
  std::strftime(text, sizeof text, form, &parts);
  return text;
}

std::string_view status_of(const ListedContainer& row) {
  if (!row.pid) return "empty";
  return row.paused ? "paused" : "running";
}

void print_table(const std::vector<ListedContainer>& list, OutputBuffer& out) {
  constexpr size_t kCommandWidth = 32;
  std::vector<TextRow> rows = {{"CONTAINER ID", "NAME", "IMAGE", "ENGINE", "COMMAND", "STARTED",
                                "STATUS", "PID", "PORTS/ADDRESS"}};
  for (const ListedContainer& row : list) {
    const Container& c = row.container;
    std::vector<std::string> reachable = row.addresses;
    reachable.insert(reachable.end(), row.ports.begin(), row.ports.end());
    rows.push_back({or_dash(safe(c.short_id())), or_dash(safe(c.name.empty() ? c.id : c.name)),
                    or_dash(safe(c.image)), or_dash(safe(c.engine.empty() ? c.runtime : c.engine)),
                    or_dash(shortened(safe(joined(row.argv, " ")), kCommandWidth)),
                    or_dash(local_time(row.started_s, "%Y-%m-%d %H:%M:%S")),
                    std::string(status_of(row)), row.pid ? std::to_string(row.pid) : "-",
                    or_dash(safe(joined(reachable, ", ")))});
  }
  print_rows(rows, out);
}

void append_strings(std::string_view key, const std::vector<std::string>& values,
                    OutputBuffer& out) {
  out.append(",\"");
  out.append(key);
  out.append("\":[");
  for (size_t i = 0; i < values.size(); ++i) {
    if (i) out.append(',');
    append_json_string(values[i], out);
  }
  out.append(']');
}

void append_text(std::string_view key, std::string_view value, OutputBuffer& out) {
  out.append(",\"");
  out.append(key);
  out.append("\":");
  if (value.empty())
    out.append("null");
  else
    append_json_string(value, out);
}

// "facts":[{"key":…,"value":…,"source":…},…], as `ctrace-analyze containers --json` has them.
void append_object(std::string_view before,
                   std::initializer_list<std::pair<std::string_view, std::string_view>> members,
                   OutputBuffer& out) {
  out.append(before);
  std::string_view separator = "{";
  for (const auto& [key, value] : members) {
    out.append(separator);
    append_json_string(key, out);
    out.append(':');
    append_json_string(value, out);
    separator = ",";
  }
  out.append('}');
}

void append_facts(const Container& container, OutputBuffer& out) {
  std::string_view before = "";
  out.append(",\"labels\":[");
  for (const auto& [key, value] : container.attributes) {
    append_object(before, {{"key", key}, {"value", value}}, out);
    before = ",";
  }
  before = "";
  out.append("],\"facts\":[");
  for (const Fact& fact : container.facts) {
    append_object(before, {{"key", fact.key}, {"value", fact.value}, {"source", fact.source}}, out);
    before = ",";
  }
  out.append(']');
}

void print_json(const std::vector<ListedContainer>& list, OutputBuffer& out) {
  out.append('[');
  for (size_t i = 0; i < list.size(); ++i) {
    const ListedContainer& row = list[i];
    const Container& c = row.container;
    out.append(i ? ",\n {\"id\":" : "\n {\"id\":");
    append_json_string(c.id, out);
    append_text("shortId", c.short_id(), out);
    append_text("name", c.name.empty() ? c.id : c.name, out);
    append_text("image", c.image, out);
    append_text("engine", c.engine, out);
    append_text("runtime", c.runtime, out);
    append_strings("command", row.argv, out);
    append_text("started", local_time(row.started_s, "%Y-%m-%dT%H:%M:%S%z"), out);
    append_text("status", status_of(row), out);
    out.append(",\"pid\":");
    out.append_decimal(row.pid);
    append_text("cgroup", c.cgroup_path, out);
    append_strings("addresses", row.addresses, out);
    append_strings("ports", row.ports, out);
    append_facts(c, out);
    out.append('}');
  }
  out.append(list.empty() ? "]\n" : "\n]\n");
}

}  // namespace

int run_ls(const std::vector<std::string>& words) {
  bool json = false;
  std::string host_root;
  std::vector<std::string> sockets;
  GeneralFlags flags;
  ProgramOptions table;
  table.program = kProgram;
  table.purpose = "list the containers that run";
  table.usage = kUsage;
  table.notes = kNotes;
  table.examples = kExamples;
  table.groups = {
      {"WHAT TO SHOW",
       {{"json", "", "", "a JSON array, an object a container",
         [&](const std::string&) {
           json = true;
           return Result<void>();
         }},
        {"container", "c", "", "containers, which is what is listed anyway",
         [](const std::string&) { return Result<void>(); }},
        {"host-root", "", "DIR", "where the host's /proc, /sys, /run and /var are seen (/)",
         [&](const std::string& text) {
           host_root = text;
           return Result<void>();
         }},
        {"api-socket", "", "PATH",
         "a further socket of a Docker-compatible API to ask, beside /run/docker.sock and "
         "/run/podman/podman.sock; none: ask nobody",
         [&](const std::string& path) {
           sockets.push_back(path);
           return Result<void>();
         }}}},
      general_options(flags)};
  auto rest = parse_options(table, words);
  if (!rest) return fail(kProgram, rest.error());
  if (general_flags_answered(table, flags)) return 0;
  if (!rest->empty())
    return fail(kProgram, {Error::Kind::kUsage, "unexpected word '" + rest->front() + "'"});
  if (find_cgroup_hierarchy(host_root).mount.empty())
    return fail(kProgram, Error("no cgroup hierarchy is mounted: containers are told by it"));
  const auto api =
      has_powers_by_file() ? nullptr : EngineApi::start(host_root, api_sockets(sockets));
  const std::vector<ListedContainer> list = list_containers(host_root, api.get());
  OutputBuffer out(STDOUT_FILENO);
  if (json)
    print_json(list, out);
  else
    print_table(list, out);
  const auto written = out.flush();
  if (written || out.pipe_closed()) return 0;
  return fail(kProgram, written.error());
}

}  // namespace ctrace
