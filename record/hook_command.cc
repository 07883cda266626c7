// ctrace-record hook: an OCI hook (createRuntime) that records one container, from before its first
// program to its end. The runtime waits for it, and it ends when the capture is attached; what
// records goes on behind it.
#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <iostream>
#include <string_view>

#include "format/options/common_options.h"
#include "format/options/program.h"
#include "record/hook_request.h"
#include "record/recorder.h"
#include "record/subcommands.h"

namespace ctrace {
namespace {

constexpr const char* kProgram = "ctrace-record hook";
constexpr std::string_view kUsage = "< STATE";
constexpr std::string_view kNotes =
    R"(To be called by a container runtime, which gives it the container's state (OCI runtime
specification) on standard input. `make install` puts a file for podman and CRI-O into
/etc/containers/oci/hooks.d. Then the annotation io.ctrace.record=PATH asks for a
recording of the container; io.containers.trace-syscall=of:PATH does as well. PATH is
absolute and must not exist yet. When the container cannot be recorded it does not
start. The recording is complete about a second after the container's end.)";
constexpr std::string_view kExamples =
    R"(  podman run --annotation io.ctrace.record=/var/tmp/web.ctr nginx
  podman run --annotation io.containers.trace-syscall=of:/var/tmp/web.ctr nginx)";

// The standard descriptors are the runtime's, which waits until they are closed.
void leave_the_runtime() {
  setsid();
  const int null = open("/dev/null", O_RDWR);
  for (int fd = 0; fd <= 2; ++fd) dup2(null, fd);
  if (null > 2) close(null);
  if (chdir("/") != 0) _exit(1);
}

// Says nothing when the recording runs, else why it does not.
void answer(int pipe, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(pipe, text.data(), text.size());
    if (written <= 0 && errno != EINTR) break;
    if (written > 0) text.remove_prefix(static_cast<size_t>(written));
  }
  close(pipe);
}

constexpr char kReady = '\0';

int record_container(const HookRequest& request, int pipe) {
  leave_the_runtime();
  RecordOptions options;
  options.output = request.output;
  options.filter.containers = {request.id};
  options.until_exit = true;
  options.newborn_pid = request.pid;
  options.command_line = {"ctrace-record", "hook"};
  options.attached = [pipe] { answer(pipe, {&kReady, 1}); };
  const Result<int> done = record(options);
  if (!done) answer(pipe, done.error().message);  // nobody reads it once it was ready
  return done ? *done : 1;
}

Result<void> start_recording(const HookRequest& request) {
  int ends[2];
  const pid_t pid = pipe2(ends, O_CLOEXEC) == 0 ? fork() : -1;
  if (pid < 0) return unexpected(system_message("cannot start the recorder", errno));
  if (pid == 0) {
    close(ends[0]);
    _exit(record_container(request, ends[1]));
  }
  close(ends[1]);
  std::string text;
  char piece[1024];
  for (;;) {
    const ssize_t size = read(ends[0], piece, sizeof piece);
    if (size > 0) text.append(piece, static_cast<size_t>(size));
    if (size == 0 || (size < 0 && errno != EINTR)) break;
  }
  close(ends[0]);
  if (text == std::string_view(&kReady, 1)) return {};
  waitpid(pid, nullptr, 0);
  return unexpected(text.empty() ? "the recorder died before it began" : text);
}

}  // namespace

int run_hook(const std::vector<std::string>& words) {
  GeneralFlags flags;
  ProgramOptions table;
  table.program = kProgram;
  table.purpose = "record the container that an OCI runtime is about to start";
  table.usage = kUsage;
  table.notes = kNotes;
  table.examples = kExamples;
  table.groups = {general_options(flags)};
  auto rest = parse_options(table, words);
  if (!rest) return fail(kProgram, rest.error());
  if (general_flags_answered(table, flags)) return 0;
  if (!rest->empty())
    return fail(kProgram, {Error::Kind::kUsage, "unexpected word '" + rest->front() + "'"});
  const auto request = read_hook_request(std::cin);
  if (!request) return fail(kProgram, request.error());
  if (request->output.empty()) return 0;  // not asked for
  const auto started = start_recording(*request);
  return started ? 0 : fail(kProgram, started.error());
}

}  // namespace ctrace
