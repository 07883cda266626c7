// How a program takes from itself what it does not need any more, before it looks at bytes that
// others chose: capabilities, no_new_privs, and a seccomp filter of the calls it was seen to make.
//
//   record/own_calls.inc is what `ctrace-analyze minset` says of recordings of ctrace-record, from
//   the moment on when it was confined; replay/ and analyze/ have such a list too. `make own-calls`
//   makes them anew; the live test `confine` says when one lacks a call that was seen.
//
// To these come, for all programs, the calls that libc makes on ways that no recording shows
// (abort, threads, signals, a full table): kLibraryCalls in the .cc. Whatever else is called
// answers ENOSYS, as a kernel without it would, so that a newer libc falls back to what is there.
//
// CTRACE_CONFINE=off leaves all this out, =log lets calls outside of the list through and has the
// kernel log them (audit). A program that was given capabilities by its file takes no notice of it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "format/base/capabilities.h"
#include "format/base/result.h"

struct sock_filter;

namespace ctrace {

struct Confinement {
  std::span<const std::string_view> calls;  // by name; what this machine lacks is passed over
  CapabilitySet capabilities = 0;           // those to keep
  bool writes_files = false;     // may open files for writing, and make them: else read-only opens
  bool writes_existing = false;  // may open files for writing that are there
  uint32_t child = 0;            // the one process that it may signal; 0: none but itself
};

// The filter, in the form that seccomp(2) takes. `denied` is its answer to all other calls.
std::vector<sock_filter> confine_filter(const Confinement& what, uint32_t denied);

// False when CTRACE_CONFINE=off or a sanitizer (whose own calls are many) leaves confine() nothing
// to do.
bool confinement_wanted();
// Confines the whole process but for the capabilities of other threads: start these afterwards.
// A kernel without seccomp filters is no error; one that refuses to take them is.
Result<void> confine(const Confinement& what);

}  // namespace ctrace
