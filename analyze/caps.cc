#include "analyze/caps.h"

#include <linux/capability.h>

#include <algorithm>
#include <iterator>
#include <limits>

#include "analyze/address.h"
#include "analyze/json_lines_reader.h"
#include "analyze/subcommand.h"
#include "format/catalogue/catalogue.h"
#include "format/decode/decode.h"
#include "format/print/text_table.h"

namespace ctrace {
namespace {

using nlohmann::ordered_json;

// When a call that succeeded needed its capability.
enum class When { kAlways, kLowPort, kRawSocket, kOtherNamespace };
struct NeedRow {
  std::string_view call;
  int capability;
  When when = When::kAlways;
};
// capabilities(7). Not here: what depends on whose a file or a process is.
constexpr NeedRow kNeeds[] = {
    {"acct", CAP_SYS_PACCT},
    {"bind", CAP_NET_BIND_SERVICE, When::kLowPort},
    {"chroot", CAP_SYS_CHROOT},
    {"clock_adjtime", CAP_SYS_TIME},
    {"clock_settime", CAP_SYS_TIME},
    {"clone", CAP_SYS_ADMIN, When::kOtherNamespace},
    {"delete_module", CAP_SYS_MODULE},
    {"fanotify_init", CAP_SYS_ADMIN},
    {"finit_module", CAP_SYS_MODULE},
    {"fsmount", CAP_SYS_ADMIN},
    {"fsopen", CAP_SYS_ADMIN},
    {"init_module", CAP_SYS_MODULE},
    {"ioperm", CAP_SYS_RAWIO},
    {"iopl", CAP_SYS_RAWIO},
    {"kexec_file_load", CAP_SYS_BOOT},
    {"kexec_load", CAP_SYS_BOOT},
    {"mount", CAP_SYS_ADMIN},
    {"mount_setattr", CAP_SYS_ADMIN},
    {"move_mount", CAP_SYS_ADMIN},
    {"open_by_handle_at", CAP_DAC_READ_SEARCH},
    {"pivot_root", CAP_SYS_ADMIN},
    {"quotactl", CAP_SYS_ADMIN},
    {"reboot", CAP_SYS_BOOT},
    {"setdomainname", CAP_SYS_ADMIN},
    {"setgroups", CAP_SETGID},
    {"sethostname", CAP_SYS_ADMIN},
    {"setns", CAP_SYS_ADMIN},
    {"settimeofday", CAP_SYS_TIME},
    {"socket", CAP_NET_RAW, When::kRawSocket},
    {"swapoff", CAP_SYS_ADMIN},
    {"swapon", CAP_SYS_ADMIN},
    {"umount2", CAP_SYS_ADMIN},
    {"unshare", CAP_SYS_ADMIN, When::kOtherNamespace},
    {"vhangup", CAP_SYS_TTY_CONFIG},
};

constexpr uint64_t kLowPorts = 1024;
constexpr uint64_t kNewUser = 0x10000000, kNewOthers = 0x6e020000;  // CLONE_NEW*
constexpr uint64_t kFamilyPacket = 17, kTypeRaw = 3, kTypeMask = 0xf;

bool is_needed(const NeedRow& row, const Event& event) {
  switch (row.when) {
    case When::kAlways:
      return true;
    case When::kLowPort: {
      const auto address = parse_address(event.texts[1].bytes);
      return address && address->port && *address->port != 0 && *address->port < kLowPorts;
    }
    case When::kRawSocket:
      return event.args[0] == kFamilyPacket || (event.args[1] & kTypeMask) == kTypeRaw;
    case When::kOtherNamespace:
      return (event.args[0] & kNewOthers) != 0 && (event.args[0] & kNewUser) == 0;
  }
  return false;
}

std::string joined(const std::vector<std::string>& words, const std::string& before) {
  std::string text;
  for (const std::string& word : words) text += before + word;
  return text;
}

std::string without_prefix(std::string name) { return name.substr(name.find('_') + 1); }

std::vector<std::string> short_names(CapabilitySet set) {
  std::vector<std::string> names;
  for (std::string& name : capability_names(set)) names.push_back(without_prefix(std::move(name)));
  return names;
}

std::string call_word(const std::string& call) {
  return call.empty() ? "(no call)" : escaped(call);
}

struct FormatRow {
  std::string_view name;
  CapsFormat format;
};
constexpr FormatRow kFormats[] = {
    {"table", CapsFormat::kTable},           {"oci", CapsFormat::kOci},
    {"docker", CapsFormat::kDocker},         {"systemd", CapsFormat::kSystemd},
    {"kubernetes", CapsFormat::kKubernetes}, {"names", CapsFormat::kNames},
};

}  // namespace

std::string capability_name(int capability) {
  OutputBuffer out(-1);
  append_decoded(Kind::capability, static_cast<uint64_t>(capability), out);
  const std::string word = out.text();
  return word.starts_with("CAP_") ? word : "CAP_" + std::to_string(capability);
}

std::vector<std::string> capability_names(CapabilitySet set) {
  std::vector<std::string> names;
  for (int i = 0; i < 64; ++i) {
    if (set & capability_bit(i)) names.push_back(capability_name(i));
  }
  std::ranges::sort(names);
  return names;
}

void CapabilityNeeds::add_use(const Event& event, int capability, const std::string& call,
                              uint64_t begin_ns) {
  const auto [row, is_new] = used_.try_emplace(capability);
  const uint64_t at_ns = event.time_ns > begin_ns ? event.time_ns - begin_ns : 0;
  row->second.first_ns = is_new ? at_ns : std::min(row->second.first_ns, at_ns);
  ++row->second.by[{call, event.task->comm}];
}

Result<void> CapabilityNeeds::add(RecordingReader& reader, const Chosen& chosen) {
  const bool recorded = are_recorded(reader.header().capability_checks);
  const uint64_t begin_ns = reader.header().monotonic_ns;
  is_derived_ |= !recorded;
  CapabilityUses checks;
  auto read = reader.read({}, [&](const Event& event) {
    if (!is_own(*event.task, chosen)) return true;
    ++events_;
    checks.see(event);
    if (recorded) {
      if (const auto use = checks.use_of(event)) {
        add_use(event, use->capability, use->call, begin_ns);
      }
    } else {
      derive(event, checks, begin_ns);
    }
    return true;
  });
  is_unsure_ |= checks.is_unsure();
  return read;
}

void CapabilityNeeds::derive(const Event& event, const CapabilityUses& checks, uint64_t begin_ns) {
  if (!event.type->is_syscall || event.result < 0 || is_refused(event.denied)) return;
  // In a user namespace of its own everything is allowed.
  if (!checks.is_at_home(event)) return;
  for (const NeedRow& row : kNeeds) {
    if (row.call != event.type->name || !is_needed(row, event)) continue;
    add_use(event, row.capability, event.type->name, begin_ns);
  }
}

CapabilitySet CapabilityNeeds::set() const {
  CapabilitySet set = 0;
  for (const auto& [capability, use] : used_) set |= capability_bit(capability);
  return set;
}

Result<CapsFormat> caps_format_by_name(std::string_view name) {
  const auto* row = std::ranges::find(kFormats, name, &FormatRow::name);
  if (row != std::end(kFormats)) return row->format;
  return unexpected(Error::Kind::kUsage,
                    "unknown format '" + std::string(name) +
                        "' (table, oci, docker, systemd, kubernetes or names)");
}

std::string format_capabilities(CapabilitySet set, CapsFormat format) {
  const auto names = capability_names(set);
  switch (format) {
    case CapsFormat::kTable:
      break;
    case CapsFormat::kOci: {
      const ordered_json json = {{"bounding", names}, {"effective", names}, {"permitted", names}};
      return json.dump(2) + '\n';
    }
    case CapsFormat::kDocker:
      return "--cap-drop ALL" + joined(short_names(set), " --cap-add ") + '\n';
    case CapsFormat::kSystemd:
      return "CapabilityBoundingSet=" + (names.empty() ? "" : joined(names, " ").substr(1)) + '\n';
    case CapsFormat::kKubernetes: {
      const std::string added = joined(short_names(set), "\n    - ");
      return "securityContext:\n  capabilities:\n    drop:\n    - ALL\n" +
             (added.empty() ? "" : "    add:" + added + '\n');
    }
    case CapsFormat::kNames: {
      std::string text;
      for (const std::string& name : names) text += name + '\n';
      return text;
    }
  }
  return {};
}

ordered_json capabilities_json(const CapabilityNeeds& needs) {
  ordered_json json = {{"source", needs.is_derived() ? "calls" : "checks"},
                       {"capabilities", ordered_json::array()}};
  for (const auto& [capability, use] : needs.used()) {
    ordered_json row = {{"name", capability_name(capability)},
                        {"first_ns", use.first_ns},
                        {"by", ordered_json::array()}};
    for (const auto& [who, count] : use.by) {
      row["by"].push_back(
          {{"call", call_word(who.first)}, {"process", escaped(who.second)}, {"count", count}});
    }
    json["capabilities"].push_back(std::move(row));
  }
  return json;
}

void print_capabilities(const CapabilityNeeds& needs, OutputBuffer& out) {
  std::vector<TextRow> rows = {{"CAPABILITY", "FIRST(s)", "CALL", "PROCESS", "COUNT"}};
  for (const auto& [capability, use] : needs.used()) {
    for (const auto& [who, count] : use.by) {
      rows.push_back({capability_name(capability), seconds_text(use.first_ns), call_word(who.first),
                      escaped(who.second), std::to_string(count)});
    }
  }
  if (rows.size() > 1) print_rows(rows, out);
}

// ---- the subcommand

namespace {

struct CapsOptions {
  std::vector<std::string> containers;
  CapsFormat format = CapsFormat::kTable;
  bool json = false;
};

OptionGroup caps_options(CapsOptions& options) {
  const auto take_format = [&](const std::string& value) -> Result<void> {
    auto format = caps_format_by_name(value);
    if (!format) return unexpected(format.error());
    options.format = *format;
    return {};
  };
  return {"CAPABILITIES",
          {container_option(options.containers),
           {"format", "", "NAME",
            "table: who used which (the default); or what to give: oci (process.capabilities), "
            "docker (flags of docker run and podman run), systemd, kubernetes (securityContext), "
            "names",
            take_format},
           flag_option("json", "the table as JSON", options.json)}};
}

constexpr HelpText kHelp = {
    "From capability checks that succeeded, which kernels since 6.14 tell; of other recordings\n"
    "from calls that succeeded and always need one, which is less than what was needed: that is\n"
    "said on stderr. The runtime's set-up is not counted; it has its capabilities from elsewhere.\n"
    "A capability that was used may be one that the program can do without.\n"
    "Exit code: 0, or 2 when there is trouble (no call found, a damaged recording).",
    "  ctrace-analyze caps run.ctr\n"
    "  podman run $(ctrace-analyze caps --format docker run.ctr) ..."};

void tell_caution(const CapabilityNeeds& needs) {
  if (needs.is_derived()) {
    tell(kProgram,
         "capability checks were not recorded: this is derived from calls, and lacks what "
         "depends on whose a file or a process is (CHOWN, DAC_OVERRIDE, FOWNER, KILL, SETUID, "
         "SYS_PTRACE and others)");
  }
  if (needs.is_unsure()) {
    tell(kProgram,
         "checks that the kernel makes by the way may be among these: it could not be "
         "told which ones are");
  }
}

Result<int> add_files(const Words& files, const CapsOptions& options, CapabilityNeeds& needs) {
  Scope scope(options.containers);
  int exit_code = kExitYes;
  for (const std::string& file : files) {
    auto reader = open_recording(file);
    if (!reader) return unexpected(reader.error());
    const Chosen chosen = scope.choose(**reader);
    if (auto added = needs.add(**reader, chosen); !added) return unexpected(added.error());
    for (const uint32_t index : chosen.containers) {
      if ((*reader)->containers().at(index).existing) {
        tell(kProgram, "'" + file + "': container '" +
                           container_name(&(*reader)->containers().at(index)) +
                           "' ran before: what it needed to start is missing");
      }
    }
    exit_code = std::max(exit_code, tell_state(file, **reader));
    tell_loss(file, **reader);
  }
  if (auto found = scope.all_found(); !found) return unexpected(found.error());
  return exit_code;
}

}  // namespace

int run_caps(const Subcommand& self, const Words& words) {
  CapsOptions options;
  const CommandLine line = read_command_line(self, caps_options(options), words,
                                             std::numeric_limits<size_t>::max(), kHelp);
  if (line.exit_code) return *line.exit_code;
  CapabilityNeeds needs;
  const auto done = add_files(line.files, options, needs);
  if (!done) return fail(kProgram, done.error());
  if (needs.events() == 0) {
    return fail(kProgram, Error("no event of a container is in the recording"));
  }
  tell_caution(needs);
  OutputBuffer out(1);
  if (options.json) {
    out.append(capabilities_json(needs).dump(2) + '\n');
  } else if (options.format == CapsFormat::kTable) {
    print_capabilities(needs, out);
  } else {
    out.append(format_capabilities(needs.set(), options.format));
  }
  return finish_output(out, *done);
}

}  // namespace ctrace
