// The machine: names, memory, BPF, rings; single numbers; messages between processes.
#include "format/decode/structure.h"

namespace ctrace::structs {
namespace {

using enum Unit;

void append_hex(const Decoding& decoding, uint64_t value) { decoding.out.hex(value); }
void append_pointer(const Decoding& decoding, uint64_t value) { decoding.out.pointer(value); }

// clang-format off
constexpr Member kLongMembers[] = {{"value", kWord}};
constexpr Structure kLong{.members = kLongMembers, .is_bare = true, .brackets = true};
constexpr Member kULongMembers[] = {{"value", kUWord}};
constexpr Structure kULong{.members = kULongMembers, .is_bare = true, .brackets = true};
constexpr Member kLoffMembers[] = {{"value", kS64}};
constexpr Structure kLoff{.members = kLoffMembers, .is_bare = true, .brackets = true};
constexpr Member kUIntMembers[] = {{"value", kU32}};
constexpr Structure kUInt{.members = kUIntMembers, .is_bare = true, .brackets = true};
constexpr Member kFdMembers[] = {{"value", kS32}};
constexpr Structure kFd{.members = kFdMembers, .is_bare = true};
constexpr Structure kId{.members = kUIntMembers, .is_bare = true, .brackets = true};
constexpr Structure kListedId{.members = kUIntMembers, .is_bare = true};

constexpr Member kUtsnameMembers[] = {
    {.name = "sysname", .unit = kText, .count = 65}, {.name = "nodename", .unit = kText, .count = 65},
    {.name = "release", .unit = kText, .count = 65}, {.name = "version", .unit = kText, .count = 65},
    {.name = "machine", .unit = kText, .count = 65},
    {.name = "domainname", .unit = kText, .count = 65}};
constexpr Structure kUtsname{kUtsnameMembers};

constexpr Member kSysinfoMembers[] = {
    {"uptime", kWord}, {.name = "loads", .unit = kUWord, .count = 3}, {"totalram", kUWord},
    {"freeram", kUWord}, {"sharedram", kUWord}, {"bufferram", kUWord}, {"totalswap", kUWord},
    {"freeswap", kUWord}, {"procs", kU16}, {"", kU16}, {"totalhigh", kUWord}, {"freehigh", kUWord},
    {"mem_unit", kU32}};
constexpr Structure kSysinfo{.members = kSysinfoMembers};

constexpr Member kSembufMembers[] = {
    {"sem_num", kU16}, {"sem_op", kS16}, {"sem_flg", kU16, Kind::sem_flags}};
constexpr Structure kSembuf{kSembufMembers};

constexpr Member kMqAttrMembers[] = {
    {"mq_flags", kUWord, Kind::mq_flags}, {"mq_maxmsg", kWord}, {"mq_msgsize", kWord},
    {"mq_curmsgs", kWord}};
constexpr Structure kMqAttr{kMqAttrMembers};

constexpr Member kIoUringMembers[] = {
    {"sq_entries", kU32}, {"cq_entries", kU32}, {"flags", kU32, Kind::io_uring_setup_flags},
    {"sq_thread_cpu", kU32}, {"sq_thread_idle", kU32}, {"features", kU32, Kind::io_uring_features},
    {.name = "wq_fd", .unit = kS32, .silent_zero = true}};
constexpr uint8_t kIoUringOrder[] = {2, 3, 4, 6, 0, 1, 5};
constexpr Structure kIoUring{
    .members = kIoUringMembers, .order = kIoUringOrder, .goes_on = true};

constexpr Member kPerfMembers[] = {
    {"type", kU32, Kind::perf_type}, {"size", kU32}, {"config", kU64, Kind::kUnknown, append_hex},
    {"sample_period", kU64}, {"sample_type", kU64, Kind::kUnknown, append_hex},
    {"read_format", kU64, Kind::kUnknown, append_hex}};
constexpr Structure kPerf{.members = kPerfMembers, .goes_on = true};

// union bpf_attr, by command
constexpr Member kMapCreateMembers[] = {
    {"map_type", kU32, Kind::bpf_map_type}, {"key_size", kU32}, {"value_size", kU32},
    {"max_entries", kU32}, {"map_flags", kU32, Kind::kUnknown, append_hex}, {"inner_map_fd", kS32},
    {"numa_node", kU32}, {.name = "map_name", .unit = kText, .count = 16}, {"map_ifindex", kU32},
    {"btf_fd", kS32}, {"btf_key_type_id", kU32}, {"btf_value_type_id", kU32}};
constexpr Structure kMapCreate{.members = kMapCreateMembers, .grows = true};

constexpr Member kElementMembers[] = {
    {"map_fd", kS32}, {"", kU32}, {"key", kU64, Kind::kUnknown, append_pointer},
    {"value", kU64, Kind::kUnknown, append_pointer}, {"flags", kU64, Kind::kUnknown, append_hex}};
constexpr Structure kElement{.members = kElementMembers, .grows = true};

constexpr Member kProgLoadMembers[] = {
    {"prog_type", kU32, Kind::bpf_prog_type}, {"insn_cnt", kU32},
    {"insns", kU64, Kind::kUnknown, append_pointer}, {"license", kU64, Kind::kUnknown, append_pointer},
    {"log_level", kU32}, {"log_size", kU32}, {"log_buf", kU64, Kind::kUnknown, append_pointer},
    {"kern_version", kU32, Kind::kUnknown, append_hex},
    {"prog_flags", kU32, Kind::kUnknown, append_hex},
    {.name = "prog_name", .unit = kText, .count = 16}, {"prog_ifindex", kU32},
    {"expected_attach_type", kU32, Kind::bpf_attach_type}};
constexpr Structure kProgLoad{.members = kProgLoadMembers, .grows = true};

constexpr Member kObjectMembers[] = {
    {"pathname", kU64, Kind::kUnknown, append_pointer}, {"bpf_fd", kS32},
    {"file_flags", kU32, Kind::kUnknown, append_hex}};
constexpr Structure kObject{.members = kObjectMembers, .grows = true};

constexpr Member kAttachMembers[] = {
    {"target_fd", kS32}, {"attach_bpf_fd", kS32}, {"attach_type", kU32, Kind::bpf_attach_type},
    {"attach_flags", kU32, Kind::kUnknown, append_hex}};
constexpr Structure kAttach{.members = kAttachMembers, .grows = true};

constexpr Member kByIdMembers[] = {
    {"id", kU32}, {"next_id", kU32}, {"open_flags", kU32, Kind::kUnknown, append_hex}};
constexpr Structure kById{.members = kByIdMembers, .grows = true};

constexpr Member kInfoMembers[] = {
    {"bpf_fd", kS32}, {"info_len", kU32}, {"info", kU64, Kind::kUnknown, append_pointer}};
constexpr Structure kInfo{.members = kInfoMembers, .grows = true};

constexpr Member kTracepointMembers[] = {
    {"name", kU64, Kind::kUnknown, append_pointer}, {"prog_fd", kS32}};
constexpr Structure kTracepoint{.members = kTracepointMembers, .grows = true};

constexpr Member kBtfLoadMembers[] = {
    {"btf", kU64, Kind::kUnknown, append_pointer}, {"btf_log_buf", kU64, Kind::kUnknown, append_pointer},
    {"btf_size", kU32}, {"btf_log_size", kU32}, {"btf_log_level", kU32}};
constexpr Structure kBtfLoad{.members = kBtfLoadMembers, .grows = true};

constexpr Member kLinkMembers[] = {
    {"prog_fd", kS32}, {"target_fd", kS32}, {"attach_type", kU32, Kind::bpf_attach_type},
    {"flags", kU32, Kind::kUnknown, append_hex}};
constexpr Structure kLink{.members = kLinkMembers, .grows = true};

constexpr Member kOneFdMembers[] = {{"fd", kS32}};
constexpr Structure kOneFd{.members = kOneFdMembers, .grows = true};
// clang-format on

// By command; null: nothing is known of its part of the union.
constexpr const Structure* kBpfAttrs[] = {
    &kMapCreate, &kElement, &kElement,
    &kElement,   &kElement,  // MAP_CREATE to MAP_GET_NEXT_KEY
    &kProgLoad,  &kObject,  &kObject,
    &kAttach,    &kAttach,  // PROG_LOAD, OBJ_*, PROG_*TACH
    nullptr,     &kById,    &kById,
    &kById,      &kById,  // PROG_TEST_RUN, *_ID
    &kInfo,      nullptr,   &kTracepoint,
    &kBtfLoad,   &kById,  // OBJ_GET_INFO_BY_FD to BTF_GET_FD_BY_ID
    nullptr,     &kElement, &kOneFd,
    &kById,      nullptr,  // TASK_FD_QUERY to MAP_LOOKUP_BATCH
    nullptr,     nullptr,   nullptr,
    &kLink,      nullptr,  // batches, LINK_CREATE, LINK_UPDATE
    &kById,      &kById,    nullptr,
    &kLink,      &kOneFd,  // LINK_*, ENABLE_STATS, ITER_CREATE, ...
};

bool append_bpf_attr(std::string_view bytes, const Decoding& decoding) {
  const uint64_t* command = argument(decoding.event, Kind::bpf_cmd);
  const uint64_t number = command ? static_cast<uint32_t>(*command) : std::size(kBpfAttrs);
  const Structure* structure = number < std::size(kBpfAttrs) ? kBpfAttrs[number] : nullptr;
  if (structure) return append_structure(*structure, bytes, decoding);
  decoding.out.hex_bytes(bytes);
  return true;
}

// clang-format off
constexpr Pointee kPointees[] = {
    {Kind::long_in, &kLong},
    {Kind::long_out, &kLong},
    {Kind::loff_in, &kLoff},
    {Kind::loff_out, &kLoff},
    {Kind::size_out, &kULong},
    {Kind::uint_out, &kUInt},
    {Kind::uid_out, &kId},
    {Kind::gid_out, &kId},
    {.kind = Kind::fd_pair, .native = &kFd, .elements = 2, .is_list = true},
    {.kind = Kind::gids_in, .native = &kListedId, .elements = 64, .is_list = true},
    {.kind = Kind::gids_out, .native = &kListedId, .elements = 64, .is_list = true},
    {Kind::utsname_out, &kUtsname},
    {Kind::sysinfo_out, &kSysinfo},
    {.kind = Kind::sembufs, .native = &kSembuf, .elements = 16, .is_list = true},
    {Kind::mq_attr_in, &kMqAttr},
    {Kind::mq_attr_out, &kMqAttr},
    {Kind::io_uring_params, &kIoUring},
    {Kind::perf_event_attr, &kPerf},
    {.kind = Kind::bpf_attr, .native = &kProgLoad, .append = append_bpf_attr},
};
// clang-format on

}  // namespace

std::span<const Pointee> system_pointees() { return kPointees; }

}  // namespace ctrace::structs
