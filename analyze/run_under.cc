#include "analyze/run_under.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <iterator>
#include <string_view>

namespace ctrace {
namespace {

struct FlagRow {
  std::string_view oci;
  unsigned int bit;
};
constexpr FlagRow kFlags[] = {
    {"SECCOMP_FILTER_FLAG_TSYNC", 0},  // there is one thread
    {"SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG},
    {"SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW},
};

Result<unsigned int> flags_of(const LoadedProfile& loaded) {
  unsigned int bits = 0;
  if (!loaded.profile) return bits;
  for (const std::string& flag : loaded.profile->flags) {
    const auto* row = std::ranges::find(kFlags, flag, &FlagRow::oci);
    if (row == std::end(kFlags)) return unexpected("cannot try a profile with flag '" + flag + "'");
    bits |= row->bit;
  }
  return bits;
}

// What execvp() would execute, or empty with errno. It would try one folder of PATH after the other
// by execve(2), and what it met before it found the program would count as what the program does.
std::string find_program(const std::string& word) {
  if (word.find('/') != std::string::npos) return access(word.c_str(), X_OK) == 0 ? word : "";
  const char* path = std::getenv("PATH");
  std::string_view left = path == nullptr ? "/usr/local/bin:/usr/bin:/bin" : path;
  for (;;) {
    const size_t end = std::min(left.find(':'), left.size());
    const std::string dir(left.substr(0, end));
    std::string file = (dir.empty() ? "." : dir) + "/" + word;
    if (access(file.c_str(), X_OK) == 0) return file;
    if (end == left.size()) return {};
    left.remove_prefix(end + 1);
  }
}

}  // namespace

Error become_under(const LoadedProfile& profile, const std::vector<std::string>& words,
                   bool no_new_privs) {
  const auto flags = flags_of(profile);
  if (!flags) return flags.error();
  const std::string program = find_program(words.front());
  if (program.empty()) {
    return Error(system_message("cannot execute '" + words.front() + "'", errno));
  }
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  sock_fprog filter = {static_cast<unsigned short>(profile.filter.size()),
                       const_cast<sock_filter*>(profile.filter.data())};
  if (no_new_privs) prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  signal(SIGPIPE, SIG_DFL);
  long loaded = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, *flags, &filter);
  if (loaded != 0 && errno == EACCES && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) {
    loaded = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, *flags, &filter);
  }
  if (loaded != 0) return Error(system_message("the kernel does not take the profile", errno));
  execve(program.c_str(), argv.data(), environ);
  return Error(system_message("cannot execute '" + words.front() + "'", errno));
}

}  // namespace ctrace
