#include "record/kernel_side.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <future>

#include "record/capture_config.h"
#include "record/direct_map.h"
#include "record/io_uring.h"
#include "record/kernel_probe.h"
#include "record/kernel_symbols.h"
#include "record/kernel_tallies.h"
#include "record/privileges.h"
#include "record/relocation_types.h"
#include "record/ring_map.h"
#include "record/shared_maps.h"
#include "record/spaces.h"

// The generated skeleton speaks of the wire's structures by their C names.
using namespace ctrace::wire;  // NOLINT(build/namespaces)
#include "bpf/capture.skel.h"
#include "bpf/capture_newer.skel.h"

namespace ctrace {
namespace {

bool debugs() {
  static const bool debug = getenv("CTRACE_DEBUG") != nullptr;
  return debug;
}

void debug(const char* text) {
  if (debugs()) fprintf(stderr, "ctrace-record: %s\n", text);
}

int print_libbpf(libbpf_print_level level, const char* format, va_list args) {
  if (!debugs() || level == LIBBPF_DEBUG) return 0;
  return vfprintf(stderr, format, args);
}

// Through which functions the kernel checks capabilities that it can do without
// (CAP_OPT_NOAUDIT): see bpf/caps.bpf.h.
// The first two are one: the second jumps to the check, and is not on the stack then.
constexpr std::string_view kQuietCallers[] = {"security_vm_enough_memory_mm",
                                              "cap_vm_enough_memory", "ns_capable_noaudit",
                                              "has_ns_capable_noaudit", "has_capability_noaudit"};

// The two objects are of one source, and one skeleton fits both: what is in the sections differs in
// nothing.
static_assert(sizeof(*capture::rodata) == sizeof(*capture_newer::rodata));
static_assert(sizeof(*capture::data) == sizeof(*capture_newer::data));
static_assert(sizeof(*capture::bss) == sizeof(*capture_newer::bss));

// Null, with errno, when it cannot be opened; capture::destroy() takes it.
capture* open_object(bool newer, const bpf_object_open_opts* how = nullptr) {
  auto* object = static_cast<capture*>(std::calloc(1, sizeof(capture)));
  if (!object) return nullptr;
  int error = capture__create_skeleton(object);
  if (!error && newer)
    object->skeleton->data = capture_newer__elf_bytes(&object->skeleton->data_sz);
  if (!error) error = bpf_object__open_skeleton(object->skeleton, how);
  if (!error) return object;
  capture::destroy(object);
  errno = -error;
  return nullptr;
}

class LoadedKernelSide : public KernelSide {
 public:
  ~LoadedKernelSide() override {
    for (bpf_link* link : io_uring_links_) bpf_link__destroy(link);
    capture::destroy(model_);
    capture::destroy(twin_);
    capture::destroy(skeleton_);
  }

  Result<void> load(const CaptureOptions& options) {
    // What needs nothing of the kernel's types is made while these are read, where there may be a
    // thread.
    std::future<int> maps =
        std::async([&] { return make_maps(options.ring_bytes, options.durations); });
    const KernelTypes types;
    int error = maps.get();
    CaptureOptions wanted = options;
    if (!error) error = try_load(wanted, types);
    // What is new in the kernel must not cost all the rest.
    if (error && error != -EPERM && caps_seen_) {
      wanted.capabilities = false;
      error = try_load(wanted, types);
      caps_refused_ = !error;
    }
    capture::destroy(model_);
    model_ = nullptr;
    maps_.reset();
    if (const int trouble = rings_->trouble()) {
      if (auto missing = missing_requirement()) return unexpected(*missing);
      return unexpected(system_message("cannot make the ring buffers", trouble));
    }
    if (error) return unexpected(load_failure(-error));
    if (caps_seen_) set_quiet_callers();
    if (!set_direct_map()) return unexpected(system_message("cannot freeze a map", errno));
    forget_questions();
    tallies_ = {{.index = bpf_map__fd(skeleton_->maps.tally_index),
                 .free = bpf_map__fd(skeleton_->maps.free_tallies),
                 .tallies = bpf_map__fd(skeleton_->maps.tallies),
                 .drops = bpf_map__fd(skeleton_->maps.drops)},
                RingMap::cpus()};
    tallies_.hand_out();
    malloc_trim(0);  // what all the types took
    return {};
  }

  CapabilityChecks capability_checks() const override {
    if (caps_refused_) return CapabilityChecks::kRefused;
    if (!caps_seen_) return CapabilityChecks::kNone;
    return skeleton_->bss->quiet_callers_known ? CapabilityChecks::kAudited
                                               : CapabilityChecks::kAll;
  }

  Result<void> attach() override {
    // Ends of tasks and cgroups first: nothing of what is made from then on stays behind.
    int error = capture::attach(twin_);
    if (!error) error = capture::attach(skeleton_);
    if (error) return unexpected(system_message("cannot attach the BPF programs", -error));
    if (rings_seen_) attach_io_uring();
    return {};
  }

  void detach() override {
    for (bpf_link* link : io_uring_links_) bpf_link__destroy(link);
    io_uring_links_.clear();
    capture::detach(twin_);
    capture::detach(skeleton_);
  }

  std::string io_uring_trouble() const override { return io_uring_trouble_; }

  std::vector<Ring>& rings() override { return rings_->rings(); }
  uint64_t ring_bytes() const override { return rings_->ring_bytes(); }

  bool can_use_maps() override {
    const uint64_t none = 0;
    wire::cgroup_entry entry;
    return bpf_map_lookup_elem(bpf_map__fd(skeleton_->maps.cgroups), &none, &entry) == 0 ||
           errno == ENOENT;
  }

  void add_cgroup(uint64_t id, uint64_t top, bool started) override {
    wire::cgroup_entry entry = {.top = top, .started = started, .unused = 0};
    // The kernel side itself forgets a space that ended, which may have happened meanwhile.
    const uint64_t flags = is_space(id) ? BPF_EXIST : BPF_ANY;
    bpf_map_update_elem(bpf_map__fd(skeleton_->maps.cgroups), &id, &entry, flags);
  }

  bool seed_container(uint64_t top) override {
    wire::cgroup_entry entry = {.top = top, .started = 1, .unused = 0};
    return bpf_map_update_elem(bpf_map__fd(skeleton_->maps.cgroups), &top, &entry, BPF_NOEXIST) ==
           0;
  }

  void ignore_container(uint64_t top) override { add_cgroup(top, TOP_UNWANTED, false); }

  void forget_cgroup(uint64_t id) override {
    bpf_map_delete_elem(bpf_map__fd(skeleton_->maps.cgroups), &id);
  }

  void raise_epoch() override { __atomic_add_fetch(&skeleton_->data->epoch, 1, __ATOMIC_RELAXED); }

  void raise_files_epoch() override {
    __atomic_add_fetch(&skeleton_->data->files_epoch, 1, __ATOMIC_RELAXED);
  }

  void add_tree_root(uint32_t tid) override {
    struct {  // as struct member of the kernel side; start 0: whoever has the tid
      uint64_t start_ns;
      uint8_t phase, tree, unused[6];
    } member = {0, wire::PHASE_HOST, 1, {}};
    bpf_map_update_elem(bpf_map__fd(skeleton_->maps.members), &tid, &member, BPF_ANY);
    raise_epoch();
  }

  std::vector<TallyRow> tallies() override { return tallies_.calls(all()); }
  std::vector<TallyRow> tallies_of(uint64_t top) override { return tallies_.calls(only(top)); }
  std::vector<DropRow> drops() override { return tallies_.drops(all()); }
  std::vector<DropRow> drops_of(uint64_t top) override { return tallies_.drops(only(top)); }
  void free_tallies(uint64_t top) override { tallies_.free(top); }

  std::vector<wire::in_flight_record> calls_in_flight() override {
    std::vector<wire::in_flight_record> records;
    const int reader = bpf_iter_create(bpf_link__fd(skeleton_->links.on_snapshot));
    if (reader < 0) return records;
    std::string bytes;
    char piece[16384];
    for (;;) {
      const ssize_t size = read(reader, piece, sizeof piece);
      if (size > 0) {
        bytes.append(piece, static_cast<size_t>(size));
      } else if (size == 0 || errno != EAGAIN) {
        break;
      }
    }
    close(reader);
    records.resize(bytes.size() / sizeof records[0]);
    if (!records.empty())
      std::memcpy(records.data(), bytes.data(), records.size() * sizeof records[0]);
    return records;
  }

  uint64_t untallied() const override { return skeleton_->bss->untallied; }
  FullTables full_tables() const override {
    return {skeleton_->bss->full_members, skeleton_->bss->full_cgroups,
            skeleton_->bss->full_tallies, skeleton_->bss->ringless};
  }

  uint64_t recursion_misses() const override {
    uint64_t misses = 0;
    for (const capture* object : {skeleton_, twin_}) {
      bpf_program* program;
      bpf_object__for_each_program(program, object->obj) {
        // A duration that is not known is no loss.
        if (program == object->progs.on_sys_enter) continue;
        bpf_prog_info info = {};
        uint32_t size = sizeof info;
        if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size) == 0)
          misses += info.recursion_misses;
      }
    }
    return misses;
  }

 private:
  // 0, or a negative errno.
  int make_maps(uint64_t ring_bytes, bool durations) {
    rings_ = std::make_unique<RingMap>(ring_bytes);
    if (rings_->trouble()) return -rings_->trouble();
    // The one for all kernels names each type that the other one does.
    model_ = open_object(false);
    if (!model_) return -errno;
    const auto& maps = model_->maps;
    bpf_map__set_max_entries(maps.slots, slots_);
    if (durations) bpf_map__set_max_entries(maps.beginnings, slots_);
    bpf_map__set_max_entries(maps.tallies, wire::MAX_TALLIES * RingMap::cpus());
    bpf_map__set_max_entries(maps.drops, wire::MAX_TALLIES * RingMap::cpus());
    if (bpf_map__reuse_fd(maps.rings, rings_->fd())) return -errno;
    maps_ = std::make_unique<SharedMaps>();
    return maps_->make(model_->obj, SharedMaps::Kind::kOthers);
  }

  int lend_maps(capture* object) const {
    if (bpf_map__reuse_fd(object->maps.rings, rings_->fd())) return -errno;
    return maps_->lend(object->obj);
  }

  // 0, or a negative errno. The kernel checks programs for most of the time of a start, and those
  // of one process as well side by side as those of two: half of them are loaded by a twin of the
  // object.
  int try_load(const CaptureOptions& options, const KernelTypes& types) {
    capture::destroy(twin_);
    capture::destroy(skeleton_);
    twin_ = skeleton_ = nullptr;
    const bool newer = has_casts(types);
    const RelocationTypes cut(types, bpf_object__btf(model_->obj));
    bpf_object_open_opts how = {};
    how.sz = sizeof how;
    how.btf_custom_path = cut.path();
    skeleton_ = open_object(newer, &how);
    if (!skeleton_) return -errno;
    twin_ = open_object(newer, &how);
    if (!twin_) return -errno;
    configure(options, types);
    // A program of this kind can be had since 5.14, and what it is for in the newer object alone.
    bpf_program__set_autoload(skeleton_->progs.try_direct_map, newer);
    share_programs();
    int error = maps_->make(skeleton_->obj, SharedMaps::Kind::kGlobals);
    if (!error) error = lend_maps(skeleton_);
    if (!error) error = lend_maps(twin_);
    if (error) return error;
    std::future<int> twin = std::async([this] { return capture::load(twin_); });
    error = capture::load(skeleton_);
    const int twins_error = twin.get();
    if (!error) error = twins_error;
    return error ? error : SharedMaps::show_globals(skeleton_->obj);
  }

  // Gives the twin some that take the kernel about as long as all others. What is asked for by its
  // place in the skeleton stays.
  void share_programs() {
    static constexpr std::string_view kTwins[] = {"on_exec",           "on_exit",
                                                  "on_cap_capable",    "on_cgroup_rmdir",
                                                  "on_signal_deliver", "on_signal_generate"};
    bpf_program* program;
    bpf_object__for_each_program(program, twin_->obj) {
      const char* name = bpf_program__name(program);
      bpf_program* own = bpf_object__find_program_by_name(skeleton_->obj, name);
      const bool given = std::ranges::find(kTwins, name) != std::end(kTwins);
      bpf_program__set_autoload(program, given && bpf_program__autoload(own));
      if (given) bpf_program__set_autoload(own, false);
    }
  }

  void configure(const CaptureOptions& options, const KernelTypes& types) {
    auto& config = *reinterpret_cast<wire::capture_config*>(&skeleton_->rodata->config);
    fill_config(options, types, rings_->ring_bytes(), slots_, config);
    bpf_program__set_autoload(skeleton_->progs.on_sys_exit, !config.preempted);
    bpf_program__set_autoload(skeleton_->progs.on_sys_exit_by_perf, config.preempted);
    const auto& programs = skeleton_->progs;
    bpf_program__set_autoload(programs.on_sys_enter, options.durations);
    bpf_program__set_autoload(programs.on_signal_deliver, options.signals_got);
    bpf_program__set_autoload(programs.on_signal_generate, options.signals_sent);
    bpf_program__set_autoload(programs.on_attach_event, options.cgroup_moves);
    configure_io_uring(options.io_uring, types, config);
    configure_capabilities(options.capabilities, types);
    std::memcpy(&skeleton_->rodata->plans, &options.plans.calls, sizeof options.plans.calls);
    std::memcpy(&skeleton_->rodata->pointees, &options.plans.pointees,
                sizeof options.plans.pointees);
  }

  // Optional: kernels before 6.14 tell nothing of capability checks.
  void configure_capabilities(bool wanted, const KernelTypes& types) {
    caps_seen_ = wanted && types.has_tracepoint("cap_capable");
    bpf_program__set_autoload(skeleton_->progs.on_cap_capable, caps_seen_);
    bpf_program__set_autoload(skeleton_->progs.find_symbol, caps_seen_);
  }

  void set_quiet_callers() {
    const std::vector<AddressRange> found =
        find_functions(bpf_program__fd(skeleton_->progs.find_symbol), kQuietCallers);
    // The first one's are by far the most frequent; without it the others are not worth a look.
    skeleton_->bss->quiet_callers_known = found[0].end != 0;
    for (size_t i = 0; i < std::size(kQuietCallers); ++i) {
      skeleton_->bss->quiet_callers[i].begin = found[i].begin;
      skeleton_->bss->quiet_callers[i].end = found[i].end;
    }
  }

  // Optional: without it a helper reads what paths are. False: somebody could still change it.
  bool set_direct_map() {
    if (find_direct_map(bpf_program__fd(skeleton_->progs.try_direct_map)))
      debug("paths are read where the kernel maps all memory");
    return bpf_map_freeze(bpf_map__fd(skeleton_->maps.direct_map)) == 0;
  }

  // They tell where in its memory the kernel has what, which is for the start alone: a descriptor
  // is all that it takes to run them.
  void forget_questions() {
    bpf_program__unload(skeleton_->progs.try_direct_map);
    bpf_program__unload(skeleton_->progs.find_symbol);
  }

  // Optional: a kernel that does not tell of rings records all the rest.
  void configure_io_uring(bool wanted, const KernelTypes& types, wire::capture_config& config) {
    io_uring_ = wanted ? find_io_uring_tracepoints(types) : IoUringTracepoints();
    rings_seen_ = io_uring_.submit && io_uring_.complete;
    if (wanted && !rings_seen_) io_uring_trouble_ = "this kernel has no tracepoints for it";
    config.io_submit = static_cast<uint8_t>(io_uring_.submit);
    config.io_complete = static_cast<uint8_t>(io_uring_.complete);
    bpf_program__set_autoload(skeleton_->progs.on_io_uring_submit, rings_seen_);
    bpf_program__set_autoload(skeleton_->progs.on_io_uring_complete, rings_seen_);
  }

  void attach_io_uring() {
    const auto attach = [this](bpf_program* program, const char* name) {
      bpf_link* link = bpf_program__attach_raw_tracepoint(program, name);
      if (libbpf_get_error(link)) {
        io_uring_trouble_ = system_message(std::string("cannot attach to ") + name, errno);
      } else {
        io_uring_links_.push_back(link);
      }
    };
    attach(skeleton_->progs.on_io_uring_submit, io_uring_.submit_name);
    attach(skeleton_->progs.on_io_uring_complete, "io_uring_complete");
  }

  static KernelTallies::Wanted all() {
    return [](uint64_t) { return true; };
  }
  static KernelTallies::Wanted only(uint64_t top) {
    return [top](uint64_t each) { return each == top; };
  }

  static Error load_failure(int number) {
    if (auto missing = missing_requirement()) return Error(*missing);
    return Error(system_message("cannot load the BPF programs", number) +
                 " (CTRACE_DEBUG=1 shows the kernel's reasons)");
  }

  capture* skeleton_ = nullptr;
  capture* twin_ = nullptr;   // the same object, which loads some of the programs
  capture* model_ = nullptr;  // which is never loaded, and only says what there is
  std::unique_ptr<SharedMaps> maps_;
  const uint32_t slots_ = slot_count();
  KernelTallies tallies_;
  std::unique_ptr<RingMap> rings_;
  IoUringTracepoints io_uring_;
  bool rings_seen_ = false;
  bool caps_seen_ = false, caps_refused_ = false;
  std::string io_uring_trouble_;
  std::vector<bpf_link*> io_uring_links_;
};

}  // namespace

Result<std::unique_ptr<KernelSide>> KernelSide::load(const CaptureOptions& options) {
  libbpf_set_print(print_libbpf);
  if (auto missing = missing_requirement()) return unexpected(*missing);
  auto loaded = std::make_unique<LoadedKernelSide>();
  if (auto result = loaded->load(options); !result) return unexpected(result.error());
  return std::unique_ptr<KernelSide>(std::move(loaded));
}

}  // namespace ctrace
