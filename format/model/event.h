// The event as everybody but the kernel side sees it: the recorder's tracker and the file reader
// make these, the filter, the printers, the writer and the analyses take them. Live output and
// replay are the same bytes because both are made from nothing but this.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "format/catalogue/kinds.h"

namespace ctrace {

inline constexpr size_t kMaxArgs = 8;

// By which system call table an event was made. Events that are no system calls carry kX86_64
// (or kArm64), the machine's own.
enum class Abi : uint8_t { kX86_64 = 0, kI386 = 1, kX32 = 2, kArm64 = 3, kArm = 4 };
inline constexpr std::string_view kAbiNames[] = {"x86_64", "i386", "x32", "arm64", "arm"};
inline constexpr size_t kAbiCount = std::size(kAbiNames);
constexpr std::string_view abi_name(Abi abi) { return kAbiNames[static_cast<size_t>(abi)]; }

// What a seccomp filter did with a call that it did not just let through (SECCOMP_RET_*). The
// numbers stand in files.
enum class Denied : uint8_t {
  kNo = 0,  // let through, or not known: RecordingTotals::undecided_denials
  kErrno = 1,
  kTrap = 2,  // SIGSYS, whose handler may have done anything instead
  kKillThread = 3,
  kKillProcess = 4,
  kNotify = 5,  // a supervisor decided: the result is what it said, or the call's own
  kTrace = 6,   // a tracer decided; without one the call fails with ENOSYS
  kOther = 7,   // what only a newer recorder knows
};
inline constexpr std::string_view kDeniedNames[] = {
    "", "ERRNO", "TRAP", "KILL_THREAD", "KILL_PROCESS", "NOTIFY", "TRACE", "OTHER"};
constexpr std::string_view denied_name(Denied denied) {  // empty: kNo
  return kDeniedNames[static_cast<size_t>(denied) % std::size(kDeniedNames)];
}
// As the table and strace's form show it behind the arguments; empty: kNo.
inline constexpr std::string_view kDeniedMarks[] = {"",
                                                    "(denied: ERRNO)",
                                                    "(denied: TRAP)",
                                                    "(denied: KILL_THREAD)",
                                                    "(denied: KILL_PROCESS)",
                                                    "(seccomp: NOTIFY)",
                                                    "(seccomp: TRACE)",
                                                    "(seccomp: OTHER)"};
constexpr std::string_view denied_mark(Denied denied) {
  return kDeniedMarks[static_cast<size_t>(denied) % std::size(kDeniedMarks)];
}
// Whether the filter itself refused the call, so that nothing of it was done.
constexpr bool is_refused(Denied denied) {
  return denied >= Denied::kErrno && denied <= Denied::kKillProcess;
}
// Whether the call ended in SIGSYS: its result is what stood in the register, no result of it.
constexpr bool has_no_result(Denied denied) {
  return denied >= Denied::kTrap && denied <= Denied::kKillProcess;
}

struct ArgType {
  std::string name;
  Kind kind = Kind::kUnknown;  // kUnknown: a newer recorder's kind; `form` still tells how to print
  Form form = Form::kHex;
  std::string c_type;  // as JSON shows it: "int", "const char*"
};

struct EventType {
  // System calls: the x86_64 number; calls that x86_64 lacks: kForeignBase + their own number
  // (see catalogue.h); other events: from 1000 as the original tracer numbered them.
  uint16_t id = 0;
  std::string name;
  std::vector<ArgType> args;  // at most kMaxArgs; the last ones may be names: arg_count()
  bool is_syscall = false;
};

// Behind its arguments proper a type may have names of descriptors (Kind::fd_name): what the
// descriptor in the argument of the same name refers to; one without a name belongs to the result.
// Where nothing is known of it the text is null.
inline constexpr size_t kNoName = kMaxArgs;

// Arguments proper, whatever the type claims to have.
inline size_t arg_count(const EventType& type) {
  size_t count = type.args.size() < kMaxArgs ? type.args.size() : kMaxArgs;
  while (count > 0 && type.args[count - 1].kind == Kind::fd_name) --count;
  return count;
}
// Where in Event::texts the name of the descriptor in argument `arg` stands; kNoName: nowhere.
inline size_t name_index(const EventType& type, std::string_view arg) {
  for (size_t i = arg_count(type); i < type.args.size() && i < kMaxArgs; ++i) {
    if (type.args[i].name == arg) return i;
  }
  return kNoName;
}
inline size_t result_name_index(const EventType& type) { return name_index(type, {}); }

// Bytes that belong to an argument of form kText, kBytes, kSockaddr or kStrings. They come from
// the container and are hostile: any byte may be in them.
struct Text {
  enum class State : uint8_t {
    kWhole = 0,       // `bytes` is all of it
    kCut = 1,         // `bytes` is its beginning: longer than the recorder's limit
    kUnreadable = 2,  // the address in args[i] could not be read
    kNull = 3,        // a null pointer
    kNotRead = 4,     // not tried (an out-argument of a failed call, or dropped under pressure)
  };
  std::string_view bytes;
  State state = State::kNotRead;
};

// Whether it has what the argument pointed to, or the beginning of it.
inline bool has_bytes(const Text& text) {
  return text.state == Text::State::kWhole || text.state == Text::State::kCut;
}

// One thing that a source says of a container, beside the columns below. Keys are those of
// container_facts.h; several facts may have the same key (mounts, addresses).
struct Fact {
  std::string key, value;
  std::string source;  // who said so: "docker", "bundle", "kernel"
  bool operator==(const Fact&) const = default;
};

// A container as it was known at one place in the stream; a later row with the same `index` says
// it better. All text is bytes, never assumed to be UTF-8. Empty means "not known".
struct Container {
  uint32_t index = 0;  // from 1, unique in one recording
  std::string id;      // full id, from the runtime or the cgroup path; never changes
  std::string name;
  std::string image;
  std::string runtime;  // "runc", "crun"
  std::string engine;   // "docker", "podman", "containerd", "cri-o", "lxc"; empty: bare runtime
  std::string cgroup_path;
  uint64_t cgroup_id = 0;
  uint64_t started_ns = 0;  // monotonic; 0: before the recording began
  uint64_t stopped_ns = 0;  // monotonic; 0: still runs
  bool existing = false;    // ran already when the recording began
  bool no_new_privs = false;
  uint32_t seccomp_mode = 0;  // of its first process at its execve: 0 off, 1 strict, 2 filter
  uint64_t ended_ns = 0;      // its first process's end, monotonic; 0: not seen
  uint32_t wait_status = 0;   // of that process, as wait(2) gives it; counts when ended_ns is set
  std::vector<std::pair<std::string, std::string>> attributes;  // labels, annotations: key, value
  std::vector<Fact> facts;

  // The first 12 bytes of a 64-hex id, all of any other.
  std::string_view short_id() const;
  // What the first source said of `key`; empty: nobody did.
  std::string_view fact(std::string_view key) const;
  bool operator==(const Container&) const = default;
};

// Who makes a container's calls.
enum class Phase : uint8_t {
  kHost = 0,     // not in a container
  kSetup = 1,    // the runtime, inside the container's cgroup, before the container's own execve
  kOwn = 2,      // the container itself
  kEntered = 3,  // a process that was put in from outside (docker exec), from its execve on
};
inline constexpr std::string_view kPhaseNames[] = {"host", "setup", "own", "entered"};
constexpr std::string_view phase_name(Phase phase) {
  return kPhaseNames[static_cast<size_t>(phase) % std::size(kPhaseNames)];
}

// A task (thread) as it was known at one place in the stream. A change (execve, setuid, prctl,
// moved cgroup, better container name) makes a new row.
struct Task {
  // Unique for each row of a stream, never 0: equal serials mean the same row.
  uint64_t serial = 0;
  uint32_t pid = 0, tid = 0, ppid = 0;           // in the recorder's pid namespace (pid = tgid)
  uint32_t ns_pid = 0, ns_tid = 0, ns_ppid = 0;  // in the task's own
  uint32_t uid = 0, gid = 0;                     // real ids, initial user namespace
  uint32_t mnt_ns = 0, pid_ns = 0, net_ns = 0, user_ns = 0, uts_ns = 0, ipc_ns = 0, cgroup_ns = 0;
  uint64_t cgroup_id = 0;
  uint64_t start_ns = 0;  // start time, CLOCK_MONOTONIC; with tid a key that pid reuse cannot fool
  Phase phase = Phase::kHost;
  std::string comm;
  std::string exe;                       // path of the program that it runs; empty: not known
  std::string host_name;                 // UTS node name
  const Container* container = nullptr;  // null: the host
};

// One event. Everything it points to belongs to whoever made it and lives until that one's next
// event (the documentation of the maker says so); copy what you keep.
struct Event {
  uint64_t time_ns = 0;  // CLOCK_MONOTONIC
  uint16_t cpu = 0;
  Abi abi = Abi::kX86_64;
  Denied denied = Denied::kNo;      // by seccomp; system calls alone
  const EventType* type = nullptr;  // never null
  const Task* task = nullptr;       // never null; a loss has an all-zero task
  int64_t result = 0;
  uint64_t duration_ns = 0;  // that a system call took, with --durations; 0: not known
  // type->args.size() entries count. Where the argument's form has text, texts[i] holds it and
  // args[i] is the address only when the state is kUnreadable or kNotRead, else 0.
  uint64_t args[kMaxArgs] = {};
  Text texts[kMaxArgs];
  // What a profile that somebody asked about (--profile) would answer to the call, "ERRNO(EPERM)";
  // empty: it would let it through, or it is not asked for this one. Null: nobody asked. It is no
  // part of a recording.
  const std::string* profile_answer = nullptr;
};

}  // namespace ctrace
