#include "record/host_facts.h"

#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <fstream>

#include "format/catalogue/catalogue.h"

namespace ctrace {
namespace {

uint64_t clock_ns(clockid_t clock) {
  timespec now = {};
  clock_gettime(clock, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

std::string first_line(const char* file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  return line;
}

int32_t utc_offset_s() {
  const time_t now = time(nullptr);
  tm local = {};
  localtime_r(&now, &local);
  return static_cast<int32_t>(local.tm_gmtoff);
}

}  // namespace

RecordingHeader host_header() {
  RecordingHeader header;
  header.tool_version = CTRACE_VERSION;
  utsname name = {};
  uname(&name);
  header.host_name = name.nodename;
  header.kernel_release = name.release;
  header.architecture = name.machine;
  header.boot_id = first_line("/proc/sys/kernel/random/boot_id");
  header.monotonic_ns = clock_ns(CLOCK_MONOTONIC);
  header.realtime_ns = clock_ns(CLOCK_REALTIME);
  header.boottime_ns = clock_ns(CLOCK_BOOTTIME);
  header.utc_offset_s = utc_offset_s();
  header.cpu_count = static_cast<uint32_t>(sysconf(_SC_NPROCESSORS_CONF));
  const auto types = event_types();
  header.event_types.assign(types.begin(), types.end());
  return header;
}

}  // namespace ctrace
