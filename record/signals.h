// The signals that end a recording, or are passed on to its command.
#pragma once

#include <signal.h>

namespace ctrace {

extern volatile sig_atomic_t signal_received;  // its number, 0 for none
// Ctrl-C comes from the terminal and reaches a command too; what somebody sent must be passed on.
extern volatile sig_atomic_t signal_was_sent;

void catch_signals();

}  // namespace ctrace
