#include "analyze/subcommand.h"

#include <linux/capability.h>
#include <seccomp.h>

#include "format/options/common_options.h"
#include "format/options/confine.h"
#include "format/print/escape.h"

namespace ctrace {
namespace {

constexpr std::string_view kOwnCalls[] = {
#include "analyze/own_calls.inc"
};
// Root may be asked to read recordings of another user, and to change that one's bundle.
constexpr Confinement kReading = {kOwnCalls, capability_bit(CAP_DAC_READ_SEARCH)};
constexpr Confinement kWriting = {kOwnCalls,
                                  capability_bit(CAP_DAC_READ_SEARCH) |
                                      capability_bit(CAP_DAC_OVERRIDE) | capability_bit(CAP_CHOWN) |
                                      capability_bit(CAP_FOWNER),
                                  true};

Result<void> check_files(const Words& files, size_t max_files) {
  if (files.empty()) {
    return unexpected(Error::Kind::kUsage, "no recording given (try --help)");
  }
  if (files.size() > max_files) {
    return unexpected(Error::Kind::kUsage,
                      "one recording at a time: '" + files[max_files] + "' is too many");
  }
  return {};
}

}  // namespace

CommandLine read_command_line(const Subcommand& self, OptionGroup own, const Words& words,
                              size_t max_files, const HelpText& help) {
  const std::string program = std::string(kProgram) + ' ' + std::string(self.name);
  GeneralFlags flags;
  ProgramOptions options;
  options.program = program;
  options.purpose = self.meaning;
  options.usage = self.usage;
  options.notes = help.notes;
  options.examples = help.examples;
  if (!own.rows.empty()) options.groups.push_back(std::move(own));
  options.groups.push_back(general_options(flags));

  auto files = parse_options(options, words);
  if (!files) return {{}, fail(kProgram, files.error())};
  if (general_flags_answered(options, flags)) return {{}, kExitYes};
  if (help.needs_files || !files->empty()) {
    if (auto checked = check_files(*files, max_files); !checked) {
      return {{}, fail(kProgram, checked.error())};
    }
  }
  if (!self.writes_files) {
    if (const auto trouble = confine_analyze(false)) return {{}, trouble};
  }
  return {std::move(*files), {}};
}

std::optional<int> confine_analyze(bool writes_files) {
  // libseccomp asks the kernel once which actions it knows; afterwards it may not ask any more.
  seccomp_api_get();
  auto confined = confine(writes_files ? kWriting : kReading);
  if (confined) return std::nullopt;
  return fail(kProgram, confined.error());
}

OptionRow flag_option(std::string_view name, std::string_view help, bool& flag) {
  return {name, "", "", help, [&flag](const std::string&) {
            flag = true;
            return Result<void>();
          }};
}

OptionRow text_option(std::string_view name, std::string_view value, std::string_view help,
                      std::string& text) {
  return {name, "", value, help, [&text](const std::string& given) {
            text = given;
            return Result<void>();
          }};
}

OptionRow container_option(std::vector<std::string>& containers) {
  return {"container", "", "NAME|ID|IMAGE|pod:NS/NAME|label:K=V,...",
          "only these containers: name, image, pod or label (each may be a pattern), id or its "
          "beginning",
          [&containers](const std::string& value) {
            return append_list("--container", value, containers);
          }};
}

std::string escaped(std::string_view bytes) {
  OutputBuffer out(-1);
  append_escaped(bytes, out);
  return std::string(out.text());
}

int tell_state(const std::string& file, RecordingReader& reader) {
  if (const RecordingState state = reader.state(); state != RecordingState::kComplete) {
    tell(kProgram, "'" + file + "' is " +
                       (state == RecordingState::kCutShort
                            ? "cut short: this is what was written before the cut"
                            : "being written: this is what there is so far"));
  }
  if (const uint64_t misses = reader.totals().recursion_misses) {
    tell(kProgram, "'" + file + "': " + std::to_string(misses) +
                       " times a program of the recorder's could not run, because it was preempted "
                       "on that CPU: as many calls, of whomever, are missing");
  }
  for (const Damage& damage : reader.damage()) {
    tell(kProgram,
         "'" + file + "' is damaged at byte " + std::to_string(damage.offset) + ": " + damage.what);
  }
  return reader.damage().empty() ? kExitYes : kExitTrouble;
}

void tell_loss(const std::string& file, RecordingReader& reader) {
  const uint64_t lost = reader.totals().lost;
  const uint64_t unread = reader.totals().drops().shed[static_cast<size_t>(ShedClass::kText)];
  if (lost == 0 && unread == 0) return;
  std::string what = lost ? " lost " + std::to_string(lost) + " records" : "";
  if (unread)
    what +=
        (lost ? " and" : "") + std::string(" had no room for ") + std::to_string(unread) + " texts";
  tell(kProgram, "'" + file + "'" + what + ": what is told of single events is not complete");
}

int finish_output(OutputBuffer& out, int exit_code) {
  auto written = out.flush();
  return written || out.pipe_closed() ? exit_code : fail(kProgram, written.error());
}

}  // namespace ctrace
