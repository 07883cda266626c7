#include "record/event_words.h"

#include <linux/capability.h>
#include <signal.h>

#include <algorithm>
#include <iterator>
#include <span>

#include "format/decode/decode.h"

namespace ctrace {
namespace {

struct Word {
  uint32_t value;
  std::string_view name;
};

// clang-format off
// Who sent a signal: si_code, whatever the signal is ...
constexpr Word kSenderWords[] = {
    {SI_USER, "SI_USER"}, {SI_KERNEL, "SI_KERNEL"}, {uint32_t(SI_QUEUE), "SI_QUEUE"},
    {uint32_t(SI_TIMER), "SI_TIMER"}, {uint32_t(SI_MESGQ), "SI_MESGQ"},
    {uint32_t(SI_ASYNCIO), "SI_ASYNCIO"}, {uint32_t(SI_SIGIO), "SI_SIGIO"},
    {uint32_t(SI_TKILL), "SI_TKILL"}, {uint32_t(SI_ASYNCNL), "SI_ASYNCNL"},
};
// ... and why the kernel did.
constexpr Word kIllWords[] = {
    {ILL_ILLOPC, "ILL_ILLOPC"}, {ILL_ILLOPN, "ILL_ILLOPN"}, {ILL_ILLADR, "ILL_ILLADR"},
    {ILL_ILLTRP, "ILL_ILLTRP"}, {ILL_PRVOPC, "ILL_PRVOPC"}, {ILL_PRVREG, "ILL_PRVREG"},
    {ILL_COPROC, "ILL_COPROC"}, {ILL_BADSTK, "ILL_BADSTK"}, {9, "ILL_BADIADDR"},
};
constexpr Word kFpeWords[] = {
    {FPE_INTDIV, "FPE_INTDIV"}, {FPE_INTOVF, "FPE_INTOVF"}, {FPE_FLTDIV, "FPE_FLTDIV"},
    {FPE_FLTOVF, "FPE_FLTOVF"}, {FPE_FLTUND, "FPE_FLTUND"}, {FPE_FLTRES, "FPE_FLTRES"},
    {FPE_FLTINV, "FPE_FLTINV"}, {FPE_FLTSUB, "FPE_FLTSUB"},
};
constexpr Word kSegvWords[] = {
    {SEGV_MAPERR, "SEGV_MAPERR"}, {SEGV_ACCERR, "SEGV_ACCERR"}, {3, "SEGV_BNDERR"},
    {4, "SEGV_PKUERR"}, {8, "SEGV_MTEAERR"}, {9, "SEGV_MTESERR"}, {10, "SEGV_CPERR"},
};
constexpr Word kBusWords[] = {
    {BUS_ADRALN, "BUS_ADRALN"}, {BUS_ADRERR, "BUS_ADRERR"}, {BUS_OBJERR, "BUS_OBJERR"},
    {4, "BUS_MCEERR_AR"}, {5, "BUS_MCEERR_AO"},
};
constexpr Word kTrapWords[] = {
    {TRAP_BRKPT, "TRAP_BRKPT"}, {TRAP_TRACE, "TRAP_TRACE"}, {3, "TRAP_BRANCH"}, {4, "TRAP_HWBKPT"},
    {5, "TRAP_UNK"}, {6, "TRAP_PERF"},
};
constexpr Word kChildWords[] = {
    {CLD_EXITED, "CLD_EXITED"}, {CLD_KILLED, "CLD_KILLED"}, {CLD_DUMPED, "CLD_DUMPED"},
    {CLD_TRAPPED, "CLD_TRAPPED"}, {CLD_STOPPED, "CLD_STOPPED"}, {CLD_CONTINUED, "CLD_CONTINUED"},
};
constexpr Word kSysWords[] = {{1, "SYS_SECCOMP"}, {2, "SYS_USER_DISPATCH"}};

constexpr Word kSignalResultWords[] = {  // include/trace/events/signal.h
    {0, "DELIVERED"}, {1, "IGNORED"}, {2, "ALREADY_PENDING"}, {3, "OVERFLOW_FAIL"}, {4, "LOSE_INFO"},
};


struct ReasonRow {
  uint64_t signal;
  std::span<const Word> words;
};
constexpr ReasonRow kReasons[] = {
    {SIGILL, kIllWords}, {SIGFPE, kFpeWords}, {SIGSEGV, kSegvWords}, {SIGBUS, kBusWords},
    {SIGTRAP, kTrapWords}, {SIGCHLD, kChildWords}, {SIGSYS, kSysWords},
};

// The original tracer's messages.
constexpr std::string_view kAlerts[] = {
    "", "Mmaped region with W+E permissions!", "Protection changed to Executable!",
    "Protection changed from E to W+E!", "Protection changed from W+E to E!",
};
// clang-format on

// Empty: it has none.
std::string_view word_of(std::span<const Word> words, uint32_t value) {
  const auto found = std::ranges::find(words, value, &Word::value);
  return found == words.end() ? std::string_view() : found->name;
}

}  // namespace

std::string capability_words(uint64_t set) {
  constexpr uint64_t kAll = (uint64_t{2} << CAP_CHECKPOINT_RESTORE) - 1;
  if (set == 0) return "0";
  if (set == kAll) return "ALL";
  OutputBuffer out(-1);
  for (uint64_t bit = 0; bit < 64; ++bit) {
    if ((set >> bit & 1) == 0) continue;
    if (out.size() > 0) out.append('|');
    if (!append_decoded(Kind::capability, bit, out)) out.append_decimal(bit);
  }
  return out.text();
}

std::string_view prot_alert_words(ProtAlert alert) { return kAlerts[alert % std::size(kAlerts)]; }

std::string prot_words(int32_t prot) {
  if (prot < 0) return "?";
  OutputBuffer out(-1);
  append_decoded(Kind::prot, static_cast<uint32_t>(prot), out);
  return out.text();
}

std::string signal_code_words(uint64_t signal, int32_t code) {
  const auto number = static_cast<uint32_t>(code);
  std::string_view word = word_of(kSenderWords, number);
  const auto* const row = std::ranges::find(kReasons, signal, &ReasonRow::signal);
  if (word.empty() && row != std::end(kReasons)) word = word_of(row->words, number);
  return word.empty() ? std::to_string(code) : std::string(word);
}

std::string signal_result_words(uint64_t result) {
  const std::string_view word = word_of(kSignalResultWords, static_cast<uint32_t>(result));
  return word.empty() ? std::to_string(result) : std::string(word);
}

}  // namespace ctrace
