#include "format/catalogue/catalogue.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <charconv>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "format/catalogue/rows.h"
#include "format/catalogue/sets.h"

namespace ctrace {
namespace {

constexpr size_t kIdLimit = 5120;
constexpr uint16_t kArm64Base = kForeignBase + kArm64Offset;
constexpr uint16_t kArmBase = kForeignBase + kArmOffset;

uint16_t row_id(const SyscallRow& row) {
  if (row.x86_64 >= 0) return static_cast<uint16_t>(row.x86_64);
  if (row.i386 >= 0) return static_cast<uint16_t>(kForeignBase + row.i386);
  return static_cast<uint16_t>(kArm64Base + row.arm64);
}

int number_in(const SyscallRow& row, Abi abi) {
  switch (abi) {
    case Abi::kX86_64:
    case Abi::kX32:
      return row.x86_64;
    case Abi::kI386:
      return row.i386;
    case Abi::kArm64:
      return row.arm64;
    case Abi::kArm:
      break;
  }
  return -1;
}

bool is_descriptor(Kind kind) {
  return kind == Kind::fd || kind == Kind::dirfd || kind == Kind::fd_or_value;
}

// A name for each descriptor, see EventType.
void add_names(EventType& type, Kind result) {
  std::vector<std::string> names;
  for (const ArgType& arg : type.args) {
    if (is_descriptor(arg.kind)) names.push_back(arg.name);
  }
  if (is_descriptor(result)) names.emplace_back();
  const KindRow& kind = kind_row(Kind::fd_name);
  for (std::string& name : names)
    type.args.push_back({std::move(name), kind.kind, kind.form, std::string(kind.c_type)});
}

template <size_t N>
EventType make_type(uint16_t id, std::string_view name, const ArgRow (&args)[N], bool is_syscall,
                    Kind result = Kind::i64) {
  EventType type{id, std::string(name), {}, is_syscall};
  for (const ArgRow& arg : args) {
    if (arg.name.empty()) break;
    const KindRow& kind = kind_row(arg.kind);
    type.args.push_back({std::string(arg.name), arg.kind, kind.form,
                         std::string(arg.c_type.empty() ? kind.c_type : arg.c_type)});
  }
  add_names(type, result);
  return type;
}

// The sets that follow from what a row says already.
SetMask implied_sets(SetMask named, const EventType& type) {
  using namespace sets;
  struct Rule {
    SetMask any_of, implied;
  };
  static constexpr Rule kRules[] = {
      {(SetMask{1} << kNetSockIndex) | (SetMask{1} << kNetSndRcvIndex), kNetwork},
      {SetMask{1} << kProcLifeIndex, kProcess},
      {SetMask{1} << kProcMemIndex, kMemory},
      {SetMask{1} << kSignalsIndex, kSignal},
      {(SetMask{1} << kIpcShmIndex) | (SetMask{1} << kIpcSemIndex), kSysvIpc},
      {(SetMask{1} << kTimeClockIndex) | (SetMask{1} << kTimeTodIndex), kClock},
  };
  SetMask mask = named;
  if (!type.is_syscall) return mask;
  mask |= kSyscalls;
  for (const Rule& rule : kRules) {
    if (named & rule.any_of) mask |= rule.implied;
  }
  // Two calls serve all of System V's objects or all sockets; queues are split by their names.
  if (type.name.starts_with("msg") || type.name == "ipc") mask |= kSysvIpc;
  for (const ArgType& arg : type.args) {
    if (arg.kind == Kind::path || arg.kind == Kind::out_path) mask |= kFile;
    if (arg.kind == Kind::fd || arg.kind == Kind::dirfd) mask |= kDesc;
  }
  return mask;
}

EventType make_unknown(uint16_t id, int number) {
  static constexpr ArgRow kRegisters[] = {{"a0", Kind::hex}, {"a1", Kind::hex}, {"a2", Kind::hex},
                                          {"a3", Kind::hex}, {"a4", Kind::hex}, {"a5", Kind::hex}};
  return make_type(id, "syscall_" + std::to_string(number), kRegisters, true);
}

// Everything that is asked by number or name, made from the rows once.
class Index {
 public:
  Index() {
    fill_types();
    for (const EventType& type : types_) {
      by_id_[type.id] = &type;
      by_name_[type.name].push_back(&type);
    }
    // An alias stands before the name: `umount` is umount2 first, as it was for the original.
    for (const AliasRow& row : alias_rows()) {
      auto& events = by_name_[row.alias];
      events.insert(events.begin(), by_name_.at(row.name).front());
    }
    fill_numbers();
  }

  const std::vector<EventType>& types() const { return types_; }
  const EventType* by_id(uint16_t id) const { return id < kIdLimit ? by_id_[id] : nullptr; }
  SetMask sets(uint16_t id) const { return id < kIdLimit ? sets_[id] : 0; }
  const EventType* by_number(Abi abi, int32_t number) const {
    return by_number_[static_cast<size_t>(abi)][static_cast<size_t>(number)];
  }
  int16_t number(uint16_t id, Abi abi) const {
    return id < kIdLimit ? numbers_[static_cast<size_t>(abi)][id] : int16_t{-1};
  }
  const std::vector<const EventType*>* by_name(std::string_view name) const {
    auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : &found->second;
  }

 private:
  void fill_types() {
    types_.reserve(syscall_rows().size() + other_event_rows().size());
    for (const SyscallRow& row : syscall_rows()) {
      types_.push_back(make_type(row_id(row), row.name, row.args, true, row.result));
      sets_[types_.back().id] = implied_sets(row.sets, types_.back());
    }
    for (const OtherEventRow& row : other_event_rows()) {
      types_.push_back(make_type(row.id, row.name, row.args, row.id == kSyscallInvalid));
      sets_[row.id] = implied_sets(row.sets, types_.back());
    }
    std::ranges::sort(types_, {}, &EventType::id);
    assert(std::ranges::adjacent_find(types_, {}, &EventType::id) == types_.end());
  }

  void fill_numbers() {
    for (auto& numbers : numbers_) numbers.fill(-1);
    for (const SyscallRow& row : syscall_rows()) {
      for (Abi abi : {Abi::kX86_64, Abi::kI386, Abi::kX32, Abi::kArm64}) {
        set_number(abi, number_in(row, abi), row_id(row));
      }
    }
    for (const X32Row& row : x32_rows()) {
      set_number(Abi::kX32, row.x32, by_name_.at(row.name).front()->id);
    }
  }

  void set_number(Abi abi, int number, uint16_t id) {
    if (number < 0) return;
    by_number_[static_cast<size_t>(abi)][static_cast<size_t>(number)] = by_id_[id];
    numbers_[static_cast<size_t>(abi)][id] = static_cast<int16_t>(number);
  }

  std::vector<EventType> types_;
  std::array<const EventType*, kIdLimit> by_id_{};
  std::array<SetMask, kIdLimit> sets_{};
  std::unordered_map<std::string_view, std::vector<const EventType*>> by_name_;
  std::array<std::array<const EventType*, kSyscallIds>, kAbiCount> by_number_{};
  std::array<std::array<int16_t, kIdLimit>, kAbiCount> numbers_{};
};

const Index& index() {
  static const Index* const made = new Index;  // never destroyed: its pointers live for ever
  return *made;
}

// The number that `id` stands for in its own table; -1 when it is no system call's id.
int own_number(uint16_t id) {
  if (id < kSyscallIds) return id;
  if (id >= kForeignBase && id < kForeignBase + kSyscallIds) return id - kForeignBase;
  if (id >= kArm64Base && id < kArm64Base + kSyscallIds) return id - kArm64Base;
  if (id >= kArmBase && id < kArmBase + kSyscallIds) return id - kArmBase;
  return -1;
}

// The id of a number without a row.
uint16_t unknown_id(Abi abi, int32_t number) {
  constexpr int kBases[kAbiCount] = {0, kForeignBase, 0, kArm64Base, kArmBase};
  const int base = kBases[static_cast<size_t>(abi)];
  return static_cast<uint16_t>(base + number);
}

// The events that stand for "syscall_N" where a table has no row for N.
std::vector<const EventType*> find_unknown(std::string_view name) {
  constexpr std::string_view kPrefix = "syscall_";
  if (!name.starts_with(kPrefix)) return {};
  int32_t number = 0;
  auto [end, error] =
      std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), number);
  if (error != std::errc() || end != name.data() + name.size()) return {};
  std::vector<const EventType*> found;
  for (Abi abi : {Abi::kX86_64, Abi::kI386, Abi::kArm64, Abi::kArm}) {
    const EventType& type = syscall_event(abi, number);
    if (type.name == name) found.push_back(&type);
  }
  return found;
}

}  // namespace

std::span<const EventType> event_types() { return index().types(); }

const EventType* find_event(uint16_t id) { return index().by_id(id); }

const EventType* find_event(std::string_view name) {
  const auto* events = index().by_name(name);
  return events ? events->front() : nullptr;
}

std::vector<const EventType*> find_events(std::string_view name) {
  const auto* events = index().by_name(name);
  return events ? *events : find_unknown(name);
}

const EventType& syscall_event(Abi abi, int32_t number) {
  if (number < 0 || number >= kSyscallIds) return *find_event(kSyscallInvalid);
  if (const EventType* known = index().by_number(abi, number)) return *known;
  return *unknown_syscall_event(unknown_id(abi, number));
}

std::optional<int32_t> syscall_number(uint16_t id, Abi abi) {
  const int16_t number = index().number(id, abi);
  if (number >= 0) return number;
  // Without a row; still the id says which number of which table it is.
  const int own = own_number(id);
  if (own >= 0 && syscall_event(abi, own).id == id) return own;
  return std::nullopt;
}

bool is_number_of_a_call(uint16_t id) { return own_number(id) >= 0; }

const EventType* unknown_syscall_event(uint16_t id) {
  if (!is_number_of_a_call(id)) return nullptr;
  // Each at the first question about it: all 4,000 would be 3 MB. Of two threads that make the same
  // one the later drops its own.
  static std::array<std::atomic<const EventType*>, kIdLimit> made = {};
  if (const EventType* type = made[id].load(std::memory_order_acquire)) return type;
  auto own = std::make_unique<const EventType>(make_unknown(id, own_number(id)));
  const EventType* there = nullptr;
  return made[id].compare_exchange_strong(there, own.get()) ? own.release() : there;
}

Kind result_kind(const EventType& type) {
  const auto rows = syscall_rows();
  const auto row = std::ranges::find(rows, type.name, &SyscallRow::name);
  return type.is_syscall && row != rows.end() ? row->result : Kind::i64;
}

std::string event_line(const EventType& type) {
  const auto others = other_event_rows();
  const auto row = std::ranges::find(others, type.id, &OtherEventRow::id);
  if (row != others.end()) return std::string(row->meaning);
  std::string line = "(";
  for (size_t i = 0; i < arg_count(type); ++i) {
    if (i > 0) line += ", ";
    line += type.args[i].c_type + " " + type.args[i].name;
  }
  return line + ")";
}

SetMask event_sets(uint16_t id) {
  if (find_event(id)) return index().sets(id);
  return own_number(id) >= 0 ? sets::kSyscalls : 0;
}

std::optional<size_t> find_set(std::string_view name) {
  const auto rows = set_rows();
  const auto found = std::ranges::find(rows, name, &SetRow::name);
  if (found == rows.end()) return std::nullopt;
  return static_cast<size_t>(found - rows.begin());
}

}  // namespace ctrace
