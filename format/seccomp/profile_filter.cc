#include "format/seccomp/profile_filter.h"

#include <seccomp.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "format/base/file.h"

namespace ctrace {
namespace {

using Context = std::unique_ptr<void, decltype(&seccomp_release)>;

uint32_t action_code(const ActionValue& value) {
  switch (value.action) {
    case Action::kKillProcess:
      return SCMP_ACT_KILL_PROCESS;
    case Action::kKillThread:
      return SCMP_ACT_KILL_THREAD;
    case Action::kTrap:
      return SCMP_ACT_TRAP;
    case Action::kErrno:
      return SCMP_ACT_ERRNO(value.errno_ret);
    case Action::kTrace:
      return SCMP_ACT_TRACE(value.errno_ret);
    case Action::kLog:
      return SCMP_ACT_LOG;
    case Action::kNotify:
      return SCMP_ACT_NOTIFY;
    case Action::kAllow:
      break;
  }
  return SCMP_ACT_ALLOW;
}

scmp_compare compare_code(Compare compare) {
  static constexpr scmp_compare kCodes[] = {SCMP_CMP_NE,       SCMP_CMP_LT, SCMP_CMP_LE,
                                            SCMP_CMP_EQ,       SCMP_CMP_GE, SCMP_CMP_GT,
                                            SCMP_CMP_MASKED_EQ};
  return kCodes[static_cast<size_t>(compare)];
}

scmp_arg_cmp condition(const ArgRule& arg) {
  return {arg.index, compare_code(arg.compare), arg.value, arg.value_two};
}

unexpected compile_error(const std::string& what, int code) {
  return unexpected(system_message("libseccomp cannot compile the profile (" + what + ")", -code));
}

bool repeats_an_index(const std::vector<ArgRule>& args) {
  for (size_t i = 0; i < args.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (args[i].index == args[j].index) return true;
    }
  }
  return false;
}

Result<void> add_rule(scmp_filter_ctx context, int number, const std::string& name,
                      const ProfileRule& rule) {
  const uint32_t action = action_code(rule.action);
  std::vector<scmp_arg_cmp> conditions;
  for (const ArgRule& arg : rule.args) conditions.push_back(condition(arg));
  int code = 0;
  if (repeats_an_index(rule.args)) {
    for (const scmp_arg_cmp& one : conditions) {
      if (code == 0) code = seccomp_rule_add_array(context, action, number, 1, &one);
    }
  } else {
    code = seccomp_rule_add_array(context, action, number, static_cast<unsigned>(conditions.size()),
                                  conditions.data());
  }
  // A rule that another one contains.
  if (code != 0 && code != -EEXIST) return compile_error("rule of " + name, code);
  return {};
}

Result<void> add_rules(scmp_filter_ctx context, const SeccompProfile& profile,
                       std::vector<std::string>* skipped) {
  for (const ProfileRule& rule : profile.rules) {
    // libseccomp refuses rules that do what happens anyway.
    if (action_code(rule.action) == action_code(profile.default_action)) continue;
    for (const std::string& name : rule.names) {
      const int number = name.find('\0') == std::string::npos
                             ? seccomp_syscall_resolve_name(name.c_str())
                             : __NR_SCMP_ERROR;
      if (number == __NR_SCMP_ERROR) {
        if (skipped != nullptr) skipped->push_back(name);
        continue;
      }
      if (auto added = add_rule(context, number, name, rule); !added) return added;
    }
  }
  return {};
}

Result<FilterProgram> exported(scmp_filter_ctx context) {
  FileDescriptor file(memfd_create("filter", MFD_CLOEXEC));
  if (!file) return unexpected(system_message("cannot make a file in memory", errno));
  if (const int code = seccomp_export_bpf(context, file.get()); code != 0) {
    return compile_error("export", code);
  }
  struct stat status = {};
  if (fstat(file.get(), &status) != 0 || status.st_size <= 0) {
    return unexpected("libseccomp gave no filter");
  }
  FilterProgram program(static_cast<size_t>(status.st_size) / sizeof(sock_filter));
  const int error = read_whole(
      file.get(),
      {reinterpret_cast<uint8_t*>(program.data()), program.size() * sizeof(sock_filter)}, 0);
  if (error != 0) return unexpected("cannot read the filter that libseccomp made");
  return program;
}

}  // namespace

Result<FilterProgram> compile_filter(const SeccompProfile& profile,
                                     std::vector<std::string>* skipped) {
  const Context context(seccomp_init(action_code(profile.default_action)), &seccomp_release);
  if (!context) return unexpected("libseccomp does not take the profile's default action");
  for (const Abi abi : profile.abis) {
    const int code = seccomp_arch_add(context.get(), abi_row(abi).token);
    if (code != 0 && code != -EEXIST) return compile_error(abi_row(abi).oci, code);
  }
  if (auto added = add_rules(context.get(), profile, skipped); !added) {
    return unexpected(added.error());
  }
  return exported(context.get());
}

}  // namespace ctrace
