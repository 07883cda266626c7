#include "analyze/process_programs.h"

#include "analyze/event_args.h"
#include "format/catalogue/catalogue.h"

namespace ctrace {

void ProcessPrograms::put(uint32_t pid, uint32_t program) {
  if (const auto found = program_of_.find(pid); found != program_of_.end()) {
    found->second = program;
  } else if (program_of_.size() < kMaxProcesses) {
    program_of_.emplace(pid, program);
  }
}

void ProcessPrograms::see(const Event& event) {
  const uint32_t pid = event.task->pid;
  if (event.type->id == kProcessExec) {
    const Text& path = event.texts[0];
    program_of_.erase(pid);
    if (path.state != Text::State::kWhole && path.state != Text::State::kCut) return;
    auto number = numbers_.find(path.bytes);
    if (number == numbers_.end()) {
      if (programs_.size() >= kMaxPrograms) return;
      number = numbers_.emplace(path.bytes, static_cast<uint32_t>(programs_.size())).first;
      programs_.emplace_back(path.bytes);
    }
    put(pid, number->second);
  } else if (event.type->id == kProcessFork) {
    const auto child = static_cast<uint32_t>(arg_number(event, "child_pid").value_or(0));
    if (child == 0 || child == pid) return;  // a thread
    const auto program = program_of_.find(pid);
    if (program != program_of_.end()) {
      put(child, program->second);
    } else {
      program_of_.erase(child);
    }
  }
}

const std::string& ProcessPrograms::of(const Event& event) const {
  static const std::string kNotKnown;
  const auto found = program_of_.find(event.task->pid);
  return found == program_of_.end() ? kNotKnown : programs_[found->second];
}

}  // namespace ctrace
