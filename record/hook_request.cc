#include "record/hook_request.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>

namespace ctrace {
namespace {

using Json = nlohmann::json;

constexpr size_t kMaxState = 4u << 20;
constexpr const char* kOwnAnnotation = "io.ctrace.record";
// "if:/in.json;of:/out.json": https://github.com/containers/oci-seccomp-bpf-hook
constexpr const char* kOlderAnnotation = "io.containers.trace-syscall";
constexpr std::string_view kOutputWord = "of:";

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string output_of_words(std::string_view words) {
  while (!words.empty()) {
    const size_t end = std::min(words.find(';'), words.size());
    const std::string_view word = words.substr(0, end);
    if (word.starts_with(kOutputWord)) return std::string(word.substr(kOutputWord.size()));
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return "";
}

}  // namespace

Result<HookRequest> read_hook_request(std::istream& state) {
  std::string bytes(kMaxState, '\0');
  state.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<size_t>(state.gcount()));
  const Json json = Json::parse(bytes, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object())
    return unexpected("no OCI state on standard input: this is for a container runtime to call");
  HookRequest request;
  request.id = text_of(json, "id");
  if (const auto pid = json.find("pid"); pid != json.end() && pid->is_number_integer())
    request.pid = pid->get<pid_t>();
  const auto annotations = json.find("annotations");
  if (annotations == json.end() || !annotations->is_object()) return request;
  request.output = text_of(*annotations, kOwnAnnotation);
  if (request.output.empty())
    request.output = output_of_words(text_of(*annotations, kOlderAnnotation));
  if (request.output.empty()) return request;
  if (request.output.front() != '/')
    return unexpected("the annotation's path is not absolute: '" + request.output + "'");
  if (request.id.empty() || request.pid <= 0)
    return unexpected("the OCI state has no id or no pid of a container to record");
  return request;
}

}  // namespace ctrace
