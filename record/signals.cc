#include "record/signals.h"

namespace ctrace {
namespace {

void on_signal(int number, siginfo_t* info, void*) {
  signal_was_sent = info->si_code <= 0;
  signal_received = number;
}

}  // namespace

volatile sig_atomic_t signal_received = 0;
volatile sig_atomic_t signal_was_sent = 0;

void catch_signals() {
  struct sigaction action = {};
  action.sa_sigaction = on_signal;
  action.sa_flags = SA_SIGINFO;  // no SA_RESTART: a blocked write ends too
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGHUP, &action, nullptr);
  signal(SIGXFSZ, SIG_IGN);  // a file size limit is an error of write(), not the end
}

}  // namespace ctrace
