// The least set of Linux capabilities that recorded containers need: those that they used.
//
//   CapabilityNeeds needs;
//   needs.add(reader, chosen);             // any number of recordings: they add up
//   for (auto& [capability, use] : needs.used()) ...
//
// From the kernel's own checks that succeeded, where the recording has them (capability_uses.h).
// Else derived from calls that succeeded and that need a capability always: that is a lower bound,
// since whether a file could have been opened or a process killed without one is not recorded.
//
// Limit: a check that succeeded is a use, not always a need; a program may do without.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "analyze/capability_uses.h"
#include "analyze/scope.h"
#include "format/base/capabilities.h"
#include "format/base/result.h"
#include "format/print/output_buffer.h"

namespace ctrace {

struct CapabilityUse {
  uint64_t first_ns = 0;  // since the beginning of its recording
  // By call and process, both as they stand in the recording: escape them. The call is empty where
  // the capability was needed outside of one (a page fault). Checks are told once a process.
  std::map<std::pair<std::string, std::string>, uint64_t> by;
};

class CapabilityNeeds {
 public:
  Result<void> add(RecordingReader& reader, const Chosen& chosen);

  const std::map<int, CapabilityUse>& used() const { return used_; }  // by CAP_*
  CapabilitySet set() const;
  bool is_derived() const { return is_derived_; }  // for one recording at least
  bool is_unsure() const { return is_unsure_; }    // checks by the way may be among them
  uint64_t events() const { return events_; }      // of the chosen ones that were looked at

 private:
  void derive(const Event& event, const CapabilityUses& checks, uint64_t begin_ns);
  void add_use(const Event& event, int capability, const std::string& call, uint64_t begin_ns);

  std::map<int, CapabilityUse> used_;
  bool is_derived_ = false, is_unsure_ = false;
  uint64_t events_ = 0;
};

// "CAP_SYS_ADMIN", "CAP_57"
std::string capability_name(int capability);
std::vector<std::string> capability_names(CapabilitySet set);

enum class CapsFormat { kTable, kOci, kDocker, kSystemd, kKubernetes, kNames };
Result<CapsFormat> caps_format_by_name(std::string_view name);
// All but kTable: what a runtime, engine or manager is told.
std::string format_capabilities(CapabilitySet set, CapsFormat format);

nlohmann::ordered_json capabilities_json(const CapabilityNeeds& needs);
void print_capabilities(const CapabilityNeeds& needs, OutputBuffer& out);

}  // namespace ctrace
