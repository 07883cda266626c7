#include "analyze/run_items.h"

#include <algorithm>

#include "analyze/address.h"
#include "analyze/call_evidence.h"
#include "analyze/call_facts.h"
#include "format/catalogue/catalogue.h"
#include "format/decode/decode.h"

namespace ctrace {
namespace {

constexpr std::string_view kWords[] = {"syscall", "argument", "errno", "open",
                                       "exec",    "peer",     "listen"};

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

void add_address(const Event& event, size_t index, Meaning meaning, const std::string& owner,
                 RunItems& run) {
  auto address = parse_address(event.texts[index].bytes);
  if (!address || (address->host.empty() && !address->port)) return;
  const ItemSort sort = meaning == Meaning::kBinds ? ItemSort::kListen : ItemSort::kPeer;
  const bool no_port = meaning == Meaning::kIsCalled && address->port;
  run.add({sort, owner, no_port ? address->host : address_text(*address)});
}

void add_texts(const Event& event, const std::string& owner, RunItems& run) {
  for (const TextRow& row : kTexts) {
    if (row.call != event.type->name) continue;
    const auto& args = event.type->args;
    const auto found = std::ranges::find(args, row.arg, &ArgType::name);
    const auto index = static_cast<size_t>(found - args.begin());
    if (found == args.end() || !has_text(found->form) || !has_bytes(event.texts[index])) return;
    if (row.meaning != Meaning::kOpens) return add_address(event, index, row.meaning, owner, run);
    if (event.result >= 0) {
      run.add({ItemSort::kOpen, owner, std::string(event.texts[index].bytes)});
    }
  }
}

void add_argument(const Event& event, const std::string& owner, RunItems& run) {
  const CheckedArg* arg = find_checked_arg(event.type->name);
  if (arg == nullptr || arg->index >= event.type->args.size()) return;
  if (event.type->args[arg->index].kind != arg->kind) return;
  run.add({ItemSort::kArgument, owner, value_text(*arg, event.args[arg->index] & arg->mask)});
}

void add_call(const Event& event, const ItemChoice& choice, RunItems& run) {
  const std::string owner = owner_of(event, choice.by);
  const std::string call = call_text(*event.type, event.abi);
  run.add({ItemSort::kSyscall, owner, call});
  if (const int number = errno_of(event.result); number != 0) {
    const std::string_view name = errno_name(number);
    run.add({ItemSort::kErrno, owner,
             call + " " + (name.empty() ? std::to_string(number) : std::string(name))});
  }
  if (choice.args) add_argument(event, owner, run);
  add_texts(event, owner, run);
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

void RunItems::add(Item item) {
  if (const auto found = items.find(item); found != items.end()) {
    ++found->second;
  } else if (items.size() < kMaxItems) {
    items.emplace(std::move(item), 1);
  } else {
    is_cut = true;
  }
}

Result<RunItems> items_of(RecordingReader& reader, const Chosen& chosen, const ItemChoice& choice) {
  RunItems run;
  auto read = reader.read({}, [&](const Event& event) {
    if (!is_own(*event.task, chosen)) return true;
    if (event.type->is_syscall) {
      add_call(event, choice, run);
    } else if (event.type->id == kProcessExec && has_bytes(event.texts[0])) {
      run.add({ItemSort::kExec, owner_of(event, choice.by), std::string(event.texts[0].bytes)});
    }
    return true;
  });
  if (!read) return unexpected(read.error());
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
