#include "analyze/try_run.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "analyze/subcommand.h"

namespace ctrace {
namespace {

namespace fs = std::filesystem;

constexpr int kRecorderFailed = 125;
constexpr int kHeld[] = {SIGINT, SIGTERM, SIGHUP};

volatile sig_atomic_t held_signal = 0;
volatile sig_atomic_t running_child = 0;  // who is told of it

// What the terminal sends reaches the child by itself.
void hold(int number, siginfo_t* info, void*) {
  held_signal = number;
  if (running_child > 0 && info->si_code <= 0) kill(running_child, number);
}

int status_of(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return kExitTrouble;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Starts `words`, stdout going to stderr; 0: it could not be forked.
pid_t start(const std::vector<std::string>& words) {
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const pid_t child = fork();
  if (child != 0) return std::max(child, 0);
  dup2(STDERR_FILENO, STDOUT_FILENO);
  execvp(argv[0], argv.data());
  tell(kProgram, system_message("cannot execute '" + words.front() + "'", errno));
  _exit(errno == ENOENT ? 127 : 126);
}

int wait_for(pid_t child) {
  running_child = child;
  // One that came between the fork and here.
  if (held_signal != 0) kill(child, SIGTERM);
  const int status = status_of(child);
  running_child = 0;
  return status;
}

std::string last_line(const std::string& file) {
  std::ifstream lines(file);
  std::string line, last;
  while (std::getline(lines, line)) {
    if (!line.empty()) last = line;
  }
  const std::string program = "ctrace-record: ";
  return last.starts_with(program) ? last.substr(program.size()) : last;
}

unexpected recorder_trouble(const TrialRun& run) {
  const std::string said = last_line(run.messages);
  return unexpected("ctrace-record: " + (said.empty() ? "it did not record" : said));
}

std::vector<std::string> recorder_words(const TrialRun& run) {
  return {recorder_program(), "--config",    "none",          "--force",
          "--output",         run.recording, "--errors-path", run.messages};
}

// It always ends with a sum.
bool has_recorded(const TrialRun& run) {
  return last_line(run.messages).find(" lost") != std::string::npos;
}

bool is_recording(const TrialRun& run) {
  return last_line(run.messages).find("recording to") != std::string::npos ||
         last_line(run.messages).find("waiting for it") != std::string::npos;
}

// The recorder takes a moment until it sees what begins.
bool wait_until_it_records(const TrialRun& run, pid_t recorder) {
  constexpr int kSteps = 1500;  // 30 s
  for (int i = 0; i < kSteps && held_signal == 0; ++i) {
    if (is_recording(run)) return true;
    if (waitpid(recorder, nullptr, WNOHANG) != 0) return false;
    usleep(20000);
  }
  kill(recorder, SIGKILL);
  status_of(recorder);
  return false;
}

Result<int> run_beside(const TrialRun& run) {
  std::vector<std::string> words = recorder_words(run);
  for (const std::string& name : run.containers) {
    words.push_back("--container");
    words.push_back(name);
  }
  const pid_t recorder = start(words);
  if (recorder == 0) return unexpected(system_message("cannot fork", errno));
  if (!wait_until_it_records(run, recorder)) return recorder_trouble(run);
  const pid_t command = start(run.command);
  const int status = command == 0 ? kRecorderFailed : wait_for(command);
  kill(recorder, SIGINT);
  if (status_of(recorder) != 0 || !has_recorded(run)) return recorder_trouble(run);
  if (command == 0) return unexpected(system_message("cannot fork", errno));
  return status;
}

}  // namespace

Result<TrialFolder> TrialFolder::make() {
  const char* above = std::getenv("TMPDIR");
  std::string path = std::string(above == nullptr ? "/tmp" : above) + "/ctrace-try.XXXXXX";
  if (mkdtemp(path.data()) == nullptr) {
    return unexpected(system_message("cannot make '" + path + "'", errno));
  }
  return TrialFolder(std::move(path));
}

TrialFolder::~TrialFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

HeldSignals::HeldSignals() {
  struct sigaction action = {};
  action.sa_sigaction = hold;
  action.sa_flags = SA_SIGINFO;
  for (const int number : kHeld) sigaction(number, &action, nullptr);
}

HeldSignals::~HeldSignals() {
  for (const int number : kHeld) signal(number, SIG_DFL);
}

bool HeldSignals::came() const { return held_signal != 0; }

Result<int> run_recorded(const TrialRun& run) {
  std::error_code ignored;
  fs::remove(run.messages, ignored);
  if (!run.containers.empty()) return run_beside(run);
  std::vector<std::string> words = recorder_words(run);
  words.push_back("--");
  words.insert(words.end(), run.command.begin(), run.command.end());
  const pid_t recorder = start(words);
  if (recorder == 0) return unexpected(system_message("cannot fork", errno));
  const int status = wait_for(recorder);
  if (!has_recorded(run)) return recorder_trouble(run);
  return status;
}

int run_confined(const std::function<int()>& work) {
  const pid_t child = fork();
  if (child < 0) return fail(kProgram, Error(system_message("cannot fork", errno)));
  if (child == 0) {
    const auto trouble = confine_analyze(true);
    _exit(trouble ? *trouble : work());
  }
  const int status = status_of(child);
  if (status < 128) return status;
  tell(kProgram, "what read the recording was killed by signal " + std::to_string(status - 128));
  return kExitTrouble;
}

std::string own_program() {
  std::error_code error;
  const fs::path path = fs::read_symlink("/proc/self/exe", error);
  return error ? "ctrace-analyze" : path.string();
}

std::string recorder_program() {
  std::error_code error;
  const fs::path beside = fs::path(own_program()).parent_path() / "ctrace-record";
  return fs::exists(beside, error) ? beside.string() : "ctrace-record";
}

}  // namespace ctrace
