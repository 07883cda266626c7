#include "format/options/program.h"

#include <unistd.h>

#include <csignal>

#include "format/print/escape.h"

namespace ctrace {

void tell(std::string_view program, std::string_view message) {
  OutputBuffer line(STDERR_FILENO);  // one write: lines of several processes do not mix
  line.append(program);
  line.append(": ");
  append_escaped(message, line);
  line.append('\n');
}

int fail(std::string_view program, const Error& error) {
  tell(program, error.message);
  return kExitTrouble;
}

void ignore_broken_pipes() { std::signal(SIGPIPE, SIG_IGN); }

}  // namespace ctrace
