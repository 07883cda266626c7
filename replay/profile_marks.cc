#include "replay/profile_marks.h"

#include "format/seccomp/profile_reader.h"

namespace ctrace {

Result<ProfileMarks> ProfileMarks::make(const std::string& path, RecordingReader& reader) {
  auto loaded = load_profile(path, ProfileSetting::of(reader.header()));
  if (!loaded) return unexpected(loaded.error());
  return ProfileMarks(std::move(loaded->filter),
                      reader.header().command_mode && reader.containers().empty());
}

const std::string& ProfileMarks::answer_to(const Event& event) {
  static const std::string kNone;
  const Phase phase = event.task->phase;
  const bool is_own = phase == Phase::kOwn || phase == Phase::kEntered;
  if (!is_own && !(of_command_ && phase == Phase::kHost)) return kNone;
  const auto answer = judge_.answer(event);
  if (!answer || is_allowed(*answer)) return kNone;
  const auto [text, is_new] = texts_.try_emplace(*answer);
  if (is_new) text->second = describe_answer(*answer);
  return text->second;
}

const Event& ProfileMarks::mark(const Event& event) {
  marked_ = event;
  marked_.profile_answer = &answer_to(event);
  return marked_;
}

}  // namespace ctrace
