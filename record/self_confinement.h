// What the recorder gives up once it is attached, and what it does with powers that its file gave
// it (setcap) until then.
#pragma once

#include <cstdint>
#include <functional>

#include "format/base/result.h"

namespace ctrace {

struct RecorderNeeds {
  uint32_t command = 0;  // pid of the -- COMMAND: signals are passed on to it; 0: none
  bool freezes = false;  // --lossless: writes the freezers' files of cgroups that are made later
  // Whether the maps can be read with the capabilities that are in effect: kernels before 5.19 ask
  // for CAP_BPF even then.
  std::function<bool()> can_use_maps;
};

// Call it when everything is open, loaded, attached and forked, before threads are started. The
// capabilities that stay, and why, are the table in the .cc.
Result<void> confine_recorder(const RecorderNeeds& needs);

// A user who may run a recorder that has capabilities by its file must not read or write files by
// it that are not his own. Between the two calls its permissions are the user's, so that the
// configuration and the output are opened as he could open them. Both do nothing else (sudo,
// ambient capabilities: there the user has them himself).
void withhold_file_powers();
Result<void> restore_file_powers();
// In a child before its execve: it is the user's alone.
void drop_powers_of_file();
bool has_powers_by_file();

}  // namespace ctrace
