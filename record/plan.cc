#include "record/plan.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <iterator>
#include <string_view>

#include "format/catalogue/catalogue.h"
#include "format/catalogue/other_events.h"
#include "format/decode/structures.h"
#include "record/file_io.h"
#include "record/memory_watch.h"

namespace ctrace {
namespace {

// What the kernel side must know of a call beyond its arguments.
struct Effect {
  std::string_view name;
  uint8_t flags;
};
constexpr Effect kEffects[] = {
    {"setuid", wire::PLAN_IDENTITY},
    {"setgid", wire::PLAN_IDENTITY},
    {"setreuid", wire::PLAN_IDENTITY},
    {"setregid", wire::PLAN_IDENTITY},
    {"setresuid", wire::PLAN_IDENTITY},
    {"setresgid", wire::PLAN_IDENTITY},
    {"setfsuid", wire::PLAN_IDENTITY},
    {"setfsgid", wire::PLAN_IDENTITY},
    {"setuid32", wire::PLAN_IDENTITY},
    {"setgid32", wire::PLAN_IDENTITY},
    {"setreuid32", wire::PLAN_IDENTITY},
    {"setregid32", wire::PLAN_IDENTITY},
    {"setresuid32", wire::PLAN_IDENTITY},
    {"setresgid32", wire::PLAN_IDENTITY},
    {"setfsuid32", wire::PLAN_IDENTITY},
    {"setfsgid32", wire::PLAN_IDENTITY},
    {"capset", wire::PLAN_IDENTITY},
    {"unshare", wire::PLAN_IDENTITY},
    {"setns", wire::PLAN_IDENTITY},
    {"seccomp", wire::PLAN_SECCOMP},
    {"prctl", wire::PLAN_SECCOMP},
    {"sethostname", wire::PLAN_HOSTNAME},
    {"clone", wire::PLAN_FORK},
    {"clone3", wire::PLAN_FORK},
    {"fork", wire::PLAN_FORK},
    {"vfork", wire::PLAN_FORK},
    {"execve", wire::PLAN_EXEC},
    {"execveat", wire::PLAN_EXEC},
};

// How the arguments of a Capture are read. Where `counts` is set the argument at that distance says
// how many.
struct Reading {
  Capture capture;
  wire::blob_op op;
  wire::blob_when when;
  int8_t counts = 0;
  bool counts_result = false;
  bool of_bytes = false;  // and not of structures
};
constexpr Reading kReadings[] = {
    {Capture::kText, wire::OP_TEXT, wire::WHEN_ALWAYS},
    {Capture::kStrings, wire::OP_STRINGS, wire::WHEN_ALWAYS},
    {Capture::kIn, wire::OP_BYTES, wire::WHEN_ALWAYS},
    {Capture::kOut, wire::OP_BYTES, wire::WHEN_SUCCESS},
    {Capture::kOutPositive, wire::OP_BYTES, wire::WHEN_POSITIVE},
    {Capture::kOutInterrupted, wire::OP_BYTES, wire::WHEN_INTERRUPTED},
    {Capture::kListIn, wire::OP_BYTES, wire::WHEN_ALWAYS, +1},
    {Capture::kListInBefore, wire::OP_BYTES, wire::WHEN_ALWAYS, -1},
    {.capture = Capture::kListOut,
     .op = wire::OP_BYTES,
     .when = wire::WHEN_SUCCESS,
     .counts_result = true},
    {Capture::kBytesIn, wire::OP_BYTES, wire::WHEN_ALWAYS, +1, false, true},
    {Capture::kBytesInBefore, wire::OP_BYTES, wire::WHEN_ALWAYS, -1, false, true},
    {.capture = Capture::kBytesOut,
     .op = wire::OP_BYTES,
     .when = wire::WHEN_SUCCESS,
     .counts_result = true,
     .of_bytes = true},
    {Capture::kBytesOutAt, wire::OP_BYTES_AT, wire::WHEN_SUCCESS, +1, false, true},
    {Capture::kBitsInOut, wire::OP_BITS, wire::WHEN_ALWAYS},  // the first argument counts
    {Capture::kMessageIn, wire::OP_MESSAGE, wire::WHEN_ALWAYS},
    {Capture::kMessageOut, wire::OP_MESSAGE, wire::WHEN_SUCCESS},
    {Capture::kMessagesIn, wire::OP_MESSAGE, wire::WHEN_ALWAYS},
    {Capture::kMessagesOut, wire::OP_MESSAGE, wire::WHEN_POSITIVE},
};

// Null: the register is all.
const Reading* find_reading(Capture capture) {
  const auto* row = std::ranges::find(kReadings, capture, &Reading::capture);
  return row == std::end(kReadings) ? nullptr : row;
}

// Descriptors that are not just there when the call ends.
struct FileEffect {
  std::string_view name;
  uint8_t arg;
  wire::file_op op;
};
constexpr FileEffect kFileEffects[] = {
    {"close", 0, wire::FILE_CLOSED},    {"dup2", 1, wire::FILE_REPLACED},
    {"dup3", 1, wire::FILE_REPLACED},   {"pipe", 0, wire::FILE_PAIR},
    {"pipe2", 0, wire::FILE_PAIR},      {"socketpair", 3, wire::FILE_PAIR},
    {"close_range", 0, wire::FILE_ANY}, {"unshare", 0, wire::FILE_ANY},
};

uint8_t file_row(wire::file_op op, size_t arg) {
  return static_cast<uint8_t>(op << wire::FILE_OP_SHIFT | arg);
}

wire::file_op op_of(const EventType& type, size_t arg) {
  for (const FileEffect& effect : kFileEffects) {
    if (effect.name == type.name && effect.arg == arg) return effect.op;
  }
  return type.args[arg].kind == Kind::dirfd ? wire::FILE_DIR : wire::FILE_OPEN;
}

// After these a socket is called otherwise.
constexpr std::string_view kRenaming[] = {"bind", "connect", "listen"};

// Whether the call makes descriptors, closes them or makes others of them.
bool changes_files(const EventType& type) {
  const auto named = [&](const FileEffect& effect) { return effect.name == type.name; };
  return result_name_index(type) != kNoName || std::ranges::any_of(kFileEffects, named) ||
         std::ranges::find(kRenaming, type.name) != std::end(kRenaming);
}

// In the order of the type's names; behind them what has none.
void add_files(const EventType& type, wire::plan& plan) {
  const auto add = [&plan](wire::file_op op, size_t arg) {
    if (plan.files < wire::MAX_PLAN_FILES) plan.file[plan.files++] = file_row(op, arg);
  };
  const size_t count = std::min(arg_count(type), kMaxSyscallArgs);
  for (size_t i = 0; i < count; ++i) {
    if (name_index(type, type.args[i].name) != kNoName) add(op_of(type, i), i);
  }
  if (result_name_index(type) != kNoName) {
    const bool other = result_kind(type) == Kind::fd_or_value;
    add(other ? wire::FILE_DUPLICATE : wire::FILE_OPEN, wire::FILE_RESULT);
  }
  for (const FileEffect& effect : kFileEffects) {
    const bool named = effect.op == wire::FILE_CLOSED || effect.op == wire::FILE_REPLACED;
    if (effect.name == type.name && !named) add(effect.op, effect.arg);
  }
}

// Whose contents of buffers are read, where they are at all.
struct Payload {
  Kind kind;
  uint8_t payload;
};
constexpr Payload kPayloads[] = {
    {Kind::buf_in, wire::PAYLOAD_IN},     {Kind::buf_out, wire::PAYLOAD_OUT},
    {Kind::iovecs_in, wire::PAYLOAD_IN},  {Kind::iovecs_out, wire::PAYLOAD_OUT},
    {Kind::msghdr_in, wire::PAYLOAD_IN},  {Kind::msghdr_out, wire::PAYLOAD_OUT},
    {Kind::mmsghdr_in, wire::PAYLOAD_IN}, {Kind::mmsghdr_out, wire::PAYLOAD_OUT},
};

void add_payload(Kind kind, uint16_t bytes, wire::pointee& row) {
  const auto* found = std::ranges::find(kPayloads, kind, &Payload::kind);
  if (found == std::end(kPayloads) || bytes == 0) return;
  row.payload = found->payload;
  if (kind_row(kind).form == Form::kBytes) row.limit = bytes;
  if (kind == Kind::iovecs_in || kind == Kind::iovecs_out) row.op = wire::OP_VECTORS;
}

wire::pointee make_pointee(Kind kind, const Reading& reading, const Layout& layout,
                           const Depth& depth) {
  wire::pointee row = {};
  row.op = reading.op;
  row.when = reading.when;
  const StructSize structure = struct_size(kind, layout);
  const bool is_address = kind_row(kind).form == Form::kSockaddr;
  const uint16_t bytes = is_address ? uint16_t{wire::MAX_SOCKADDR} : uint16_t{wire::MAX_BYTES};
  const auto all = static_cast<uint16_t>(structure.size * structure.elements);
  row.size = structure.size;
  row.limit = structure.size > 0 ? all : bytes;
  if (reading.op == wire::OP_STRINGS) row.size = layout.word;
  if (reading.of_bytes) row.size = 1;
  const bool is_one = reading.counts == 0 && !reading.counts_result && reading.op == wire::OP_BYTES;
  if (is_one) row.size = all;
  if (const Decider* decider = decider_of(kind)) {
    row.decider_mask = decider->mask;
    row.decided_by = decider->values;
  }
  add_payload(kind, depth.payload_bytes, row);
  return row;
}

// The rows that are needed, each once.
class PointeeTable {
 public:
  explicit PointeeTable(Pointees& rows) : rows_(rows) {}
  uint8_t row(const wire::pointee& wanted) {
    const auto same = [&](const wire::pointee& row) {
      return std::memcmp(&row, &wanted, sizeof row) == 0;
    };
    const auto found = std::find_if(rows_.begin(), rows_.begin() + used_, same);
    const auto index = static_cast<size_t>(found - rows_.begin());
    if (index == used_) {
      assert(used_ < rows_.size());
      rows_[used_++] = wanted;
    }
    return static_cast<uint8_t>(index);
  }

 private:
  Pointees& rows_;
  size_t used_ = 0;
};

// Which argument says how many.
uint8_t counting_arg(const Reading& reading, size_t arg) {
  if (reading.counts_result) return wire::COUNT_RESULT;
  if (reading.op == wire::OP_BITS) return 0;
  if (reading.counts == 0) return wire::COUNT_ONE;
  return static_cast<uint8_t>(static_cast<int>(arg) + reading.counts);
}

uint8_t deciding_arg(const EventType& type, Kind kind) {
  const Decider* decider = decider_of(kind);
  if (!decider) return wire::NO_DECIDER;
  const auto found = std::ranges::find(type.args, decider->by, &ArgType::kind);
  assert(found != type.args.end());
  return static_cast<uint8_t>(found - type.args.begin());
}

wire::plan make_plan(const EventType& type, const Layout& layout, bool wanted, const Depth& depth,
                     PointeeTable& pointees) {
  wire::plan plan = {};
  plan.args = static_cast<uint8_t>(std::min(arg_count(type), kMaxSyscallArgs));
  plan.flags = wanted ? wire::PLAN_WANTED : 0;
  const auto* effect =
      std::find_if(std::begin(kEffects), std::end(kEffects),
                   [&](const Effect& candidate) { return candidate.name == type.name; });
  if (effect != std::end(kEffects)) plan.flags |= effect->flags;
  for (uint8_t i = 0; i < plan.args && plan.blobs < wire::MAX_BLOBS; ++i) {
    const Kind kind = type.args[i].kind;
    const bool is_environment = kind == Kind::envp && depth.environment;
    const Reading* reading =
        find_reading(is_environment ? Capture::kStrings : kind_row(kind).capture);
    if (!reading) continue;
    auto& blob = plan.blob[plan.blobs++];
    blob.arg = i;
    blob.pointee = pointees.row(make_pointee(kind, *reading, layout, depth));
    blob.count = counting_arg(*reading, i);
    blob.decider = deciding_arg(type, kind);
    plan.single_text = plan.blobs == 1 && reading->op == wire::OP_TEXT;
  }
  add_files(type, plan);
  return plan;
}

// Which calls are to be recorded: those that are wanted, and those that other events follow from.
EventMask captured_calls(const Filter& filter) {
  EventMask mask = filter.events_to_read();
  for (const FileIoCall& call : file_io_calls()) {
    if (!filter.asks_for(call.event_id)) continue;
    for (const EventType* type : find_events(call.name)) mask.set(type->id);
  }
  if (!filter.event_mask().test(kMemProtAlert)) return mask;
  for (const std::string_view name : memory_calls())
    for (const EventType* type : find_events(name)) mask.set(type->id);
  return mask;
}

}  // namespace

bool names_gone(const Filter& filter) {
  return std::ranges::any_of(kFileEffects, [&filter](const FileEffect& effect) {
    return (effect.op == wire::FILE_CLOSED || effect.op == wire::FILE_REPLACED) &&
           std::ranges::any_of(find_events(effect.name), [&filter](const EventType* type) {
             return filter.event_mask().test(type->id);
           });
  });
}

Plans make_plans(const Filter& filter, bool events, const Depth& depth) {
  Plans plans = {};
  PointeeTable pointees(plans.pointees);
  const EventMask captured = captured_calls(filter);
  const EventType& execveat = *find_event("execveat");
  const bool remembers = events && names_gone(filter);
  const auto plan_of = [&](Abi abi, int32_t number) {
    const EventType& type = recorded_type(syscall_event(abi, number), depth.extras());
    // An execveat that succeeds ends as an execve.
    const bool is_exec = type.name == "execve" && captured.test(execveat.id);
    const bool wanted = events && (is_exec || captured.test(type.id));
    wire::plan plan = make_plan(type, layout_of(abi, number), wanted, depth, pointees);
    const FileIoCall* io = wanted ? file_io_call(filter, type) : nullptr;
    // Behind the one that has a name: the tracker knows it by its place.
    if (io && io->at != FileIoCall::At::kArgument && plan.files == 1)
      plan.file[plan.files++] = file_row(wire::FILE_POSITION, 0);
    if (wanted) return plan;
    // What a descriptor was that is closed must be known nevertheless.
    plan.files = remembers && changes_files(type) ? plan.files | wire::FILE_UNNAMED : 0;
    return plan;
  };
  for (int32_t number = 0; number < wire::PLAN_SYSCALLS; ++number) {
    plans.calls[number] = plan_of(static_cast<Abi>(wire::ABI_NATIVE), number);
    plans.calls[wire::PLAN_SYSCALLS + number] = plan_of(static_cast<Abi>(wire::ABI_COMPAT), number);
  }
  for (int32_t own = 0; own < wire::X32_OWN; ++own)
    plans.calls[wire::PLAN_X32 + own] = plan_of(Abi::kX32, wire::PLAN_SYSCALLS + own);
  return plans;
}

}  // namespace ctrace
