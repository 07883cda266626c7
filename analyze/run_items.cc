#include "analyze/run_items.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "analyze/address.h"
#include "analyze/call_evidence.h"
#include "analyze/call_facts.h"
#include "analyze/call_types.h"
#include "analyze/capability_uses.h"
#include "analyze/caps.h"
#include "format/catalogue/catalogue.h"
#include "format/decode/decode.h"

namespace ctrace {
namespace {

constexpr std::string_view kWords[] = {"syscall", "argument", "errno",  "open",
                                       "exec",    "peer",     "listen", "capability"};

enum class Meaning { kOpens, kCalls, kIsCalled, kBinds };
struct TextRow {
  std::string_view call;
  std::string_view arg;
  Meaning meaning;
};
// Arguments with text that are worth an item of their own.
constexpr TextRow kTexts[] = {
    {"open", "pathname", Meaning::kOpens},        {"openat", "pathname", Meaning::kOpens},
    {"openat2", "pathname", Meaning::kOpens},     {"creat", "pathname", Meaning::kOpens},
    {"connect", "addr", Meaning::kCalls},         {"sendto", "dest_addr", Meaning::kCalls},
    {"accept", "addr", Meaning::kIsCalled},       {"accept4", "addr", Meaning::kIsCalled},
    {"recvfrom", "src_addr", Meaning::kIsCalled}, {"bind", "addr", Meaning::kBinds},
};

std::string owner_of(const Event& event, ItemsBy by) {
  if (by == ItemsBy::kContainer) return container_name(event.task->container);
  return by == ItemsBy::kProcess ? event.task->comm : std::string();
}

// The native table goes without saying.
std::string call_text(const EventType& type, Abi abi) {
  if (abi == Abi::kX86_64 || abi == Abi::kArm64) return type.name;
  return type.name + " (" + std::string(abi_name(abi)) + ")";
}

std::string value_text(const CheckedArg& arg, uint64_t value) {
  return std::string(arg.call) + " " + checked_value(arg, value);
}

void add_address(const std::string& bytes, Meaning meaning, const std::string& owner,
                 uint64_t count, RunItems& run) {
  auto address = parse_address(bytes);
  if (!address || (address->host.empty() && !address->port)) return;
  const ItemSort sort = meaning == Meaning::kBinds ? ItemSort::kListen : ItemSort::kPeer;
  run.add({sort, owner, address_text(*address)}, count);
}

// Gathers what events tell, in numbers and bytes as they stand there: an event costs a look into
// small tables, and words are made once at the end. The tables have RunItems::kMaxItems rows in
// all.
class Gatherer {
 public:
  explicit Gatherer(const ItemChoice& choice) : choice_(choice) {}
  void add(const Event& event);
  void finish(RunItems& run);

 private:
  // One call (event id, ABI) of one owner.
  struct Call {
    std::string text;  // "openat (i386)"
    uint32_t owner = 0;
    uint64_t count = 0;
    std::map<int, uint64_t> errnos;
    const CheckedArg* checked = nullptr;
    std::unordered_map<uint64_t, uint64_t> values;
    size_t text_arg = kMaxArgs;  // kMaxArgs: none that is worth an item
    Meaning meaning = Meaning::kOpens;
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  using Texts = std::unordered_map<std::string, uint64_t, Hash, std::equal_to<>>;

  bool takes_room();
  uint32_t owner_number(const Event& event);
  Call* call_of(const Event& event);  // null: no room
  void add_call(Call& call, const Event& event);
  Call make_call(const Event& event);
  void add_text(const Call& call, const Event& event);
  void count(Texts& texts, std::string_view text);

  const ItemChoice& choice_;
  std::vector<std::string> owners_;
  std::map<std::string, uint32_t, std::less<>> owner_numbers_;
  uint64_t last_task_ = 0;  // its serial
  uint32_t last_owner_ = 0;
  std::unordered_map<uint64_t, Call> calls_;
  uint64_t last_key_ = ~uint64_t{0};
  Call* last_call_ = nullptr;
  std::map<std::tuple<ItemSort, Meaning, uint32_t>, Texts> texts_;
  CapabilityUses checks_;
  size_t entries_ = 0;
  bool is_cut_ = false;
};

bool Gatherer::takes_room() {
  if (entries_ < RunItems::kMaxItems) return ++entries_, true;
  is_cut_ = true;
  return false;
}

uint32_t Gatherer::owner_number(const Event& event) {
  if (last_task_ != 0 && event.task->serial == last_task_) return last_owner_;
  const std::string name = owner_of(event, choice_.by);
  auto row = owner_numbers_.find(name);
  if (row == owner_numbers_.end()) {
    if (!owners_.empty() && !takes_room()) return last_owner_;  // it is told that rows are missing
    row = owner_numbers_.emplace(name, static_cast<uint32_t>(owners_.size())).first;
    owners_.push_back(name);
  }
  last_task_ = event.task->serial;
  return last_owner_ = row->second;
}

Gatherer::Call Gatherer::make_call(const Event& event) {
  Call call;
  const auto& args = event.type->args;
  call.text = call_text(*event.type, event.abi);
  const CheckedArg* checked = choice_.args ? find_checked_arg(event.type->name) : nullptr;
  const bool is_there = checked != nullptr && checked->index < args.size() &&
                        args[checked->index].kind == checked->kind;
  if (is_there) call.checked = checked;
  for (const TextRow& row : kTexts) {
    if (row.call != event.type->name) continue;
    const auto found = std::ranges::find(args, row.arg, &ArgType::name);
    if (found == args.end() || !has_text(found->form)) continue;
    call.text_arg = static_cast<size_t>(found - args.begin());
    call.meaning = row.meaning;
  }
  return call;
}

Gatherer::Call* Gatherer::call_of(const Event& event) {
  const uint32_t owner = owner_number(event);
  const uint64_t key =
      uint64_t{owner} << 24 | uint64_t{event.type->id} << 8 | static_cast<uint64_t>(event.abi);
  if (key == last_key_) return last_call_;
  auto found = calls_.find(key);
  if (found == calls_.end()) {
    if (!takes_room()) return nullptr;
    found = calls_.emplace(key, make_call(event)).first;
    found->second.owner = owner;
  }
  last_key_ = key;
  return last_call_ = &found->second;
}

void Gatherer::count(Texts& texts, std::string_view text) {
  if (const auto found = texts.find(text); found != texts.end()) {
    ++found->second;
  } else if (takes_room()) {
    texts.emplace(text, 1);
  }
}

void Gatherer::add_text(const Call& call, const Event& event) {
  const Text& text = event.texts[call.text_arg];
  if (!has_bytes(text)) return;
  if (call.meaning == Meaning::kOpens) {
    if (event.result >= 0) count(texts_[{ItemSort::kOpen, call.meaning, call.owner}], text.bytes);
    return;
  }
  if (call.meaning == Meaning::kIsCalled) {
    // Without the port, which is another one each time.
    auto address = parse_address(text.bytes);
    if (!address || (address->host.empty() && !address->port)) return;
    const std::string words = address->port ? address->host : address_text(*address);
    return count(texts_[{ItemSort::kPeer, call.meaning, call.owner}], words);
  }
  count(texts_[{ItemSort::kListen, call.meaning, call.owner}], text.bytes);
}

void Gatherer::add_call(Call& call, const Event& event) {
  ++call.count;
  if (const int number = errno_of(event.result); number != 0) {
    if (call.errnos.contains(number) || takes_room()) ++call.errnos[number];
  }
  if (call.checked != nullptr) {
    const uint64_t value = event.args[call.checked->index] & call.checked->mask;
    if (call.values.contains(value) || takes_room()) ++call.values[value];
  }
  if (call.text_arg < kMaxArgs) add_text(call, event);
}

void Gatherer::add(const Event& event) {
  checks_.see(event);
  if (event.type->is_syscall) {
    if (Call* call = call_of(event)) add_call(*call, event);
  } else if (event.type->id == kProcessExec && has_bytes(event.texts[0])) {
    count(texts_[{ItemSort::kExec, Meaning::kOpens, owner_number(event)}], event.texts[0].bytes);
  } else if (const auto use = checks_.use_of(event)) {
    count(texts_[{ItemSort::kCapability, Meaning::kOpens, owner_number(event)}],
          capability_name(use->capability));
  }
}

void Gatherer::finish(RunItems& run) {
  for (const auto& [key, call] : calls_) {
    const std::string& owner = owners_[call.owner];
    run.add({ItemSort::kSyscall, owner, call.text}, call.count);
    for (const auto& [number, count] : call.errnos) {
      const std::string_view name = errno_name(number);
      const std::string word = name.empty() ? std::to_string(number) : std::string(name);
      run.add({ItemSort::kErrno, owner, call.text + " " + word}, count);
    }
    for (const auto& [value, count] : call.values) {
      run.add({ItemSort::kArgument, owner, value_text(*call.checked, value)}, count);
    }
  }
  for (const auto& [key, texts] : texts_) {
    const auto& [sort, meaning, number] = key;
    const bool is_address = meaning == Meaning::kCalls || meaning == Meaning::kBinds;
    for (const auto& [text, count] : texts) {
      if (is_address) {
        add_address(text, meaning, owners_[number], count, run);
      } else {
        run.add({sort, owners_[number], text}, count);
      }
    }
  }
  run.is_cut |= is_cut_;
}

std::string condition_text(const std::string& name, const ArgRule& rule) {
  const CheckedArg* arg = find_checked_arg(name);
  if (arg != nullptr && arg->index == rule.index && rule.compare == Compare::kMaskedEqual &&
      rule.value == arg->mask) {
    return value_text(*arg, rule.value_two);
  }
  return name + " argument " + std::to_string(rule.index) + " " +
         std::string(oci_compare(rule.compare)) + " " + std::to_string(rule.value) + " " +
         std::to_string(rule.value_two);
}

}  // namespace

std::string_view item_word(ItemSort sort) { return kWords[static_cast<size_t>(sort)]; }

void RunItems::add(Item item, uint64_t count) {
  if (const auto found = items.find(item); found != items.end()) {
    found->second += count;
  } else if (items.size() < kMaxItems) {
    items.emplace(std::move(item), count);
  } else {
    is_cut = true;
  }
}

Result<RunItems> items_of(RecordingReader& reader, const Chosen& chosen, const ItemChoice& choice) {
  RunItems run;
  run.has_checks = are_recorded(reader.header().capability_checks);
  Gatherer gatherer(choice);
  uint64_t last_task = 0;
  bool last_is_own = false;
  auto read = reader.read({}, [&](const Event& event) {
    if (event.task->serial != last_task || last_task == 0) {
      last_task = event.task->serial;
      last_is_own = is_own(*event.task, chosen);
    }
    if (last_is_own) gatherer.add(event);
    return true;
  });
  if (!read) return unexpected(read.error());
  gatherer.finish(run);
  return run;
}

RunItems calls_of(RecordingReader& reader, const Chosen& chosen, const ItemChoice& choice) {
  RunItems run;
  const CallTypes types(reader);
  for (const CallCount& row : reader.call_counts()) {
    if (row.count == 0 || !is_own(row, chosen)) continue;
    const EventType* type = types.find(row.event_id);
    if (type == nullptr || !type->is_syscall) continue;
    const auto container = reader.containers().find(row.container);
    const bool is_host = container == reader.containers().end();
    const std::string owner = choice.by == ItemsBy::kAll
                                  ? std::string()
                                  : container_name(is_host ? nullptr : &container->second);
    run.add({ItemSort::kSyscall, owner, call_text(*type, row.abi)}, row.count);
  }
  return run;
}

RunItems items_of(const SeccompProfile& profile, const ItemChoice& choice) {
  RunItems run;
  run.is_profile = true;
  for (const ProfileRule& rule : profile.rules) {
    if (rule.action.action != Action::kAllow) continue;
    for (const std::string& name : rule.names) {
      run.items[{ItemSort::kSyscall, "", name}] = 1;
      for (const ArgRule& arg : rule.args) {
        if (choice.args) run.items[{ItemSort::kArgument, "", condition_text(name, arg)}] = 1;
      }
    }
  }
  return run;
}

}  // namespace ctrace
