#include "record/record_options.h"

#include <bit>
#include <charconv>

#include "format/options/common_options.h"
#include "format/options/config_file.h"
#include "format/options/expression_help.h"
#include "format/options/listing.h"

namespace ctrace {
namespace {

constexpr std::string_view kUsage =
    "[OPTION...]\n"
    "[OPTION...] -- COMMAND [ARG...]\n"
    "ls [--json]\n"
    "hook < STATE\n"
    "config [--set KEY=VALUE] [--unset KEY]";

constexpr std::string_view kNotes =
    R"(Without a filter every event of every container is recorded: of those that run, and of
those that start, from their first system call. With -- COMMAND it is the process
tree of the command, in a container or not, until the command ends, and of `docker
run` the container that it starts. Without -o events are shown on the terminal as
they happen. `ls` lists the containers that run, `config` shows and changes the
configuration files, `hook` is for a container runtime to call; each has its own --help.)";

constexpr std::string_view kExitStatus =
    R"(EXIT STATUS
  0    ended by Ctrl-C, SIGTERM, --duration or --until-exit
  2    trouble
  With -- COMMAND: the command's own (127: not found, 126: not executable,
  128 + N: killed by signal N), or 125 for a failure of the recorder's.)";

constexpr std::string_view kExamples =
    R"(  ctrace-record -o run.ctr                           all containers, until Ctrl-C
  ctrace-record --set net --container web            watch one container's network calls
  ctrace-record -o run.ctr --duration 10s --print    write and watch, for ten seconds
  ctrace-record -o web.ctr --container web --new --until-exit
                                                     the next run of `web`, whole
  ctrace-record -o make.ctr -- make -j2              a command and its children)";

struct Unit {
  std::string_view name;
  double factor;
};
constexpr Unit kTimeUnits[] = {{"", 1e9}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}};
constexpr Unit kSizeUnits[] = {{"", 1},          {"K", 1u << 10},   {"KiB", 1u << 10},
                               {"M", 1u << 20},  {"MiB", 1u << 20}, {"G", 1u << 30},
                               {"GiB", 1u << 30}};

template <size_t N>
bool parse_with_unit(const std::string& text, const Unit (&units)[N], uint64_t& value) {
  double number = 0;
  const auto [rest, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc()) return false;
  const std::string_view name(rest, text.data() + text.size());
  for (const Unit& unit : units) {
    if (name != unit.name) continue;
    const double scaled = number * unit.factor;
    if (!(scaled >= 0 && scaled < 1e18)) return false;
    value = static_cast<uint64_t>(scaled);
    return true;
  }
  return false;
}

Result<void> parse_ring_size(const std::string& text, uint64_t& bytes) {
  constexpr uint64_t kSmallest = 256u << 10, kLargest = 1u << 30;
  if (auto parsed = parse_size("--buffer-size", text, bytes); !parsed) return parsed;
  if (bytes < kSmallest || bytes > kLargest)
    return unexpected(Error::Kind::kUsage, "--buffer-size is from 256K to 1G");
  bytes = std::bit_ceil(bytes);
  return {};
}

Result<void> parse_snaplen(const std::string& text, uint16_t& bytes) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > wire::MAX_BYTES) {
    return unexpected(Error::Kind::kUsage,
                      "--snaplen takes a number up to 4096, not '" + text + "'");
  }
  bytes = static_cast<uint16_t>(value);
  return {};
}

OptionRow text_row(std::string_view name, std::string_view alias, std::string_view value,
                   std::string_view help, std::string& to) {
  return {name, alias, value, help, [&to](const std::string& text) {
            to = text;
            return Result<void>();
          }};
}

OptionRow flag_row(std::string_view name, std::string_view alias, std::string_view help, bool& to) {
  return {name, alias, "", help, [&to](const std::string&) {
            to = true;
            return Result<void>();
          }};
}

OptionGroup record_group(RecordOptions& options) {
  return {
      "WHAT TO DO",
      {text_row("output", "o", "FILE", "write a recording; it must not exist yet", options.output),
       flag_row("force", "", "overwrite the file if it exists", options.force),
       flag_row("print", "", "show the events too while writing them", options.print),
       flag_row("summary", "",
                "record which calls each container makes and how often, but no single event: cheap "
                "enough for always, and enough for minset",
                options.summary),
       flag_row(
           "lossless", "",
           "freeze what is recorded (cgroup freezer) while its events come faster than they can "
           "be written: slower, but nothing is lost",
           options.lossless),
       {"snaplen", "", "N",
        "record the first N bytes (at most 4096) of what is read and written: read, write, pread, "
        "pwrite, readv, writev, send and recv in all forms, setxattr (0: none)",
        [&options](const std::string& text) {
          return parse_snaplen(text, options.depth.payload_bytes);
        }},
       flag_row("exec-env", "", "record the environment that programs are given by execve",
                options.depth.environment),
       flag_row("durations", "",
                "record how long each call takes too; each call of what is recorded is slower then",
                options.durations),
       {"duration", "", "TIME", "end after this time: 10s, 500ms, 2m",
        [&options](const std::string& text) {
          return parse_duration("--duration", text, options.duration_ns);
        }},
       flag_row("until-exit", "",
                "end when the containers that are recorded (with -- COMMAND: and the command) have "
                "ended",
                options.until_exit),
       {"buffer-size", "", "SIZE", "ring buffer of each CPU (16M), rounded up to a power of two",
        [&options](const std::string& text) { return parse_ring_size(text, options.ring_bytes); }},
       text_row("host-root", "", "DIR", "where the host's /proc, /sys, /run and /var are seen (/)",
                options.host_root),
       {"api-socket", "", "PATH",
        "a further socket of a Docker-compatible API to ask about containers, beside "
        "/run/docker.sock and /run/podman/podman.sock; none: ask nobody",
        [&options](const std::string& path) {
          options.api_sockets.push_back(path);
          return Result<void>();
        }}}};
}

// All options of the program, which fill `options` and the flags here.
struct Tables {
  explicit Tables(RecordOptions& options) {
    program.program = "ctrace-record";
    program.purpose = "record what containers do: every system call, into one file or live";
    program.usage = kUsage;
    program.notes = notes;
    program.examples = kExamples;
    program.groups = {record_group(options),
                      filter_options(options.filter),
                      output_options(options.show, options.paths),
                      list_options(lists),
                      config_options(),
                      general_options(flags)};
  }
  Tables(const Tables&) = delete;  // rows refer to the members

  const std::string notes = std::string(kNotes) + "\n\n" + std::string(kExpressionHelp) + "\n\n" +
                            std::string(kExitStatus);
  GeneralFlags flags;
  ListFlags lists;
  ProgramOptions program;
};

}  // namespace

Result<void> parse_duration(std::string_view option, const std::string& text, uint64_t& ns) {
  if (parse_with_unit(text, kTimeUnits, ns) && ns > 0) return {};
  return unexpected(Error::Kind::kUsage,
                    std::string(option) + " takes a time such as 10s, not '" + text + "'");
}

Result<void> parse_size(std::string_view option, const std::string& text, uint64_t& bytes) {
  if (parse_with_unit(text, kSizeUnits, bytes)) return {};
  return unexpected(Error::Kind::kUsage,
                    std::string(option) + " takes a size such as 32M, not '" + text + "'");
}

Result<bool> parse_record_options(const std::vector<std::string>& all_words,
                                  RecordOptions& options) {
  Tables tables(options);
  std::vector<std::string> words = all_words;
  bool command_given = false;
  for (const std::string& word : words) command_given = command_given || word == "--";
  options.command = take_command(words);
  auto rest = parse_options_with_config(tables.program, words, "record");
  if (!rest) return unexpected(rest.error());
  if (general_flags_answered(tables.program, tables.flags)) return false;
  if (auto listed = lists_answered(tables.lists, *rest); !listed || *listed) {
    return listed ? Result<bool>(false) : unexpected(listed.error());
  }
  if (auto checked = check_print_options(options.show); !checked)
    return unexpected(checked.error());
  if (!rest->empty())
    return unexpected(Error::Kind::kUsage, "unexpected word '" + rest->front() +
                                               "' (a command stands after --; try --help)");
  if (command_given && options.command.empty())
    return unexpected(Error::Kind::kUsage, "no command after --");
  return true;
}

Result<void> check_record_config(const std::string& key, const std::string& value) {
  RecordOptions unused;
  Tables tables(unused);
  return check_config(tables.program, "record", key, value);
}

}  // namespace ctrace
