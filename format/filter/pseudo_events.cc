#include "format/filter/pseudo_events.h"

#include "format/catalogue/catalogue.h"
#include "format/filter/filter.h"

namespace ctrace {

PseudoEvents::PseudoEvents(const Filter& filter, const std::vector<std::string>& recorded_filters)
    : filter_(filter) {
  // add_events() takes them by a name, or a pattern, that begins so.
  for (size_t i = 0; i + 1 < recorded_filters.size(); ++i) {
    if (recorded_filters[i] == "--event" && recorded_filters[i + 1].starts_with("sys_")) return;
  }
  enter_ = filter.makes(kSysEnter);
  exit_ = filter.makes(kSysExit);
}

bool PseudoEvents::is_of(const Event& event) const {
  return event.type->is_syscall && filter_.allows_call(event.type->id);
}

bool PseudoEvents::returns(const Event& event) {
  return !is_unfinished(event) && event.type->name != "exit" && event.type->name != "exit_group";
}

Event PseudoEvents::made(const Event& call, uint16_t id) {
  Event event = call;
  event.type = find_event(id);
  event.args[0] = 0;
  event.texts[0] = {call.type->name, Text::State::kWhole};
  if (id == kSysEnter) {
    event.result = 0;
    event.denied = Denied::kNo;
  }
  return event;
}

}  // namespace ctrace
