// minset --explain: why each call is in the set, and what the set is worth.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "analyze/minset.h"
#include "format/print/output_buffer.h"

namespace ctrace {

// How many of the calls that the catalogue has for a table are refused.
struct Refused {
  size_t known = 0;
  size_t by_set = 0;
  size_t by_docker = 0;  // calls that its default profile lets through for some arguments are not
};
Refused count_refused(const SyscallSet& set, Abi native);

nlohmann::ordered_json explain_json(const Minset& minset, const SyscallSet& set);
void print_explain(const Minset& minset, const SyscallSet& set, OutputBuffer& out);

}  // namespace ctrace
