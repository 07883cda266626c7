#include "analyze/hints.h"

#include <algorithm>

#include "analyze/event_args.h"
#include "format/catalogue/catalogue.h"
#include "format/print/text_table.h"

namespace ctrace {
namespace {

constexpr uint64_t kNewNamespaces = 0x7e020000;  // CLONE_NEW*
constexpr size_t kMaxWords = 1 << 16, kShown = 3;

constexpr uint32_t Task::*kNamespaces[] = {&Task::mnt_ns,   &Task::pid_ns, &Task::net_ns,
                                           &Task::user_ns,  &Task::uts_ns, &Task::ipc_ns,
                                           &Task::cgroup_ns};

// Zeros are not known.
bool differ(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b) {
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] != 0 && b[i] != 0 && a[i] != b[i]) return true;
  }
  return false;
}

// Sets of calls that nothing but System V IPC and POSIX queues has.
bool is_ipc(uint16_t id) {
  static const SetMask kMask = [] {
    SetMask mask = 0;
    for (const char* name : {"ipc_shm", "ipc_sem", "ipc_msgq"}) {
      mask |= SetMask{1} << find_set(name).value();
    }
    return mask;
  }();
  return (event_sets(id) & kMask) != 0;
}

bool is_open(const std::string& call) {
  return call == "open" || call == "openat" || call == "openat2" || call == "creat";
}

void count(Counts& counts, const std::string& word) {
  if (counts.contains(word) || counts.size() < kMaxWords) ++counts[word];
}

// "3 calls", "1 call"
std::string plural(uint64_t count, const std::string& word) {
  return std::to_string(count) + " " + word + (count == 1 ? "" : "s");
}

// "httpd (3), sh (1)"
std::string listed(const Counts& counts) {
  std::vector<std::pair<std::string, uint64_t>> rows;
  for (const auto& [word, count] : counts) {
    rows.emplace_back(word + " (" + std::to_string(count) + ")", count);
  }
  return top_words(std::move(rows), 0, kShown);
}

std::string listed(const WriteUses& uses) {
  Counts words;
  for (const auto& [who, count] : uses) words[who.first + ": " + who.second] += count;
  return listed(words);
}

}  // namespace

// ---- what was seen

void HintFinder::find_gaps(const std::string& file, RecordingReader& reader, const Chosen& chosen) {
  const auto gap = [&](const std::string& why) { gaps_.push_back("'" + file + "' " + why); };
  const RecordingTotals& totals = reader.totals();
  if (is_narrowed(reader.header())) gap("was recorded with filters");
  if (totals.lost != 0) gap("lost " + plural(totals.lost, "record"));
  if (totals.drops().shed[static_cast<size_t>(ShedClass::kText)] != 0) gap("lacks texts");
  if (totals.recursion_misses != 0) gap("lacks what happened while the recorder was preempted");
  if (reader.state() == RecordingState::kBeingWritten) gap("is still being written");
  if (reader.state() == RecordingState::kCutShort) gap("was cut short");
  if (!reader.damage().empty()) gap("is damaged");
  uint64_t counted = 0;
  for (const CallCount& row : reader.call_counts()) {
    if (!is_own(row, chosen)) continue;
    if (row.abi == Abi::kArm) gap("has calls of 32-bit ARM, which are known by number alone");
    const EventType* type = find_event(row.event_id);
    if (type == nullptr || type->is_syscall) counted += row.count;
  }
  // Of a command what it did before it was executed is counted too, and not told.
  if (counted > calls_ && !chosen.host) {
    gap("has not the event of every call: " + plural(counted - calls_, "call") + " more");
  }
  for (const uint32_t index : chosen.containers) {
    const Container& container = reader.containers().at(index);
    ++containers_;
    no_new_privs_ += container.no_new_privs;
    read_only_roots_ += container.fact("read_only_root") == "true";
    if (container.existing) {
      gap("does not have the beginning of container '" + container_name(&container) + "'");
    }
  }
}

void HintFinder::add_exec(const Event& event) {
  ++execs_;
  const auto gained = arg_number(event, "secure_exec");
  if (!gained) {
    ++blind_execs_;
  } else if (*gained != 0) {
    count(privileged_, std::string(arg_text(event, "pathname").value_or("?")));
  }
}

void HintFinder::add_namespaces(const Event& event) {
  const Task& task = *event.task;
  bool makes = false;
  if (event.type->is_syscall && event.result >= 0) {
    const std::string& name = event.type->name;
    const bool flags_first = name == "unshare" || name == "clone";
    const auto flags = flags_first ? arg_number(event, "flags") : std::optional<uint64_t>();
    makes = name == "setns" || (flags && (*flags & kNewNamespaces) != 0);
  }
  if (task.serial != last_serial_ || makes) {
    std::vector<uint32_t> now;
    for (const auto member : kNamespaces) now.push_back(task.*member);
    const uint32_t index = task.container ? task.container->index : 0;
    const auto [first, is_new] = first_namespaces_.try_emplace(index, now);
    if (makes || (!is_new && differ(first->second, now))) count(namespace_makers_, task.comm);
  }
}

void HintFinder::add_own(const Event& event) {
  // Said of the container, by nobody in it.
  if (event.type->id == kContainerStop || event.task->pid == 0) return;
  add_namespaces(event);
  if (event.task->serial != last_serial_) users_.insert(event.task->uid);
  last_serial_ = event.task->serial;
  if (event.type->id == kProcessExec) add_exec(event);
  if (!event.type->is_syscall) return;
  ++calls_;
  const std::string& name = event.type->name;
  opened_ += is_open(name) && event.result >= 0;
  if (name == "capset" && event.result == 0) count(capsets_, event.task->comm);
  if (name == "io_uring_setup" && event.result >= 0) count(io_uring_, event.task->comm);
  if (is_ipc(event.type->id)) count(ipc_, name);
  for (size_t i = 0; i < arg_count(*event.type); ++i) {
    const std::string_view text = event.texts[i].bytes;
    const bool shared = text.starts_with("/dev/shm") || text.starts_with("/dev/mqueue");
    if (shared && event.type->args[i].kind == Kind::path) count(ipc_, name);
  }
  written_.add(event, paths_);
  network_.add(event, paths_);
}

Result<void> HintFinder::add(const std::string& file, RecordingReader& reader,
                             const Chosen& chosen) {
  paths_ = {};
  first_namespaces_.clear();
  last_serial_ = 0;
  const uint64_t before = std::exchange(calls_, 0);
  auto read = reader.read({}, [&](const Event& event) {
    const bool own = is_own(*event.task, chosen);
    if (own) add_own(event);
    // Where the runtime leaves the container's first process is where it begins.
    if (own || is_setup(*event.task, chosen)) paths_.see(event);
    return true;
  });
  if (!read) return read;
  if (calls_ != 0) find_gaps(file, reader, chosen);
  if (paths_.is_cut()) gaps_.push_back("'" + file + "' has too many descriptors to follow");
  calls_ += before;
  return needs_.add(reader, chosen);
}

// ---- what follows

std::string HintFinder::gap_of_calls() const {
  if (!gaps_.empty()) return gap();
  if (!io_uring_.empty()) return "io_uring is used, by " + listed(io_uring_);
  return {};
}

void HintFinder::tell_files(Hints& hints) const {
  constexpr const char* kName = "read-only-root";
  const auto places = written_.places();
  const bool is_all = containers_ != 0 && read_only_roots_ == containers_;
  if (is_all) {
    hints.hints.push_back({kName, "already", "--read-only", "the container's settings say so"});
  } else if (const std::string why = gap_of_calls(); !why.empty()) {
    hints.untold.push_back({kName, why});
  } else if (!written_.unknown().empty()) {
    hints.untold.push_back(
        {kName, "files were changed whose path is not known, by " + listed(written_.unknown())});
  } else if (written_.is_cut()) {
    hints.untold.push_back({kName, "too many places are written"});
  } else if (places.contains("/")) {
    hints.untold.push_back({kName, "/ itself is written, by " + listed(places.at("/"))});
  } else if (places.empty()) {
    hints.hints.push_back({kName, "possible", "--read-only",
                           "no call changed a file outside of /proc, /sys and /dev"});
  } else {
    hints.hints.push_back({kName, "possible, with the paths below writable", "--read-only",
                           plural(written_.calls(), "call") +
                               " changed files outside of /proc, /sys and /dev, all below these"});
  }
  for (const auto& [path, uses] : places) {
    if (path != "/")
      hints.hints.push_back({"writable-path", path, "--tmpfs or --volume", listed(uses)});
  }
}

void HintFinder::tell_privileges(Hints& hints) const {
  constexpr const char* kName = "no-new-privileges";
  constexpr const char* kOption = "--security-opt no-new-privileges";
  if (containers_ != 0 && no_new_privs_ == containers_) {
    hints.hints.push_back({kName, "already", kOption, "the container ran with it"});
    return;
  }
  std::string why = gap();
  if (!privileged_.empty()) {
    why = "programs gained privileges: " + listed(privileged_);
  } else if (blind_execs_ != 0) {
    why = "of " + plural(blind_execs_, "execution") +
          " the recording does not say whether privileges were gained";
  } else if (!capsets_.empty()) {
    why = "capabilities were given up that an execution may have brought back, by " +
          listed(capsets_);
  } else if (execs_ == 0 && why.empty()) {
    why = "no execution of a program was seen";
  }
  if (!why.empty()) {
    hints.untold.push_back({kName, why});
  } else {
    hints.hints.push_back({kName, "possible", kOption,
                           plural(execs_, "execution") + " of programs, none gained privileges"});
  }
}

void HintFinder::tell_user(Hints& hints) const {
  constexpr const char* kName = "user";
  if (!users_.contains(0)) {
    std::string ids;
    for (const uint32_t user : users_) ids += (ids.empty() ? "" : ", ") + std::to_string(user);
    hints.hints.push_back(
        {kName, "already other than root", "", "all ran as " + ids + ", as the host counts"});
    return;
  }
  std::string why = gap();
  if (needs_.is_derived()) {
    why = "capability checks were not recorded";
  } else if (!needs_.used().empty()) {
    Counts names;
    for (const auto& [capability, use] : needs_.used())
      names[capability_name(capability)] = use.by.size();
    why = "capabilities were used: " + listed(names);
  }
  if (!why.empty()) {
    hints.untold.push_back({kName, why});
    return;
  }
  hints.hints.push_back(
      {kName, "other than root possible, if it owns what it writes and may read what it opens",
       "--user",
       "no capability was used in " + plural(needs_.events(), "event") + "; whose the " +
           plural(opened_, "opened file") + " are is not recorded"});
}

void HintFinder::tell_network(Hints& hints) const {
  constexpr const char* kName = "network";
  for (const auto& [port, by] : network_.bound()) {
    const std::string value =
        std::to_string(port.port) + (port.protocol == "?" ? "" : "/" + port.protocol);
    hints.hints.push_back({"port", value, "", "bound on " + port.address + " by " + listed(by)});
  }
  std::string why = gap_of_calls();
  if (!network_.outside().empty()) {
    why = "it is used: " + listed(network_.outside());
  } else if (!network_.abstract().empty()) {
    why = "abstract unix sockets, which belong to it, were called: " + listed(network_.abstract());
  } else if (!network_.hidden().empty()) {
    why = "addresses may be in messages that no recording has: " + listed(network_.hidden());
  } else if (network_.is_cut() && why.empty()) {
    why = "too many addresses";
  }
  if (!why.empty()) {
    hints.untold.push_back({kName, why});
    return;
  }
  const bool loopback = network_.sockets() != 0;
  hints.hints.push_back(
      {kName, loopback ? "loopback alone" : "not used", "--network none",
       loopback ? plural(network_.sockets(), "socket") + ", no address beyond the loopback"
                : "no socket" + (network_.local_sockets() == 0
                                     ? std::string()
                                     : " but " + std::to_string(network_.local_sockets()) +
                                           " of unix or netlink")});
}

void HintFinder::tell_namespaces(Hints& hints) const {
  const auto tell = [&](const char* name, const Counts& seen, const std::string& verb, Hint hint) {
    std::string why = gap();
    if (!seen.empty()) why = verb + listed(seen);
    if (!why.empty()) return hints.untold.push_back({name, why});
    hint.name = name;
    hints.hints.push_back(std::move(hint));
  };
  tell("new-namespaces", namespace_makers_, "made or entered, by ",
       {"", "not needed", "", "all processes stayed in those that the container began in"});
  tell("ipc", ipc_, "used: ",
       {"", "not used", "--ipc none",
        "no call of System V IPC or POSIX queues, nothing in /dev/shm"});
}

Hints HintFinder::finish() const {
  Hints hints;
  tell_files(hints);
  tell_privileges(hints);
  tell_user(hints);
  tell_network(hints);
  tell_namespaces(hints);
  return hints;
}

}  // namespace ctrace
