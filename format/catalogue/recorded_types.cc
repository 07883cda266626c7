// Events as recordings have them that hold more than the usual.
#include <array>
#include <memory>
#include <vector>

#include "format/catalogue/catalogue.h"

namespace ctrace {
namespace {

// Whose buffers are text with Extras::payloads. Those in pieces (readv, sendmsg) have it behind the
// pieces.
struct BufferRow {
  std::string_view call, arg;
  Kind kind;
};
constexpr BufferRow kBuffers[] = {
    {"read", "buf", Kind::buf_out},       {"write", "buf", Kind::buf_in},
    {"pread64", "buf", Kind::buf_out},    {"pwrite64", "buf", Kind::buf_in},
    {"sendto", "buf", Kind::buf_in},      {"recvfrom", "buf", Kind::buf_out},
    {"setxattr", "value", Kind::buf_in},  {"lsetxattr", "value", Kind::buf_in},
    {"fsetxattr", "value", Kind::buf_in},
};

Kind buffer_kind(std::string_view call, std::string_view arg) {
  for (const BufferRow& row : kBuffers) {
    if (row.call == call && row.arg == arg) return row.kind;
  }
  return Kind::kUnknown;
}

// True: it was changed.
bool extend(EventType& type, const Extras& extras) {
  bool changed = false;
  for (ArgType& arg : type.args) {
    const Kind kind = extras.payloads ? buffer_kind(type.name, arg.name) : Kind::kUnknown;
    if (kind == Kind::kUnknown) continue;
    arg.kind = kind;
    arg.form = kind_row(kind).form;
    changed = true;
  }
  if (extras.environment && type.id == kProcessExec) {
    const KindRow& envp = kind_row(Kind::envp);
    type.args.push_back({"envp", envp.kind, envp.form, std::string(envp.c_type)});
    changed = true;
  }
  return changed;
}

class RecordedTypes {
 public:
  explicit RecordedTypes(const Extras& extras) {
    for (const EventType& type : event_types()) {
      auto made = std::make_unique<EventType>(type);
      if (!extend(*made, extras)) continue;
      if (type.id >= by_id_.size()) by_id_.resize(type.id + 1);
      by_id_[type.id] = std::move(made);
    }
  }
  const EventType* find(uint16_t id) const {
    return id < by_id_.size() ? by_id_[id].get() : nullptr;
  }

 private:
  std::vector<std::unique_ptr<const EventType>> by_id_;
};

}  // namespace

const EventType& recorded_type(const EventType& type, const Extras& extras) {
  if (!extras.payloads && !extras.environment) return type;
  // For ever, as those of the catalogue: events refer to them to the very end.
  static const auto& kTypes = *new std::array<RecordedTypes, 3>{
      RecordedTypes({true, false}), RecordedTypes({false, true}), RecordedTypes({true, true})};
  const size_t which = (extras.payloads ? 1 : 0) + (extras.environment ? 2 : 0) - 1;
  const EventType* extended = kTypes[which].find(type.id);
  return extended ? *extended : type;
}

}  // namespace ctrace
