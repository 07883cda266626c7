// Numbers of events that are no system calls, in words: those that no call has, so no decoder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "record/memory_watch.h"

namespace ctrace {

// "CAP_CHOWN|CAP_KILL"; "ALL" for all that Linux 5.9 and later have, "0" for none.
std::string capability_words(uint64_t set);
// The original tracer's message.
std::string_view prot_alert_words(ProtAlert alert);
// "PROT_READ|PROT_EXEC"; "?" for -1.
std::string prot_words(int32_t prot);
// "SI_USER", of SIGCHLD "CLD_EXITED"; a number without a word stays one.
std::string signal_code_words(uint64_t signal, int32_t code);
// What became of a signal that was sent: "DELIVERED", "IGNORED", ...
std::string signal_result_words(uint64_t result);

}  // namespace ctrace
