#include "record/relocation_types.h"

#include <bpf/btf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ctrace {
namespace {

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

// The kernel's own types that are called so.
std::vector<uint32_t> types_asked_for(const KernelTypes& kernel, const btf* own) {
  std::vector<uint32_t> found;
  for (uint32_t id = 1; id < btf__type_cnt(own); ++id) {
    if (const btf_type* type = btf__type_by_id(own, id); is_asked_for(type)) {
      for (uint32_t each : kernel.named(essential(name_of(own, type))))
        if (is_asked_for(btf__type_by_id(kernel.get(), each))) found.push_back(each);
    }
  }
  return found;
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

enum class Need : uint8_t { kNot, kPart, kNamed };

// By number, up to the last one that is needed: which types are asked for, and which are parts of
// these.
std::vector<Need> needed(const btf* kernel, const std::vector<uint32_t>& asked_for) {
  std::vector<Need> needs(btf__type_cnt(kernel), Need::kNot);
  std::vector<uint32_t> open;
  uint32_t last = 0;
  const auto need = [&](uint32_t id, Need how) {
    if (id == 0 || id >= needs.size()) return;
    if (needs[id] == Need::kNot) open.push_back(id);
    needs[id] = std::max(needs[id], how);
    last = std::max(last, id);
  };
  for (uint32_t id : asked_for) need(id, Need::kNamed);
  while (!open.empty()) {
    const uint32_t id = open.back();
    open.pop_back();
    for_each_part(btf__type_by_id(kernel, id), [&](uint32_t part) { need(part, Need::kPart); });
  }
  needs.resize(last + 1);
  return needs;
}

// Types one behind the other, and the names that they have.
class CutDown {
 public:
  explicit CutDown(const btf* kernel) : kernel_(kernel) {}

  void add(uint32_t id, Need need) {
    if (need == Need::kNot) {
      // What has just its number: libbpf looks for none of this kind.
      btf_type nothing = {};
      nothing.info = BTF_KIND_FWD << 24;
      types_.append(reinterpret_cast<const char*>(&nothing), sizeof nothing);
      return;
    }
    const size_t begin = types_.size();
    const auto* type = reinterpret_cast<const char*>(btf__type_by_id(kernel_, id));
    types_.append(type, reinterpret_cast<const char*>(btf__type_by_id(kernel_, id + 1)));
    auto* copy = reinterpret_cast<btf_type*>(types_.data() + begin);
    // What it points to may be cut off, and nobody follows it.
    if (btf_is_ptr(copy)) copy->type = 0;
    // Structures that are not looked for lose their names: libbpf then passes them over.
    copy->name_off = need == Need::kPart && btf_is_composite(copy) ? 0 : name(copy->name_off);
    for (uint32_t i = 0; i < btf_vlen(copy); ++i) {
      if (btf_is_composite(copy)) {
        btf_members(copy)[i].name_off = name(btf_members(copy)[i].name_off);
      } else if (btf_is_enum(copy)) {
        btf_enum(copy)[i].name_off = name(btf_enum(copy)[i].name_off);
      } else if (btf_is_enum64(copy)) {
        btf_enum64(copy)[i].name_off = name(btf_enum64(copy)[i].name_off);
      }
    }
  }

  std::string bytes() const {
    uint32_t size = 0;
    btf_header header;
    std::memcpy(&header, btf__raw_data(kernel_, &size), sizeof header);
    header.hdr_len = sizeof header;
    header.type_off = 0;
    header.type_len = header.str_off = static_cast<uint32_t>(types_.size());
    header.str_len = static_cast<uint32_t>(names_.size());
    return std::string(reinterpret_cast<const char*>(&header), sizeof header) + types_ + names_;
  }

 private:
  uint32_t name(uint32_t offset) {
    if (offset == 0) return 0;
    const auto [place, is_new] = places_.try_emplace(offset, static_cast<uint32_t>(names_.size()));
    if (is_new) names_.append(btf__name_by_offset(kernel_, offset)).push_back('\0');
    return place->second;
  }

  const btf* kernel_;
  std::string types_, names_ = std::string(1, '\0');
  std::unordered_map<uint32_t, uint32_t> places_;  // of names
};

// Empty when there is nothing to be cut off.
std::string cut_down(const KernelTypes& kernel, const btf* own) {
  const std::vector<Need> needs = needed(kernel.get(), types_asked_for(kernel, own));
  // The last type has no next one that would tell its end.
  if (needs.size() <= 1 || needs.size() >= btf__type_cnt(kernel.get())) return {};
  CutDown cut(kernel.get());
  for (uint32_t id = 1; id < needs.size(); ++id) cut.add(id, needs[id]);
  return cut.bytes();
}

}  // namespace

RelocationTypes::RelocationTypes(const KernelTypes& kernel, const btf* own) {
  if (!kernel.get() || !own) return;
  const std::string bytes = cut_down(kernel, own);
  if (bytes.empty()) return;
  fd_ = memfd_create("types", MFD_CLOEXEC);
  if (fd_ >= 0 && write(fd_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()))
    path_ = "/proc/self/fd/" + std::to_string(fd_);
}

RelocationTypes::~RelocationTypes() {
  if (fd_ >= 0) close(fd_);
}

}  // namespace ctrace
