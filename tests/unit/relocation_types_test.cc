#include "record/relocation_types.h"

#include <bpf/btf.h>
#include <gtest/gtest.h>

#include <memory>

namespace ctrace {
namespace {

struct FreeTypes {
  void operator()(btf* types) const { btf__free(types); }
};
using Types = std::unique_ptr<btf, FreeTypes>;

TEST(RelocationTypes, NamedStructuresKeepTheirNumbersAndOthersTheirRoomAlone) {
  const KernelTypes kernel;
  if (!kernel.get()) GTEST_SKIP() << "no kernel types that this user can read";
  const Types own(btf__new_empty());
  ASSERT_GT(btf__add_struct(own.get(), "task_struct", 8), 0);
  ASSERT_GT(btf__add_struct(own.get(), "cred___old", 8), 0);
  ASSERT_GT(btf__add_struct(own.get(), "no_such_structure_at_all", 8), 0);

  const RelocationTypes cut(kernel, own.get());
  ASSERT_NE(cut.path(), nullptr);
  const Types types(btf__parse(cut.path(), nullptr));
  ASSERT_NE(types, nullptr);
  EXPECT_LT(btf__type_cnt(types.get()), btf__type_cnt(kernel.get()));
  for (const char* name : {"task_struct", "cred"}) {
    EXPECT_EQ(btf__find_by_name_kind(types.get(), name, BTF_KIND_STRUCT),
              static_cast<int>(kernel.find(name, BTF_KIND_STRUCT)));
  }
  EXPECT_LT(btf__find_by_name_kind(types.get(), "css_set", BTF_KIND_STRUCT), 0);

  // What is left leads to nothing that is cut off: newer versions of libbpf refuse that.
  for (uint32_t id = 1; id < btf__type_cnt(types.get()); ++id) {
    const btf_type* type = btf__type_by_id(types.get(), id);
    if (btf_is_ptr(type)) {
      EXPECT_EQ(type->type, 0u) << id;
    }
  }

  // Nothing that a member leads to is cut off.
  const auto task = kernel.find("task_struct", BTF_KIND_STRUCT);
  const btf_type* type = btf__type_by_id(types.get(), task);
  ASSERT_GT(btf_vlen(type), 100);
  for (uint32_t i = 0; i < btf_vlen(type); ++i) {
    EXPECT_EQ(btf__resolve_size(types.get(), btf_members(type)[i].type),
              btf__resolve_size(kernel.get(), btf_members(type)[i].type))
        << btf__name_by_offset(types.get(), btf_members(type)[i].name_off);
  }
}

TEST(RelocationTypes, NothingThatIsKnownGivesNoFile) {
  const KernelTypes kernel;
  const Types own(btf__new_empty());
  ASSERT_GT(btf__add_struct(own.get(), "no_such_structure_at_all", 8), 0);
  EXPECT_EQ(RelocationTypes(kernel, own.get()).path(), nullptr);
}

}  // namespace
}  // namespace ctrace
