#include "record/metadata/engine_api.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>

#include "record/metadata/api_helper.h"

namespace ctrace {
namespace {

constexpr size_t kMaxAsked = 4096;
// When a container is new, and when it runs: what it has then (addresses) it had not before.
constexpr int kTimes = 3;

constexpr struct {
  const char *engine, *path;
} kSockets[] = {{"docker", "/run/docker.sock"}, {"podman", "/run/podman/podman.sock"}};

// Ids that are none of an engine's would be paths of the API's.
bool is_engines_id(std::string_view id) {
  return id.size() == 64 && id.find_first_not_of("0123456789abcdef") == id.npos;
}

bool is_socket(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISSOCK(info.st_mode);
}

// Twice, so that it is nobody's child who would have to wait for it. The first one tells its pid.
pid_t fork_helper(const FileDescriptor& channel, const std::vector<ApiSocket>& sockets) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  const FileDescriptor from(ends[0]);
  FileDescriptor to(ends[1]);
  const pid_t child = fork();
  if (child == 0) {
    const pid_t helper = fork();
    if (helper == 0) serve_api(channel.get(), sockets);
    _exit(write(to.get(), &helper, sizeof helper) == sizeof helper ? 0 : 1);
  }
  (void)to.close();
  pid_t helper = -1;
  if (child < 0 || read(from.get(), &helper, sizeof helper) != sizeof helper) helper = -1;
  if (child > 0) waitpid(child, nullptr, 0);
  return helper;
}

}  // namespace

std::vector<ApiSocket> api_sockets(const std::vector<std::string>& more) {
  std::vector<ApiSocket> sockets;
  if (std::ranges::find(more, "none") != more.end()) return sockets;
  for (const std::string& path : more) sockets.push_back({"", path});
  for (const auto& [engine, path] : kSockets) sockets.push_back({engine, path});
  return sockets;
}

std::unique_ptr<EngineApi> EngineApi::start(const std::string& host_root,
                                            std::vector<ApiSocket> sockets) {
  for (ApiSocket& socket : sockets) socket.path = host_root + socket.path;
  std::erase_if(sockets, [](const ApiSocket& socket) { return !is_socket(socket.path); });
  int ends[2];
  if (sockets.empty() || !can_serve_api() ||
      socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return nullptr;
  FileDescriptor own(ends[0]);
  const FileDescriptor other(ends[1]);
  const pid_t pid = fork_helper(other, sockets);
  if (pid <= 0 || fcntl(own.get(), F_SETFL, O_NONBLOCK) != 0) return nullptr;
  return std::make_unique<EngineApi>(std::move(own), pid);
}

std::shared_ptr<const Json> EngineApi::about(std::string_view engine, const std::string& id) {
  if (!is_engines_id(id)) return nullptr;
  listen();
  if (asked_.size() >= kMaxAsked && !asked_.contains(id)) return nullptr;
  Asked& asked = asked_[id];
  if (!asked.open && asked.times < kTimes) {
    const std::string question = std::string(engine) + " " + id;
    // Where the other end does not listen (it waits for an API) it is asked again another time.
    asked.open = ::write(channel_.get(), question.data(), question.size()) > 0;
    asked.times += asked.open;
  }
  asked.news = false;
  return asked.answer;
}

void EngineApi::listen() {
  std::string answer(kMaxApiAnswer, '\0');
  for (;;) {
    const ssize_t size = ::read(channel_.get(), answer.data(), answer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return;
    const std::string_view text(answer.data(), static_cast<size_t>(size));
    const size_t end = text.find(' ');
    const auto asked = asked_.find(std::string(text.substr(0, end)));
    if (end == text.npos || asked == asked_.end()) continue;
    asked->second.open = false;
    auto document = std::make_shared<Json>(Json::parse(text.substr(end + 1), nullptr, false));
    if (!document->is_object()) continue;
    asked->second.answer = std::move(document);
    asked->second.news = true;
  }
}

bool EngineApi::has_news(const std::string& id) const {
  const auto asked = asked_.find(id);
  return asked != asked_.end() && asked->second.news;
}

void EngineApi::wait(uint64_t most_ms) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(most_ms);
  const auto open = [this] {
    listen();
    return std::ranges::any_of(asked_, [](const auto& item) { return item.second.open; });
  };
  while (open()) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    pollfd channel = {channel_.get(), POLLIN, 0};
    if (left.count() <= 0 || poll(&channel, 1, static_cast<int>(left.count())) <= 0 ||
        !(channel.revents & POLLIN))
      return;
  }
}

}  // namespace ctrace
