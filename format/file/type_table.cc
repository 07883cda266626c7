#include "format/file/type_table.h"

#include "format/catalogue/catalogue.h"

namespace ctrace {
namespace {

// An honest file explains an id in one way, and an id has 16 bits.
constexpr size_t kMaxVersions = 8;
constexpr size_t kMaxKept = 1 << 18;

bool same(const ArgType& a, const ArgType& b) {
  return a.name == b.name && a.kind == b.kind && a.form == b.form && a.c_type == b.c_type;
}

bool same(const EventType& a, const EventType& b) {
  if (a.id != b.id || a.name != b.name || a.is_syscall != b.is_syscall) return false;
  if (a.args.size() != b.args.size()) return false;
  for (size_t i = 0; i < a.args.size(); ++i) {
    if (!same(a.args[i], b.args[i])) return false;
  }
  return true;
}

}  // namespace

TypeTable::TypeTable(const std::vector<EventType>& schema) : by_id_(UINT16_MAX + 1) {
  for (const EventType& type : schema) by_id_[type.id] = &kept_.emplace_back(type);
}

const EventType* TypeTable::keep(const EventType& type) {
  std::vector<const EventType*>& others = others_[type.id];
  for (const EventType* known : others) {
    if (same(*known, type)) return known;
  }
  if (others.size() == kMaxVersions || kept_.size() == kMaxKept) return nullptr;
  return others.emplace_back(&kept_.emplace_back(type));
}

const EventType* TypeTable::unknown(uint16_t id, size_t args, uint32_t text_args) {
  const EventType* call = unknown_syscall_event(id);
  if (call && call->args.size() == args && text_args == 0) return call;
  EventType type;
  type.id = id;
  type.name = call ? call->name : "event_" + std::to_string(id);
  type.is_syscall = call != nullptr;
  for (size_t a = 0; a < args; ++a) {
    ArgType arg;
    arg.name = "arg" + std::to_string(a);
    arg.form = text_args >> a & 1 ? Form::kBytes : Form::kHex;
    arg.c_type = "unsigned long";
    type.args.push_back(std::move(arg));
  }
  return keep(type);
}

}  // namespace ctrace
