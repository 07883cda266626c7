// The catalogue against what others say: the system's headers, libseccomp, the kernel's tracepoints
// and the original tracer's sets.
#include "format/catalogue/catalogue.h"

#include <gtest/gtest.h>
#include <seccomp.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/manual_names.h"

namespace ctrace {
namespace {

using Numbers = std::map<std::string, int>;

constexpr char kHeaders[] = "/usr/include/x86_64-linux-gnu/asm/";
constexpr char kGenericHeader[] = "/usr/include/asm-generic/unistd.h";

// The `#define PREFIXname number` lines of a header; the number may be "(__X32_SYSCALL_BIT + 512)".
Numbers header_numbers(const std::string& path, const std::string& prefix = "__NR_") {
  Numbers numbers;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string define, name, value;
    words >> define >> name >> value;
    if (define != "#define" || !name.starts_with(prefix) || value.empty()) continue;
    if (value == "(__X32_SYSCALL_BIT") words >> value >> value;
    if (std::isdigit(static_cast<unsigned char>(value[0]))) {
      numbers[name.substr(prefix.size())] = std::stoi(value);
    }
  }
  return numbers;
}

// As arm64 builds the generic header: 64-bit, with its 32-bit time calls left out.
Numbers arm64_numbers() {
  Numbers numbers = header_numbers(kGenericHeader);
  std::erase_if(numbers, [](const auto& entry) {
    return (entry.second >= 403 && entry.second <= 423) || entry.first == "sync_file_range2" ||
           entry.first == "arch_specific_syscall" || entry.first == "syscalls";
  });
  for (const auto& [name, number] : header_numbers(kGenericHeader, "__NR3264_")) {
    numbers[name == "fstatat" ? "newfstatat" : name] = number;
  }
  return numbers;
}

Numbers row_numbers(int16_t SyscallRow::*column) {
  Numbers numbers;
  for (const SyscallRow& row : syscall_rows()) {
    if (row.*column < 0) continue;
    EXPECT_TRUE(numbers.emplace(row.name, row.*column).second) << row.name << " twice";
  }
  return numbers;
}

void expect_same(const Numbers& header, Numbers rows) {
  if (header.empty()) GTEST_SKIP() << "the header is not installed";
  int newest = 0;
  for (const auto& [name, number] : header) newest = std::max(newest, number);
  // Rows newer than the header, and x86_64's that a header of this age cannot know (335, 336).
  std::erase_if(rows, [&](const auto& entry) {
    return entry.second > newest || entry.first == "uretprobe" || entry.first == "uprobe";
  });
  std::vector<std::pair<std::string, int>> missing, too_many;
  std::ranges::set_difference(header, rows, std::back_inserter(missing));
  std::ranges::set_difference(rows, header, std::back_inserter(too_many));
  EXPECT_EQ(missing, (decltype(missing){}));
  EXPECT_EQ(too_many, (decltype(too_many){}));
}

TEST(CatalogueTest, NumbersAreTheHeaders) {
  expect_same(header_numbers(std::string(kHeaders) + "unistd_64.h"),
              row_numbers(&SyscallRow::x86_64));
}
TEST(CatalogueTest, I386NumbersAreTheHeaders) {
  expect_same(header_numbers(std::string(kHeaders) + "unistd_32.h"),
              row_numbers(&SyscallRow::i386));
}
TEST(CatalogueTest, Arm64NumbersAreTheHeaders) {
  expect_same(arm64_numbers(), row_numbers(&SyscallRow::arm64));
}

TEST(CatalogueTest, X32NumbersAreTheHeaders) {
  const Numbers header = header_numbers(std::string(kHeaders) + "unistd_x32.h");
  if (header.empty()) GTEST_SKIP() << "the header is not installed";
  for (const auto& [name, number] : header) {
    EXPECT_EQ(syscall_event(Abi::kX32, number).name, name) << number;
    EXPECT_EQ(syscall_number(find_event(name)->id, Abi::kX32), number) << name;
  }
}

TEST(CatalogueTest, NumbersAgreeWithLibseccomp) {
  constexpr std::pair<int16_t SyscallRow::*, uint32_t> kTables[] = {
      {&SyscallRow::x86_64, SCMP_ARCH_X86_64},
      {&SyscallRow::i386, SCMP_ARCH_X86},
      {&SyscallRow::arm64, SCMP_ARCH_AARCH64},
  };
  int compared = 0;
  for (const auto& [column, arch] : kTables) {
    for (const auto& [name, number] : row_numbers(column)) {
      const int theirs = seccomp_syscall_resolve_name_arch(arch, name.c_str());
      if (theirs < 0) continue;  // newer than this libseccomp, or a number of its own making
      EXPECT_EQ(theirs, number) << name << " on arch " << arch;
      ++compared;
    }
  }
  EXPECT_GT(compared, 1000);
}

TEST(CatalogueTest, EveryTableEntryLeadsToItsRowAndBack) {
  for (const SyscallRow& row : syscall_rows()) {
    for (auto [abi, number] : {std::pair{Abi::kX86_64, row.x86_64}, std::pair{Abi::kI386, row.i386},
                               std::pair{Abi::kArm64, row.arm64}}) {
      if (number < 0) continue;
      const EventType& type = syscall_event(abi, number);
      EXPECT_EQ(type.name, row.name);
      EXPECT_TRUE(type.is_syscall);
      EXPECT_EQ(syscall_number(type.id, abi), number) << row.name;
      EXPECT_EQ(find_event(type.id), &type);
      if (abi == Abi::kX86_64) {
        EXPECT_EQ(type.id, number);
      }
    }
  }
}

TEST(CatalogueTest, ResultsThatAreAddresses) {
  for (const char* name : {"mmap", "mmap2", "brk", "mremap", "shmat", "map_shadow_stack"}) {
    for (const EventType* type : find_events(name)) {
      EXPECT_EQ(result_kind(*type), Kind::pointer) << name;
    }
  }
  for (const char* name : {"read", "munmap", "sched_process_fork", "syscall_999"}) {
    EXPECT_EQ(result_kind(*find_events(name).front()), Kind::i64) << name;
  }
}

TEST(CatalogueTest, EveryEventHasItsLine) {
  EXPECT_EQ(event_line(*find_event("openat")),
            "(int dirfd, const char* pathname, int flags, mode_t mode)");
  EXPECT_EQ(event_line(*find_event("getpid")), "()");
  for (const EventType& type : event_types()) {
    const std::string line = event_line(type);
    EXPECT_FALSE(line.empty()) << type.name;
    EXPECT_EQ(line.find('\n'), line.npos) << type.name;
  }
}

TEST(CatalogueTest, EventTypesAreInTheOrderOfTheirIds) {
  const auto types = event_types();
  EXPECT_TRUE(std::ranges::is_sorted(types, {}, &EventType::id));
  EXPECT_EQ(std::ranges::adjacent_find(types, {}, &EventType::id), types.end());
  for (const EventType& type : types) EXPECT_LE(type.args.size(), kMaxArgs);
}

TEST(CatalogueTest, NumbersWithoutARowGetATypeByRule) {
  const EventType& x86_64 = syscall_event(Abi::kX86_64, 999);
  EXPECT_EQ(x86_64.name, "syscall_999");
  EXPECT_EQ(x86_64.id, 999);
  EXPECT_TRUE(x86_64.is_syscall);
  ASSERT_EQ(x86_64.args.size(), 6u);
  EXPECT_EQ(x86_64.args[0].form, Form::kHex);
  EXPECT_EQ(syscall_event(Abi::kI386, 999).id, kForeignBase + 999);
  EXPECT_EQ(syscall_event(Abi::kArm64, 999).id, kForeignBase + kArm64Offset + 999);
  EXPECT_EQ(syscall_event(Abi::kX86_64, 512).name, "syscall_512");
  EXPECT_EQ(&syscall_event(Abi::kX86_64, 999), unknown_syscall_event(999));
  EXPECT_EQ(syscall_number(999, Abi::kX86_64), 999);
  EXPECT_EQ(syscall_number(999, Abi::kI386), std::nullopt);
  EXPECT_EQ(syscall_number(kForeignBase + 999, Abi::kI386), 999);
  EXPECT_EQ(find_events("syscall_999").size(), 4u);
  EXPECT_TRUE(find_events("syscall_-1").empty());
  EXPECT_TRUE(find_events("syscall_").empty());
  EXPECT_TRUE(find_events("syscall_12x").empty());
  EXPECT_EQ(find_event("syscall_999"), nullptr);  // no row; find_events() has them
  EXPECT_EQ(find_event("nonsense"), nullptr);
  EXPECT_EQ(unknown_syscall_event(1500), nullptr);
  EXPECT_EQ(unknown_syscall_event(5000), nullptr);
  EXPECT_EQ(find_event(uint16_t{65535}), nullptr);
}

TEST(CatalogueTest, ImpossibleNumbersAreSyscallInvalid) {
  for (int32_t number : {-1, -2147483647, 1000, 2147483647}) {
    EXPECT_EQ(syscall_event(Abi::kX86_64, number).id, kSyscallInvalid) << number;
  }
  // 32-bit ARM has no rows: each number is told as it is, as an event of its own.
  const EventType& arm = syscall_event(Abi::kArm, 3);
  EXPECT_EQ(arm.name, "syscall_3");
  EXPECT_EQ(arm.args.size(), 6u);
  EXPECT_NE(arm.id, syscall_event(Abi::kX86_64, 3).id);
  EXPECT_EQ(syscall_number(arm.id, Abi::kArm), 3);
  EXPECT_EQ(syscall_event(Abi::kArm, 1000).id, kSyscallInvalid);
  EXPECT_EQ(find_event("syscall_invalid")->args.size(), 7u);
}

TEST(CatalogueTest, OtherEventsHaveTheirIds) {
  EXPECT_EQ(find_event("sched_process_exit")->id, kProcessExit);
  EXPECT_EQ(find_event("sched_process_fork")->id, kProcessFork);
  EXPECT_EQ(find_event("sched_process_exec")->id, kProcessExec);
  EXPECT_EQ(find_event("container_start")->id, kContainerStart);
  EXPECT_EQ(find_event("container_stop")->id, kContainerStop);
  EXPECT_EQ(find_event("lost")->id, kLost);
  EXPECT_FALSE(find_event("lost")->is_syscall);
  EXPECT_TRUE(find_event("syscall_invalid")->is_syscall);
}

TEST(CatalogueTest, OldNamesAreFound) {
  EXPECT_EQ(find_event("umount")->name, "umount2");
  EXPECT_EQ(find_events("umount").size(), 2u);  // and i386's own umount
  EXPECT_EQ(find_event("sysctl")->name, "_sysctl");
  EXPECT_EQ(find_event("afs")->name, "afs_syscall");
}

TEST(CatalogueTest, ACallWithOtherRegistersIsAnotherEventOfTheSameName) {
  EXPECT_EQ(find_event("clone")->id, 56);
  EXPECT_EQ(find_events("clone").size(), 2u);
  EXPECT_EQ(&syscall_event(Abi::kI386, 120), &syscall_event(Abi::kArm64, 220));
  EXPECT_EQ(syscall_event(Abi::kArm64, 220).args[3].name, "tls");
  EXPECT_EQ(syscall_event(Abi::kX86_64, 56).args[4].name, "tls");
}

bool is_in(const EventType& type, std::string_view set) {
  return event_sets(type.id) >> find_set(set).value() & 1;
}

TEST(CatalogueTest, SetsHoldWhatTheOriginalsHeld) {
  constexpr std::pair<const char*, const char*> kSeedSets[] = {
#include "tests/unit/seed_sets.inc"
  };
  EXPECT_EQ(std::size(kSeedSets), 36u);  // and `syscalls`
  for (const auto& [set, members] : kSeedSets) {
    ASSERT_TRUE(find_set(set)) << set;
    std::istringstream names(members);
    for (std::string name; names >> name;) {
      ASSERT_NE(find_event(name), nullptr) << name;
      EXPECT_TRUE(is_in(*find_event(name), set)) << name << " in " << set;
    }
  }
}

TEST(CatalogueTest, SetsFollowTheirRules) {
  for (const EventType& type : event_types()) {
    EXPECT_EQ(is_in(type, "syscalls"), type.is_syscall) << type.name;
  }
  EXPECT_TRUE(is_in(syscall_event(Abi::kX86_64, 999), "syscalls"));
  EXPECT_TRUE(is_in(*find_event("openat2"), "%file"));
  EXPECT_TRUE(is_in(*find_event("openat2"), "%desc"));
  EXPECT_FALSE(is_in(*find_event("sethostname"), "%network"));
  EXPECT_TRUE(is_in(*find_event("connect"), "%network"));
  EXPECT_TRUE(is_in(*find_event("container_start"), "container"));
  for (const SetRow& set : set_rows()) {
    EXPECT_FALSE(set.meaning.empty());
    EXPECT_TRUE(std::ranges::any_of(event_types(),
                                    [&](const EventType& type) { return is_in(type, set.name); }))
        << set.name << " is empty";
  }
  EXPECT_EQ(find_set("nonsense"), std::nullopt);
}

TEST(CatalogueTest, SockaddrsStandBeforeTheirLengths) {
  for (const EventType& type : event_types()) {
    for (size_t i = 0; i < type.args.size(); ++i) {
      if (type.args[i].form != Form::kSockaddr) continue;
      ASSERT_LT(i + 1, type.args.size()) << type.name;
      EXPECT_EQ(type.args[i + 1].name, "addrlen") << type.name;
      EXPECT_EQ(type.args[i + 1].kind == Kind::int_out, type.args[i].kind == Kind::sockaddr_out)
          << type.name;
    }
  }
}

TEST(KindsTest, NamesAreUniqueAndLeadBack) {
  std::set<std::string_view> names;
  for (size_t i = 1;; ++i) {
    const Kind kind = static_cast<Kind>(i);
    const KindRow& row = kind_row(kind);
    EXPECT_EQ(row.kind, kind);
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_EQ(kind_by_name(row.name), kind);
    EXPECT_EQ(has_text(row.form), row.capture != Capture::kValue || kind == Kind::envp) << row.name;
    if (row.name == "lsm_attr") break;  // the last row of kinds.inc
  }
  EXPECT_EQ(kind_by_name("nonsense"), Kind::kUnknown);
  EXPECT_EQ(kind_by_name(""), Kind::kUnknown);
}

struct Field {
  std::string c_type, name;
};
// A tracepoint's fields, in order, types without spaces, from lines of the form
// "field:const char * filename;	offset:24;...".
std::vector<Field> tracepoint_fields(const std::filesystem::path& format) {
  constexpr std::string_view kField = "\tfield:";
  std::vector<Field> fields;
  std::ifstream file(format);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(kField)) continue;
    std::string type = line.substr(kField.size(), line.find(';') - kField.size());
    const std::string name = type.substr(type.rfind(' ') + 1);
    if (name.starts_with("common_") || name == "__syscall_nr") continue;
    type.resize(type.size() - name.size());
    std::erase(type, ' ');
    fields.push_back({type, name});
  }
  return fields;
}

// Where a text kind is right though the kernel declares no `char *`, or the other way round.
bool is_text_exception(const std::string& name, size_t arg) {
  static const std::set<std::pair<std::string, size_t>> kExceptions = {
      {"syslog", 1},      {"sethostname", 0},     {"setdomainname", 0},
      {"listxattr", 1},   {"llistxattr", 1},      {"flistxattr", 1},
      {"listxattrat", 3}, {"mq_timedsend", 1},    {"getsockopt", 3},
      {"setsockopt", 3},  {"mq_timedreceive", 1}, {"shmat", 1},
      {"shmdt", 0},       {"getrandom", 0},       {"read", 1},
      {"write", 1},       {"pread64", 1},         {"pwrite64", 1},
      {"mount", 4},       {"prctl", 1},
  };
  return kExceptions.contains({name, arg});
}

TEST(CatalogueTest, ArgumentsAreTheTracepoints) {
  namespace fs = std::filesystem;
  fs::path root = "/sys/kernel/tracing/events/syscalls";
  std::error_code error;
  if (!fs::exists(root, error)) root = "/sys/kernel/debug/tracing/events/syscalls";
  if (const char* other = std::getenv("CTRACE_TEST_TRACEFS"))
    root = fs::path(other) / "events/syscalls";
  if (!fs::exists(root, error)) GTEST_SKIP() << "no tracefs that this user can read";
  int compared = 0;
  for (const SyscallRow& row : syscall_rows()) {
    if (row.x86_64 < 0) continue;
    const std::string name(row.name);
    fs::path format = root / ("sys_enter_" + name) / "format";
    if (!fs::exists(format, error)) format = root / ("sys_enter_new" + name) / "format";
    if (!fs::exists(format, error)) continue;
    const EventType& type = *find_event(static_cast<uint16_t>(row.x86_64));
    const std::vector<Field> theirs = tracepoint_fields(format);
    ASSERT_EQ(theirs.size(), arg_count(type)) << name;
    ++compared;
    for (size_t i = 0; i < theirs.size(); ++i) {
      const std::string& c_type = theirs[i].c_type;
      const std::pair<std::string_view, std::string_view> names = {theirs[i].name,
                                                                   type.args[i].name};
      EXPECT_TRUE(names.first == names.second || std::ranges::find(testing::kManualNames, names) !=
                                                     std::end(testing::kManualNames))
          << name << ": " << names.first << " is called " << names.second;
      const bool is_string = c_type == "constchar*" || c_type == "char*";
      const bool is_text = type.args[i].form == Form::kText;
      if (!is_text_exception(name, i)) {
        EXPECT_EQ(is_string, is_text) << name << " " << type.args[i].name << ": " << c_type;
      }
      // A value is never a pointer's address.
      if (c_type.ends_with("*") && !is_text) {
        EXPECT_TRUE(type.args[i].form == Form::kHex || has_text(type.args[i].form))
            << name << " " << type.args[i].name << ": " << c_type;
      }
    }
  }
  EXPECT_GT(compared, 250);
}

}  // namespace
}  // namespace ctrace
