// ctrace-analyze verify: is this file what a recorder wrote, all of it? The verdict goes to stdout,
// the exit code is the answer: 0 complete and intact, 1 anything else that is a recording, 2 none.
#include "analyze/subcommand.h"

namespace ctrace {
namespace {

struct Verdict {
  RecordingState state = RecordingState::kComplete;
  uint64_t events = 0;
  uint64_t bytes = 0;
  RecordingTotals totals;
  std::string chain;
  std::vector<Damage> damage;
  bool whole() const { return state == RecordingState::kComplete && damage.empty(); }
};

Verdict examine(RecordingReader& reader) {
  reader.verify();
  return {reader.state(),  reader.totals().events, reader.file_size(),
          reader.totals(), reader.chain(),         reader.damage()};
}

// What the kernel side made is what came through and what was dropped; that these add up was
// checked.
std::string account_text(const RecordingTotals& totals) {
  uint64_t produced = 0, received = 0, dropped = 0;
  for (const CpuTotals& cpu : totals.cpus) {
    produced += cpu.produced;
    received += cpu.received;
    dropped += cpu.dropped;
  }
  return std::to_string(produced) + " records produced = " + std::to_string(received) +
         " received + " + std::to_string(dropped) + " dropped, on each of " +
         std::to_string(totals.cpus.size()) + " CPUs";
}

void print(const std::string& file, const Verdict& verdict, OutputBuffer& out) {
  const std::string events = std::to_string(verdict.events) + " events";
  if (verdict.whole()) {
    out.append(file + ": complete and intact, " + events + ", chain unbroken\n");
    if (verdict.totals.accounted_ns != 0) {
      out.append(file + ": " + account_text(verdict.totals) + '\n');
    }
    out.append(file + ": chain " + verdict.chain + '\n');
  }
  for (const Damage& damage : verdict.damage) {
    out.append(file + ": damaged at byte " + std::to_string(damage.offset) + ": " +
               escaped(damage.what) + '\n');
  }
  if (verdict.state != RecordingState::kComplete) {
    out.append(file + ": " + state_name(verdict.state) + " at byte " +
               std::to_string(verdict.bytes) + ": no trailer, " + events + " so far\n");
  }
}

}  // namespace

int run_verify(const Subcommand& self, const Words& words) {
  constexpr HelpText kHelp = {
      "Exit code: 0 complete and intact, 1 cut short or damaged, 2 trouble.",
      "  ctrace-analyze verify run.ctr"};
  const CommandLine line = read_command_line(self, {}, words, 1, kHelp);
  if (line.exit_code) return *line.exit_code;
  const std::string& file = line.files.front();
  auto reader = RecordingReader::open(file);
  if (!reader) {
    fail(kProgram, reader.error());
    return reader.error().kind == Error::Kind::kDamage ? kExitNo : kExitTrouble;
  }
  const Verdict verdict = examine(**reader);
  OutputBuffer out(1);
  print(file, verdict, out);
  return finish_output(out, verdict.whole() ? kExitYes : kExitNo);
}

}  // namespace ctrace
