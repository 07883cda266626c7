#include "record/metadata/api_helper.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <optional>
#include <string>

#include "format/base/capabilities.h"

#if __has_include(<curl/curl.h>)
#include <curl/curl.h>
#define CTRACE_HAS_CURL 1
#endif

// A static program has none, and cannot load what it has no loader for.
extern "C" const char _DYNAMIC[] __attribute__((weak));

namespace ctrace {
namespace {

#ifdef CTRACE_HAS_CURL
constexpr bool kHasCurl = true;
constexpr long kConnectMs = 1000, kAnswerMs = 2000;

// What is used of libcurl, by its own types.
struct Curl {
  decltype(&curl_easy_init) init = nullptr;
  decltype(&curl_easy_setopt) set = nullptr;
  decltype(&curl_easy_perform) perform = nullptr;
  decltype(&curl_easy_cleanup) cleanup = nullptr;

  bool load() {
    void* library = dlopen("libcurl.so.4", RTLD_NOW);
    if (!library) return false;
    init = reinterpret_cast<decltype(init)>(dlsym(library, "curl_easy_init"));
    set = reinterpret_cast<decltype(set)>(dlsym(library, "curl_easy_setopt"));
    perform = reinterpret_cast<decltype(perform)>(dlsym(library, "curl_easy_perform"));
    cleanup = reinterpret_cast<decltype(cleanup)>(dlsym(library, "curl_easy_cleanup"));
    return init && set && perform && cleanup;
  }
};

size_t keep(char* bytes, size_t size, size_t count, void* to) {
  auto& body = *static_cast<std::string*>(to);
  if (body.size() + size * count > kMaxApiAnswer) return 0;
  body.append(bytes, size * count);
  return size * count;
}

class Apis {
 public:
  explicit Apis(const std::vector<ApiSocket>& sockets) : loaded_(curl_.load()) {
    for (const ApiSocket& socket : sockets) apis_.push_back({socket, ""});
  }

  // {"inspect":…,"version":…} of the first one that knows it; empty when none does.
  std::string about(const std::string& engine, const std::string& id) {
    for (Api& api : apis_) {
      if (!api.socket.engine.empty() && !engine.empty() && api.socket.engine != engine) continue;
      const auto inspect = get(api, "/containers/" + id + "/json");
      if (!inspect) continue;
      if (api.version.empty()) api.version = get(api, "/version").value_or("");
      return "{\"inspect\":" + *inspect +
             (api.version.empty() ? "}" : ",\"version\":" + api.version + "}");
    }
    return "";
  }

 private:
  struct Api {
    ApiSocket socket;
    std::string version;
  };

  std::optional<std::string> get(const Api& api, const std::string& path) {
    if (!loaded_) return std::nullopt;
    std::string body;
    CURL* call = curl_.init();
    if (!call) return std::nullopt;
    curl_.set(call, CURLOPT_UNIX_SOCKET_PATH, api.socket.path.c_str());
    curl_.set(call, CURLOPT_URL, ("http://localhost" + path).c_str());
    curl_.set(call, CURLOPT_NOPROXY, "*");
    curl_.set(call, CURLOPT_NOSIGNAL, 1L);
    curl_.set(call, CURLOPT_FAILONERROR, 1L);
    curl_.set(call, CURLOPT_CONNECTTIMEOUT_MS, kConnectMs);
    curl_.set(call, CURLOPT_TIMEOUT_MS, kAnswerMs);
    curl_.set(call, CURLOPT_WRITEFUNCTION, keep);
    curl_.set(call, CURLOPT_WRITEDATA, &body);
    const CURLcode code = curl_.perform(call);
    curl_.cleanup(call);
    if (code != CURLE_OK || body.empty()) return std::nullopt;
    return body;
  }

  Curl curl_;
  const bool loaded_;
  std::vector<Api> apis_;
};
#else
constexpr bool kHasCurl = false;
class Apis {
 public:
  explicit Apis(const std::vector<ApiSocket>&) {}
  std::string about(const std::string&, const std::string&) { return ""; }
};
#endif

// A terminal's signals are not for it; what it inherited is the recorder's.
void live_alone(int& channel) {
  setsid();
  signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_NAME, kApiHelperName);
  constexpr int kOwn = 3;
  if (channel != kOwn && dup2(channel, kOwn) == kOwn) channel = kOwn;
  if (syscall(SYS_close_range, kOwn + 1, ~0u, 0) != 0) {
    for (long fd = kOwn + 1, end = sysconf(_SC_OPEN_MAX); fd < end; ++fd)
      close(static_cast<int>(fd));
  }
  for (int fd = 0; fd < kOwn; ++fd) close(fd);  // who waits for the end of the recorder's output
  // A socket is opened by its owner, root, without.
  (void)keep_capabilities(0);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

}  // namespace

bool can_serve_api() {
  // Through a volatile, since the compiler takes it for there.
  const char* const volatile loader = _DYNAMIC;
  return kHasCurl && loader != nullptr;
}

void serve_api(int channel, const std::vector<ApiSocket>& sockets) {
  live_alone(channel);
  std::optional<Apis> apis;  // loaded with the first question
  char question[256];
  for (;;) {
    const ssize_t size = recv(channel, question, sizeof question, 0);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) _exit(0);
    const std::string text(question, static_cast<size_t>(size));
    const size_t end = text.find(' ');
    if (end == text.npos) continue;
    if (!apis) apis.emplace(sockets);
    const std::string id = text.substr(end + 1);
    std::string answer = id + " " + apis->about(text.substr(0, end), id);
    if (answer.size() > kMaxApiAnswer) answer.resize(id.size() + 1);
    (void)!send(channel, answer.data(), answer.size(), 0);
  }
}

}  // namespace ctrace
