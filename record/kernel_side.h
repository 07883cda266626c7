// The kernel side as an object: loaded, attached and mapped while it lives, gone with it. Nothing
// is pinned, so that nothing stays behind when the recorder is killed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "format/base/result.h"
#include "format/model/recording.h"
#include "record/cgroup_hierarchy.h"
#include "record/plan.h"
#include "record/ring_reader.h"

namespace ctrace {

struct CaptureOptions {
  uint64_t ring_bytes = 16u << 20;                // per CPU, a power of two
  uint8_t captures = wire::CAPTURE_CONTAINERS;    // wire::CAPTURE_*; a tree: add_tree_root()
  CgroupHierarchy cgroups;                        // that containers are told apart by
  std::vector<std::string> comms, exclude_comms;  // at most wire::COMM_FILTERS each
  Plans plans = {};
  Depth depth;
  bool names_gone = false;    // calls that close descriptors are recorded: names_gone()
  bool capabilities = false;  // their checks too, where the kernel tells
  bool durations = false;     // when calls begin, too
  bool io_uring = false;      // what is done through rings too, where the kernel tells
  bool signals_got = false, signals_sent = false;  // as events
  bool cgroup_moves = false;                       // likewise
};

class KernelSide {
 public:
  // Loads the programs; fails with one line that says what the machine or the user lacks.
  static Result<std::unique_ptr<KernelSide>> load(const CaptureOptions& options);
  virtual ~KernelSide() = default;

  // What it can tell of capability checks.
  virtual CapabilityChecks capability_checks() const = 0;
  // From here on events come.
  virtual Result<void> attach() = 0;
  // After attach(): why operations of io_uring are not seen though they were asked for; empty when
  // they are.
  virtual std::string io_uring_trouble() const = 0;
  // From here on none; what the rings hold can still be read.
  virtual void detach() = 0;

  virtual std::vector<Ring>& rings() = 0;
  virtual uint64_t ring_bytes() const = 0;

  // Whether the kernel lets the maps be read with the capabilities that are in effect.
  virtual bool can_use_maps() = 0;

  // A cgroup that is (part of) a container from now on; `top` is the outermost one's id.
  virtual void add_cgroup(uint64_t id, uint64_t top, bool started) = 0;
  // A container that runs already, by its outermost cgroup; false when the kernel side knows it.
  virtual bool seed_container(uint64_t top) = 0;
  virtual void forget_cgroup(uint64_t id) = 0;
  // Who is in this cgroup is neither in a container that is wanted nor the host's.
  virtual void ignore_container(uint64_t top) = 0;
  // Tasks are looked at anew: call it after cgroups were added or forgotten.
  virtual void raise_epoch() = 0;
  // What descriptors are is told anew: the recorder has forgotten some.
  virtual void raise_files_epoch() = 0;
  virtual void add_tree_root(uint32_t tid) = 0;
  // The kernel side's counters, one row for each call that was made at all.
  struct TallyRow {
    uint64_t top_cgroup = 0;
    uint8_t phase = 0, abi = 0;  // wire::PHASE_*, wire::ABI_*
    uint16_t nr = 0;
    uint64_t calls = 0, failed = 0;
  };
  virtual std::vector<TallyRow> tallies() = 0;
  virtual std::vector<TallyRow> tallies_of(uint64_t top_cgroup) = 0;
  // Who lost how many records and texts: a row for each tally that lost any.
  struct DropRow {
    uint64_t top_cgroup = 0;
    uint8_t phase = 0;
    wire::drop_tally counts = {};
  };
  virtual std::vector<DropRow> drops() = 0;
  virtual std::vector<DropRow> drops_of(uint64_t top_cgroup) = 0;
  // The tallies of a container that is gone may be used for another one.
  virtual void free_tallies(uint64_t top_cgroup) = 0;
  // What the tasks are in the middle of: asked once, at the end, before detach(). One that goes on
  // between the two has a record of the call's end as well, with a later time.
  virtual std::vector<wire::in_flight_record> calls_in_flight() = 0;
  // Calls that are in no tally: too many containers at once, or a number beyond the tables.
  virtual uint64_t untallied() const = 0;
  // How often a table had no room: tasks, new cgroups (which are then not captured), tallies.
  struct FullTables {
    uint64_t members = 0, cgroups = 0, tallies = 0;
    uint64_t rings = 0;  // records on CPUs that came later and have none
  };
  virtual FullTables full_tables() const = 0;
  // Times that a program could not run because it ran already on that CPU.
  virtual uint64_t recursion_misses() const = 0;
};

}  // namespace ctrace
