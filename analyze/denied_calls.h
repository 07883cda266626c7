// Calls that a seccomp filter refused while they were recorded.
#pragma once

#include <set>
#include <utility>

#include "analyze/scope.h"
#include "format/file/recording_reader.h"

namespace ctrace {

// Of the chosen containers' own calls those (event id, ABI) that a filter certainly refused each
// time that they were made. Of what is missing (lost, filtered out, not known) nothing is assumed:
// such a call is not among them.
std::set<std::pair<uint16_t, Abi>> find_denied(RecordingReader& reader, const Chosen& chosen);

}  // namespace ctrace
