#include "record/relocation_types.h"

#include <bpf/btf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace ctrace {
namespace {

using Names = std::unordered_set<std::string_view>;

std::string_view name_of(const btf* types, const btf_type* type) {
  return btf__name_by_offset(types, type->name_off);
}

// What one object calls differently by kernel is told apart behind three underscores.
std::string_view essential(std::string_view name) { return name.substr(0, name.find("___")); }

// What a program may ask the kernel for by name.
bool is_asked_for(const btf_type* type) {
  return type->name_off &&
         (btf_is_composite(type) || btf_is_any_enum(type) || btf_is_typedef(type));
}

Names names_asked_for(const btf* own) {
  Names names;
  for (uint32_t id = 1; id < btf__type_cnt(own); ++id) {
    const btf_type* type = btf__type_by_id(own, id);
    if (is_asked_for(type)) names.insert(essential(name_of(own, type)));
  }
  return names;
}

// What is part of a type itself; what it points to is not.
void for_each_part(const btf_type* type, const auto& visit) {
  if (btf_is_composite(type)) {
    for (uint32_t i = 0; i < btf_vlen(type); ++i) visit(btf_members(type)[i].type);
  } else if (btf_is_array(type)) {
    visit(btf_array(type)->type);
    visit(btf_array(type)->index_type);
  } else if (btf_is_mod(type) || btf_is_typedef(type) || btf_is_type_tag(type)) {
    visit(type->type);
  }
}

// The last of those with one of the names and of all their parts.
uint32_t last_needed(const btf* kernel, const Names& names) {
  const uint32_t count = btf__type_cnt(kernel);
  std::vector<bool> seen(count);
  std::vector<uint32_t> open;
  uint32_t last = 0;
  const auto need = [&](uint32_t id) {
    if (id == 0 || id >= count || seen[id]) return;
    seen[id] = true;
    last = std::max(last, id);
    open.push_back(id);
  };
  for (uint32_t id = 1; id < count; ++id) {
    const btf_type* type = btf__type_by_id(kernel, id);
    if (is_asked_for(type) && names.contains(name_of(kernel, type))) need(id);
  }
  while (!open.empty()) {
    const uint32_t id = open.back();
    open.pop_back();
    for_each_part(btf__type_by_id(kernel, id), need);
  }
  return last;
}

// The types up to the last one that is needed. Structures that are not looked for lose their names:
// libbpf then passes them over.
std::string cut_down(const btf* kernel, const Names& names) {
  const uint32_t last = last_needed(kernel, names);
  uint32_t size = 0;
  const auto* raw = static_cast<const char*>(btf__raw_data(kernel, &size));
  if (!raw || last == 0 || last + 1 >= btf__type_cnt(kernel)) return {};
  btf_header header;
  std::memcpy(&header, raw, sizeof header);
  const auto* first = reinterpret_cast<const char*>(btf__type_by_id(kernel, 1));
  const auto* end = reinterpret_cast<const char*>(btf__type_by_id(kernel, last + 1));
  std::string types(first, end);
  for (uint32_t id = 1; id <= last; ++id) {
    const btf_type* type = btf__type_by_id(kernel, id);
    if (!type->name_off || !btf_is_composite(type) || names.contains(name_of(kernel, type)))
      continue;
    auto* copy = types.data() + (reinterpret_cast<const char*>(type) - first);
    std::memset(copy + offsetof(btf_type, name_off), 0, sizeof type->name_off);
  }
  const char* strings = raw + header.hdr_len + header.str_off;
  std::string cut(raw, header.hdr_len);
  header.type_off = 0;
  header.type_len = header.str_off = static_cast<uint32_t>(types.size());
  std::memcpy(cut.data(), &header, sizeof header);
  return cut.append(types).append(strings, header.str_len);
}

}  // namespace

RelocationTypes::RelocationTypes(const KernelTypes& kernel, const btf* own) {
  if (!kernel.get() || !own) return;
  const std::string bytes = cut_down(kernel.get(), names_asked_for(own));
  if (bytes.empty()) return;
  fd_ = memfd_create("types", MFD_CLOEXEC);
  if (fd_ >= 0 && write(fd_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()))
    path_ = "/proc/self/fd/" + std::to_string(fd_);
}

RelocationTypes::~RelocationTypes() {
  if (fd_ >= 0) close(fd_);
}

}  // namespace ctrace
