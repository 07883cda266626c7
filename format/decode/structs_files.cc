// Files: what they are, locks on them, waiting for them.
#include <sys/sysmacros.h>

#include <algorithm>

#include "format/decode/structure.h"

namespace ctrace::structs {
namespace {

using enum Unit;

// As stat(2) gives it: 12 bits of major, 20 of minor number. In JSON the number itself.
void append_device(const Decoding& decoding, uint64_t device) {
  if (decoding.out.json()) return decoding.out.number(device);
  OutputBuffer& out = decoding.out.begin_value();
  out.append("makedev(");
  ValueWriter numbers(out, false);
  numbers.hex(major(device));
  numbers.hex(minor(device));
  out.append(')');
}

// {u32=5, u64=5}: what a program keeps there nobody else knows.
void append_epoll_data(const Decoding& decoding, uint64_t data) {
  ValueWriter& out = decoding.out;
  if (out.json()) return out.number(data);
  out.open('{');
  out.key("u32");
  out.number(uint64_t{static_cast<uint32_t>(data)});
  out.key("u64");
  out.number(data);
  out.close('}');
}

// clang-format off
constexpr Member kOpenHowMembers[] = {
    {"flags", kU64, Kind::open_flags}, {.name = "mode", .unit = kU64, .words = Kind::mode, .silent_zero = true},
    {"resolve", kU64, Kind::resolve_flags}};
constexpr Structure kOpenHow{.members = kOpenHowMembers, .grows = true};

// Of all forms of stat the times are not read: no two files have the same, and they are most of its
// bytes.
constexpr Member kStatMembers[] = {
    {"st_dev", kU64, Kind::kUnknown, append_device}, {"st_ino", kU64}, {"st_nlink", kU64},
    {"st_mode", kU32, Kind::mode}, {"st_uid", kU32}, {"st_gid", kU32}, {"", kS32},
    {"st_rdev", kU64, Kind::kUnknown, append_device}, {"st_size", kS64}, {"st_blksize", kS64},
    {"st_blocks", kS64}};
constexpr uint8_t kStatOrder[] = {0, 1, 3, 2, 4, 5, 7, 9, 10, 8};
constexpr Structure kStat{.members = kStatMembers, .order = kStatOrder, .goes_on = true};

constexpr Member kStatArm64Members[] = {
    {"st_dev", kU64, Kind::kUnknown, append_device}, {"st_ino", kU64}, {"st_mode", kU32, Kind::mode},
    {"st_nlink", kU32}, {"st_uid", kU32}, {"st_gid", kU32},
    {"st_rdev", kU64, Kind::kUnknown, append_device}, {"", kU64}, {"st_size", kS64},
    {"st_blksize", kS32}, {"", kS32}, {"st_blocks", kS64}};
constexpr uint8_t kStatArm64Order[] = {0, 1, 2, 3, 4, 5, 6, 9, 11, 8};
constexpr Structure kStatArm64{
    .members = kStatArm64Members, .order = kStatArm64Order, .goes_on = true};

constexpr Member kStatI386Members[] = {
    {"st_dev", kU32, Kind::kUnknown, append_device}, {"st_ino", kU32}, {"st_mode", kU16, Kind::mode},
    {"st_nlink", kU16}, {"st_uid", kU16}, {"st_gid", kU16},
    {"st_rdev", kU32, Kind::kUnknown, append_device}, {"st_size", kU32}, {"st_blksize", kU32},
    {"st_blocks", kU32}};
constexpr uint8_t kStatI386Order[] = {0, 1, 2, 3, 4, 5, 6, 8, 9, 7};
constexpr Structure kStatI386{.members = kStatI386Members, .order = kStatI386Order, .goes_on = true};

// The inode is there twice; the first has its lower half.
constexpr Member kStat64Members[] = {
    {"st_dev", kU64, Kind::kUnknown, append_device}, {"", kU32}, {"st_ino", kU32},
    {"st_mode", kU32, Kind::mode}, {"st_nlink", kU32}, {"st_uid", kU32}, {"st_gid", kU32},
    {"st_rdev", kU64, Kind::kUnknown, append_device}, {"", kU32}, {"st_size", kS64},
    {"st_blksize", kU32}, {"st_blocks", kU64}};
constexpr uint8_t kStat64Order[] = {0, 2, 3, 4, 5, 6, 7, 10, 11, 9};
constexpr Structure kStat64{.members = kStat64Members, .order = kStat64Order, .goes_on = true};

constexpr Member kStatxMembers[] = {
    {"stx_mask", kU32, Kind::statx_mask}, {"stx_blksize", kU32},
    {"stx_attributes", kU64, Kind::statx_attributes}, {"stx_nlink", kU32}, {"stx_uid", kU32},
    {"stx_gid", kU32}, {"stx_mode", kU16, Kind::mode}, {"", kU16}, {"stx_ino", kU64},
    {"stx_size", kU64}, {"stx_blocks", kU64}};
constexpr Structure kStatx{.members = kStatxMembers, .goes_on = true};

constexpr Member kFsidMembers[] = {
    {.name = "val", .unit = kU32, .count = 2}};
constexpr Structure kFsid{kFsidMembers};

constexpr Member kStatfsMembers[] = {
    {"f_type", kWord, Kind::statfs_type}, {"f_bsize", kWord}, {"f_blocks", kUWord},
    {"f_bfree", kUWord}, {"f_bavail", kUWord}, {"f_files", kUWord}, {"f_ffree", kUWord},
    {.name = "f_fsid", .unit = kStruct, .structure = &kFsid}, {"f_namelen", kWord},
    {"f_frsize", kWord}, {"f_flags", kWord, Kind::statfs_flags}};
constexpr Structure kStatfs{.members = kStatfsMembers};

constexpr Member kStatfs64Members[] = {
    {"f_type", kU32, Kind::statfs_type}, {"f_bsize", kU32}, {"f_blocks", kU64}, {"f_bfree", kU64},
    {"f_bavail", kU64}, {"f_files", kU64}, {"f_ffree", kU64},
    {.name = "f_fsid", .unit = kStruct, .structure = &kFsid}, {"f_namelen", kU32},
    {"f_frsize", kU32}, {"f_flags", kU32, Kind::statfs_flags}};
constexpr Structure kStatfs64{.members = kStatfs64Members};

constexpr Member kFlockMembers[] = {
    {"l_type", kS16, Kind::lock_type}, {"l_whence", kS16, Kind::whence}, {"l_start", kWord},
    {"l_len", kWord}, {.name = "l_pid", .unit = kS32, .silent_zero = true}};
constexpr Structure kFlock{kFlockMembers};

constexpr Member kFlock64Members[] = {
    {"l_type", kS16, Kind::lock_type}, {"l_whence", kS16, Kind::whence}, {"l_start", kS64},
    {"l_len", kS64}, {.name = "l_pid", .unit = kS32, .silent_zero = true}};
constexpr Structure kFlock64{kFlock64Members};

constexpr Member kPollfdMembers[] = {
    {"fd", kS32},
    {.name = "events", .unit = kS16, .words = Kind::poll_events, .view = StructView::kBefore},
    {.name = "revents", .unit = kS16, .words = Kind::poll_events, .view = StructView::kAfter}};
constexpr Structure kPollfd{kPollfdMembers};

constexpr Member kEpollMembers[] = {
    {"events", kU32, Kind::epoll_events}, {"data", kU64, Kind::kUnknown, append_epoll_data}};
constexpr Structure kEpoll{.members = kEpollMembers, .packed_x86 = true};

constexpr Member kWordMembers[] = {{"value", kUWord}};
constexpr Structure kWordBits{.members = kWordMembers, .is_bare = true};

constexpr Member kMountAttrMembers[] = {
    {"attr_set", kU64, Kind::mount_attr_flags}, {"attr_clr", kU64, Kind::mount_attr_flags},
    {"propagation", kU64, Kind::mount_propagation}, {"userns_fd", kU64}};
constexpr Structure kMountAttr{.members = kMountAttrMembers, .grows = true};
// clang-format on

// Those of 32-bit calls: which structure depends on the command.
bool append_lock(std::string_view bytes, const Decoding& decoding) {
  constexpr uint64_t kLastOld = 7;  // F_SETLKW
  const uint64_t* command = argument(decoding.event, Kind::fcntl_cmd);
  const bool is_old = command && static_cast<uint32_t>(*command) <= kLastOld;
  return append_structure(is_old ? kFlock : kFlock64, bytes, decoding);
}

// What poll found: those alone with events.
bool append_pollfds(std::string_view bytes, const Decoding& decoding) {
  if (decoding.view != StructView::kAfter) return append_list(kPollfd, bytes, decoding);
  const size_t size = size_of(kPollfd, decoding.layout),
               at = offset_of(kPollfd, 2, decoding.layout);
  decoding.out.open('[');
  for (; bytes.size() >= size; bytes.remove_prefix(size)) {
    if (number_at(bytes, at, 2) == 0) continue;
    append_structure(kPollfd, bytes.substr(0, size), decoding);
  }
  decoding.out.close(']');
  return true;
}

// Numbers of the bits that are set: [3 4], as strace has it.
bool append_bits(std::string_view bytes, size_t limit, const Decoding& decoding) {
  ValueWriter& out = decoding.out;
  OutputBuffer numbers(-1);
  if (out.json()) out.open('[');
  for (size_t i = 0; i < std::min(limit, bytes.size() * 8); ++i) {
    if ((static_cast<unsigned char>(bytes[i / 8]) >> i % 8 & 1) == 0) continue;
    if (out.json()) {
      out.number(uint64_t{i});
      continue;
    }
    if (numbers.size() > 0) numbers.append(' ');
    numbers.append_decimal(i);
  }
  if (out.json()) {
    out.close(']');
  } else {
    out.word("[" + numbers.text() + "]");
  }
  return true;
}

bool append_fd_set(std::string_view bytes, const Decoding& decoding) {
  return append_bits(bytes, static_cast<uint32_t>(decoding.event.args[0]), decoding);
}

bool append_cpu_set(std::string_view bytes, const Decoding& decoding) {
  return append_bits(bytes, SIZE_MAX, decoding);
}

// clang-format off
constexpr Pointee kPointees[] = {
    {Kind::open_how, &kOpenHow},
    {.kind = Kind::stat_out, .native = &kStat, .compat = &kStatI386, .arm64 = &kStatArm64},
    {Kind::stat64_out, &kStat64},
    {Kind::statx_out, &kStatx},
    {Kind::statfs_out, &kStatfs},
    {Kind::statfs64_out, &kStatfs64},
    {.kind = Kind::fcntl_arg, .native = &kFlock, .compat = &kFlock64, .append = append_lock},
    {.kind = Kind::fcntl64_arg, .native = &kFlock64, .append = append_lock},
    {.kind = Kind::pollfds, .native = &kPollfd, .elements = 64, .is_list = true,
     .append = append_pollfds},
    {Kind::epoll_event_in, &kEpoll},
    {.kind = Kind::epoll_events_out, .native = &kEpoll, .elements = 64, .is_list = true},
    {.kind = Kind::fd_set, .native = &kWordBits, .elements = 16, .append = append_fd_set},
    {.kind = Kind::cpu_set_in, .native = &kWordBits, .elements = 16, .append = append_cpu_set},
    {.kind = Kind::cpu_set_out, .native = &kWordBits, .elements = 16, .append = append_cpu_set},
    {Kind::mount_attr, &kMountAttr},
};
// clang-format on

}  // namespace

std::span<const Pointee> file_pointees() { return kPointees; }

}  // namespace ctrace::structs
