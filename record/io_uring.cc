#include "record/io_uring.h"

#include <bpf/btf.h>

#include <iterator>
#include <memory>
#include <string_view>

namespace ctrace {
namespace {

// enum io_uring_op of include/uapi/linux/io_uring.h, from 0 on.
constexpr std::string_view kOpcodes[] = {
    "NOP",
    "READV",
    "WRITEV",
    "FSYNC",
    "READ_FIXED",
    "WRITE_FIXED",
    "POLL_ADD",
    "POLL_REMOVE",
    "SYNC_FILE_RANGE",
    "SENDMSG",
    "RECVMSG",
    "TIMEOUT",
    "TIMEOUT_REMOVE",
    "ACCEPT",
    "ASYNC_CANCEL",
    "LINK_TIMEOUT",
    "CONNECT",
    "FALLOCATE",
    "OPENAT",
    "CLOSE",
    "FILES_UPDATE",
    "STATX",
    "READ",
    "WRITE",
    "FADVISE",
    "MADVISE",
    "SEND",
    "RECV",
    "OPENAT2",
    "EPOLL_CTL",
    "SPLICE",
    "PROVIDE_BUFFERS",
    "REMOVE_BUFFERS",
    "TEE",
    "SHUTDOWN",
    "RENAMEAT",
    "UNLINKAT",
    "MKDIRAT",
    "SYMLINKAT",
    "LINKAT",
    "MSG_RING",
    "FSETXATTR",
    "SETXATTR",
    "FGETXATTR",
    "GETXATTR",
    "SOCKET",
    "URING_CMD",
    "SEND_ZC",
    "SENDMSG_ZC",
    "READ_MULTISHOT",
    "WAITID",
    "FUTEX_WAIT",
    "FUTEX_WAKE",
    "FUTEX_WAITV",
    "FIXED_FD_INSTALL",
    "FTRUNCATE",
    "BIND",
    "LISTEN",
    "RECV_ZC",
    "EPOLL_WAIT",
    "READV_FIXED",
    "WRITEV_FIXED",
    "PIPE",
};

// How many arguments a tracepoint has, its private first one included; 0 when there is none.
size_t arguments_of(const KernelTypes& types, const std::string& name) {
  const btf* kernel = types.get();
  const uint32_t id = types.find("btf_trace_" + name, BTF_KIND_TYPEDEF);
  if (id == 0) return 0;
  const btf_type* pointer = btf__type_by_id(kernel, btf__type_by_id(kernel, id)->type);
  if (!pointer || !btf_is_ptr(pointer)) return 0;
  const btf_type* function = btf__type_by_id(kernel, pointer->type);
  return function && btf_is_func_proto(function) ? btf_vlen(function) : 0;
}

}  // namespace

IoUringTracepoints find_io_uring_tracepoints(const KernelTypes& types) {
  IoUringTracepoints found;
  if (arguments_of(types, "io_uring_submit_req") == 2) {
    found.submit_name = "io_uring_submit_req";
    found.submit = wire::IO_SUBMIT_REQUEST;
  } else {
    found.submit_name = "io_uring_submit_sqe";
    const size_t arguments = arguments_of(types, found.submit_name);
    if (arguments == 3) found.submit = wire::IO_SUBMIT_REQUEST;
    if (arguments == 6) found.submit = wire::IO_SUBMIT_OPCODE;
    if (arguments == 8) found.submit = wire::IO_SUBMIT_CONTEXT_REQUEST;
  }
  const size_t arguments = arguments_of(types, "io_uring_complete");
  const bool is_new = found.submit == wire::IO_SUBMIT_REQUEST;
  if (arguments == 8) found.complete = wire::IO_COMPLETE_REQUEST;
  if (arguments == 4) found.complete = is_new ? wire::IO_COMPLETE_CQE : wire::IO_COMPLETE_USER_DATA;
  if (arguments == 5 && !is_new) found.complete = wire::IO_COMPLETE_USER_DATA;
  return found;
}

std::string io_uring_opcode_name(uint64_t opcode) {
  const std::string prefix = "IORING_OP_";
  if (opcode < std::size(kOpcodes)) return prefix + std::string(kOpcodes[opcode]);
  return prefix + std::to_string(opcode);
}

}  // namespace ctrace
