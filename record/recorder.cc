#include "record/recorder.h"

#include <malloc.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <numeric>
#include <optional>

#include "format/catalogue/other_events.h"
#include "format/options/program.h"
#include "record/capture_plan.h"
#include "record/command.h"
#include "record/container_table.h"
#include "record/drain.h"
#include "record/event_gate.h"
#include "record/followed_container.h"
#include "record/kernel_side.h"
#include "record/loss_book.h"
#include "record/lossless.h"
#include "record/merge.h"
#include "record/metadata/engine_api.h"
#include "record/self_confinement.h"
#include "record/signals.h"
#include "record/sink.h"
#include "record/spaces.h"
#include "record/status_line.h"
#include "record/tally_book.h"
#include "record/tracker.h"

namespace ctrace {
namespace {

constexpr const char* kProgram = "ctrace-record";
constexpr int kTickMs = 200;  // events and the end of a command come sooner, Ctrl-C does not
constexpr uint64_t kFlushNs = 1'000'000'000;
constexpr uint64_t kTallyNs = 10'000'000'000;
constexpr uint64_t kRefreshNs = 200'000'000;
// How long after its first process a container's cgroup may go: until then it has not ended.
constexpr uint64_t kEndNs = 1'000'000'000;
// At the 200 MB/s that a busy CPU makes, seven eighths of it are full after 35 ms.
constexpr uint64_t kSmallLosslessRing = 8u << 20;

class Recorder {
 public:
  // `kernel` is loaded and not attached yet: that takes a while, and the header's clocks are to be
  // those of the beginning. `freezer` is there with --lossless alone.
  // `api` is null where there is none to ask.
  Recorder(const RecordOptions& options, Filter filter, std::unique_ptr<Freezer> freezer,
           std::unique_ptr<EngineApi> api, std::unique_ptr<KernelSide> kernel)
      : options_(options),
        filter_(std::move(filter)),
        freezer_(std::move(freezer)),
        api_(std::move(api)),
        kernel_(std::move(kernel)),
        header_(recording_header(options, *kernel_)),
        sink_(filter_, header_, options_, &signal_received),
        status_(!options_.output.empty() && !options_.print && isatty(STDERR_FILENO)),
        losses_(kernel_->rings().size()) {}

  Result<int> run();

 private:
  ContainerTable::Hooks hooks();
  Result<void> start();
  RecorderNeeds needs() const;
  Result<void> start_command();
  Result<void> start_draining();
  void start_lossless();
  void tell_freezers_notes();
  void process(int timeout_ms);
  void tick();
  bool over();
  void stop();
  void account_for_losses();
  ContainerTable::Totals close_tallies(const ContainerTable::Entry& entry);
  std::optional<uint32_t> index_of(uint64_t top_cgroup) const;
  std::vector<CallCount> tallies();
  std::vector<DropRow> drops();
  bool refused(uint32_t container, const KernelSide::TallyRow& row) const;
  RecordingTotals totals();
  uint64_t recursion_misses();
  Progress progress() const;
  void say_what_is_waited_for() const;
  bool is_own(const Task& task);
  Result<void> take_newborn();

  const RecordOptions& options_;
  const Filter filter_;
  const std::unique_ptr<Freezer> freezer_;
  const std::unique_ptr<EngineApi> api_;
  uint64_t helper_start_ns_ = 0;  // of its process
  const std::unique_ptr<KernelSide> kernel_;
  const RecordingHeader header_;
  Sink sink_;
  StatusLine status_;
  std::optional<FollowedContainer> followed_;  // that `docker run` starts
  std::optional<Command> command_;
  std::optional<MetadataWatch> metadata_watch_;
  std::optional<ContainerTable> containers_;
  std::optional<EventGate> gate_;
  std::optional<Tracker> tracker_;
  std::optional<Merge> merge_;
  std::optional<LosslessHold> lossless_;
  std::optional<Drain> drain_;
  LossBook losses_;
  Ease ease_;
  TallyBook book_{[this](uint32_t container, const KernelSide::TallyRow& row) {
    return refused(container, row);
  }};
  std::vector<KernelSide::TallyRow> unfinished_;    // a row a call, at the end
  uint64_t misses_ = 0, misses_at_ = ~uint64_t{0};  // and how many records there were then
  uint64_t newborn_ = 0;  // the cgroup of the container that the runtime waits with
  uint64_t started_ns_ = 0, flushed_ns_ = 0, refreshed_ns_ = 0, tallied_ns_ = 0, watermark_ns_ = 0;
};

ContainerTable::Hooks Recorder::hooks() {
  return {.move_cgroup = [this](uint64_t id, uint64_t top) { kernel_->add_cgroup(id, top, false); },
          .forget_cgroup =
              [this](uint64_t id) {
                kernel_->forget_cgroup(id);
                if (freezer_) freezer_->remove(id, /*for_good=*/true);
              },
          .cgroup_gone =
              [this](uint64_t id) {
                kernel_->forget_cgroup(id);
                if (freezer_) freezer_->remove(id, /*for_good=*/false);
              },
          .ignore_container = [this](uint64_t id) { kernel_->ignore_container(id); },
          .raise_epoch = [this] { kernel_->raise_epoch(); },
          .watch_cgroup = [this](uint64_t id) { kernel_->add_cgroup(id, 0, false); },
          .announce =
              [this](const Container& row) {
                sink_.container(row);
                if (freezer_ && !row.stopped_ns && !is_space(row.cgroup_id))
                  freezer_->add(row.cgroup_id, row.cgroup_path, true);
              },
          .gone =
              [this](const ContainerTable::Entry& entry) {
                if (freezer_) freezer_->remove(entry.top_cgroup, /*for_good=*/false);
                return close_tallies(entry);
              }};
}

Result<void> Recorder::start() {
  if (auto opened = sink_.open(header_, options_); !opened) return opened;
  Tracker::Options tracker_options;
  const bool follows = FollowedContainer::is_made_by(options_.command);
  tracker_options.extras = options_.depth.extras();
  tracker_options.durations = options_.durations;
  if (!options_.summary) tracker_options.file_io = FileIo(filter_);
  tracker_options.prot_alerts = filter_.event_mask().test(kMemProtAlert) && !options_.summary;
  tracker_options.command_mode = !options_.command.empty() && !follows;
  if (!options_.command.empty()) {
    if (auto started = start_command(); !started) return started;
    tracker_options.command_tid = static_cast<uint32_t>(command_->pid());
  }
  if (auto restored = restore_file_powers(); !restored) return restored;
  containers_.emplace(filter_, options_.host_root, tracker_options.command_mode, hooks());
  if (api_) containers_->ask(*api_);
  if (followed_) {
    containers_->keep_only([this](const Container& row) {
      return !row.existing && !row.id.empty() && row.id == followed_->id();
    });
  }
  gate_.emplace(*containers_, [this](const Event& event) {
    if (!is_own(*event.task)) sink_.event(event);
  });
  tracker_options.forgot_files = [this] { kernel_->raise_files_epoch(); };
  tracker_.emplace(tracker_options, *containers_, *gate_);
  merge_.emplace(kernel_->rings().size());
  sink_.begin();
  containers_->recording_begins(monotonic_ns());
  if (auto attached = kernel_->attach(); !attached) return attached;
  if (header_.capability_checks == CapabilityChecks::kRefused)
    tell(kProgram,
         "capability checks are not recorded: the kernel refuses the program for them "
         "(CTRACE_DEBUG=1 shows its reasons)");
  if (const std::string trouble = kernel_->io_uring_trouble(); !trouble.empty())
    tell(kProgram, "operations of io_uring are not recorded: " + trouble);
  if (auto taken = take_newborn(); !taken) return taken;
  containers_->add_existing([this](uint64_t top) { return kernel_->seed_container(top); });
  if (command_) kernel_->add_tree_root(static_cast<uint32_t>(command_->pid()));
  kernel_->raise_epoch();
  if (auto draining = start_draining(); !draining) return draining;
  started_ns_ = flushed_ns_ = monotonic_ns();
  return {};
}

// What asks engines is no more the host's doing than the recorder, which the kernel side leaves
// out. Its pid may be another's when it has died.
bool Recorder::is_own(const Task& task) {
  if (!api_ || task.container || task.pid != static_cast<uint32_t>(api_->pid())) return false;
  if (!helper_start_ns_ && task.comm == kApiHelperName) helper_start_ns_ = task.start_ns;
  return helper_start_ns_ && helper_start_ns_ == task.start_ns;
}

// As if its cgroup had just been made: what is in it is the runtime's until it executes a program.
Result<void> Recorder::take_newborn() {
  if (!options_.newborn_pid) return {};
  const CgroupPlace place = cgroup_of_process(options_.host_root, options_.newborn_pid);
  if (!place.id || place.path == "/")
    return unexpected("the container has no cgroup of its own to be told by");
  newborn_ = place.id;
  kernel_->add_cgroup(newborn_, newborn_, /*started=*/false);
  containers_->cgroup_made(newborn_, 0, newborn_, place.path);
  return {};
}

RecorderNeeds Recorder::needs() const {
  return {.command = command_ ? static_cast<uint32_t>(command_->pid()) : 0,
          .freezes = freezer_ != nullptr,
          .can_use_maps = [this] { return kernel_->can_use_maps(); }};
}

// From here on with the powers alone that are needed to the end.
Result<void> Recorder::start_draining() {
  if (freezer_) start_lossless();
  {
    const FirstInLine first(freezer_ != nullptr);
    if (auto confined = confine_recorder(needs()); !confined) return confined;
    drain_.emplace(kernel_->rings(), lossless_ ? &*lossless_ : nullptr);
  }
  metadata_watch_.emplace(options_.host_root);
  containers_->watch_metadata(*metadata_watch_);
  sink_.run_in_background();
  return {};
}

Result<void> Recorder::start_command() {
  std::vector<std::string> words = options_.command;
  if (FollowedContainer::is_made_by(words)) {
    auto followed = FollowedContainer::make(words);
    if (!followed) return unexpected(followed.error());
    followed_.emplace(std::move(*followed));
  }
  auto command = Command::prepare(words);
  if (!command) return unexpected(command.error());
  command_.emplace(std::move(*command));
  if (!freezer_) return {};
  // Made before the kernel side looks on, which would take it for a container's.
  return freezer_->make_cgroup("ctrace-record-" + std::to_string(getpid()), command_->pid());
}

void Recorder::start_lossless() {
  lossless_.emplace(*freezer_, kernel_->ring_bytes());
  if (kernel_->ring_bytes() < kSmallLosslessRing)
    tell(kProgram, "rings of " + with_commas(kernel_->ring_bytes()) +
                       " bytes may be full before a freeze takes hold: events may be lost");
  // From here on Ctrl-Z would leave everything frozen.
  signal(SIGTSTP, SIG_IGN);
}

void Recorder::tell_freezers_notes() {
  for (const std::string& note : freezer_->take_notes()) tell(kProgram, note);
}

void Recorder::process(int timeout_ms) {
  std::vector<Drain::Pass> passes = drain_->take(timeout_ms);
  sink_.ease(ease_.step(drain_->backlog()));
  for (Drain::Pass& pass : passes) {
    for (RingChunk& chunk : pass.chunks) merge_->add(std::move(chunk));
    for (const auto& [cpu, account] : pass.accounts) losses_.put(cpu, account);
    watermark_ns_ = pass.watermark_ns;
    merge_->run(watermark_ns_, [this](uint16_t cpu, const RecordView& view, uint64_t lost) {
      tracker_->record(cpu, view, lost);
    });
    gate_->release(watermark_ns_);
  }
  sink_.show();
}

void Recorder::tick() {
  const uint64_t now_ns = monotonic_ns();
  if (now_ns >= refreshed_ns_ + kRefreshNs) {
    refreshed_ns_ = now_ns;
    containers_->refresh();
    gate_->release(watermark_ns_);
  }
  if (now_ns >= flushed_ns_ + kFlushNs) {
    flushed_ns_ = now_ns;
    if (now_ns >= tallied_ns_ + kTallyNs) {
      tallied_ns_ = now_ns;
      sink_.tallies(tallies(), book_.take_closed());
      sink_.drops(drops(), losses_.take_closed());
      malloc_trim(0);  // what a burst took goes back
    }
    sink_.flush(totals());
  }
  if (freezer_) tell_freezers_notes();
  status_.show(progress());
}

bool Recorder::over() {
  if (sink_.trouble() || drain_->malformed()) return true;
  if (command_) {
    // The command's end ends the recording.
    if (const int number = signal_received) {
      signal_received = 0;
      if (signal_was_sent) command_->send_signal(number);
    }
    if (command_->exit_status() && !options_.until_exit) return true;
  }
  if (options_.until_exit && !(command_ && !command_->exit_status()) &&
      containers_->all_ended(watermark_ns_ - std::min(watermark_ns_, kEndNs)))
    return true;
  if (newborn_ && !containers_->known(newborn_)) return true;
  if (options_.duration_ns && monotonic_ns() >= started_ns_ + options_.duration_ns) return true;
  return signal_received != 0;
}

void Recorder::stop() {
  tracker_->expect_unfinished(kernel_->calls_in_flight());
  kernel_->detach();
  if (lossless_) lossless_->end();
  drain_->finish();
  process(0);
  account_for_losses();
  for (const wire::in_flight_record& call : tracker_->finish(monotonic_ns()))
    unfinished_.push_back(tally_of(call));
  gate_->finish();
  status_.clear();
  misses_at_ = ~uint64_t{0};
  const RecordingTotals final_totals = totals();
  std::vector<DropRow> final_drops = drops();
  losses_.add_rest(final_totals, final_drops);
  if (freezer_) tell_freezers_notes();
  sink_.tallies(tallies(), book_.take_closed());
  sink_.drops(final_drops, losses_.take_closed());
  sink_.finish(final_totals);
}

ContainerTable::Totals Recorder::close_tallies(const ContainerTable::Entry& entry) {
  ContainerTable::Totals totals;
  if (const auto index = index_of(entry.top_cgroup)) {
    const std::vector<KernelSide::TallyRow> rows = kernel_->tallies_of(entry.top_cgroup);
    for (const KernelSide::TallyRow& row : rows) {
      totals.calls += row.calls;
      totals.failed += row.failed;
    }
    const std::vector<KernelSide::DropRow> drops = kernel_->drops_of(entry.top_cgroup);
    for (const KernelSide::DropRow& row : drops)
      totals.lost += std::accumulate(std::begin(row.counts.dropped), std::end(row.counts.dropped),
                                     uint64_t{0});
    book_.close(*index, rows);
    losses_.close(*index, drops);
  }
  kernel_->free_tallies(entry.top_cgroup);
  return totals;
}

std::optional<uint32_t> Recorder::index_of(uint64_t top_cgroup) const {
  const ContainerTable::Entry* entry = containers_->known(top_cgroup);
  if (entry && entry->state == ContainerTable::State::kKept) return entry->row->index;
  // In a command's tree what is in no container counts too.
  if (command_ && !(followed_ && top_cgroup)) return 0;
  if (filter_.wants_host() && (!entry || containers_->is_host(*entry))) return 0;
  return std::nullopt;
}

std::vector<CallCount> Recorder::tallies() {
  std::vector<KernelSide::TallyRow> rows = kernel_->tallies();
  rows.insert(rows.end(), unfinished_.begin(), unfinished_.end());
  return book_.counts(rows, [this](uint64_t top) { return index_of(top); });
}

std::vector<DropRow> Recorder::drops() {
  return losses_.drops(kernel_->drops(), [this](uint64_t top) { return index_of(top); });
}

// The filters of a container's tasks are known from its first execve on, unless its record was
// lost.
bool Recorder::refused(uint32_t container, const KernelSide::TallyRow& row) const {
  for (const Ring& ring : kernel_->rings()) {
    const auto& dropped = ring.head().dropped;
    if (dropped[wire::DROP_LIFECYCLE] || dropped[wire::DROP_REENTERED]) return false;
  }
  return tracker_->filters().always_refused(container, static_cast<Phase>(row.phase),
                                            static_cast<Abi>(row.abi), row.nr);
}

// What was produced after the last record that came through is missing without a record behind it.
void Recorder::account_for_losses() {
  for (const Ring& ring : kernel_->rings()) {
    const uint64_t missing = ring.head().seq - merge_->expected(ring.cpu());
    if (missing) tracker_->loss(ring.cpu(), monotonic_ns(), missing);
  }
}

// The kernel is asked program by program: not again where nothing was recorded since.
uint64_t Recorder::recursion_misses() {
  uint64_t produced = 0;
  for (const Ring& ring : kernel_->rings()) produced += ring.head().seq;
  if (produced != misses_at_) misses_ = kernel_->recursion_misses();
  misses_at_ = produced;
  return misses_;
}

RecordingTotals Recorder::totals() {
  RecordingTotals totals;
  totals.events = sink_.events();
  totals.lost = tracker_->lost();
  totals.undecided_denials = tracker_->undecided_denials();
  totals.undecided_dropped = gate_->dropped();
  totals.untallied = kernel_->untallied();
  totals.recursion_misses = recursion_misses();
  totals.end_ns = monotonic_ns();
  // What is still in the rings is not in the account yet, nor in the file.
  losses_.fill(totals);
  const KernelSide::FullTables full = kernel_->full_tables();
  totals.full_members = full.members;
  totals.full_cgroups = full.cgroups;
  totals.full_tallies = full.tallies;
  totals.ringless = full.rings;
  if (lossless_) {
    totals.freezes = lossless_->totals().freezes;
    totals.frozen_ns = lossless_->totals().frozen_ns;
  }
  return totals;
}

Progress Recorder::progress() const {
  const KernelSide::FullTables full = kernel_->full_tables();
  return {.elapsed_ns = monotonic_ns() - started_ns_,
          .events = sink_.events(),
          .lost = tracker_->lost(),
          .bytes = sink_.bytes(),
          .containers = containers_->kept_count(),
          .texts_not_read = losses_.texts_not_read(),
          .missed = full.members + full.cgroups + full.tallies + full.rings + kernel_->untallied(),
          .freezes = lossless_ ? lossless_->totals().freezes : 0,
          .frozen_ns = lossless_ ? lossless_->totals().frozen_ns : 0};
}

void Recorder::say_what_is_waited_for() const {
  std::string names;
  for (const std::string& name : containers_->unmatched_words())
    names += (names.empty() ? "'" : ", '") + name + "'";
  if (names.empty()) return;
  tell(kProgram, "no container " + names + " yet: waiting for it");
}

Result<int> Recorder::run() {
  if (auto started = start(); !started) return unexpected(started.error());
  if (!options_.output.empty())
    tell(kProgram,
         "recording to '" + options_.output + "'" + (command_ ? "" : " (Ctrl-C ends it)"));
  if (options_.attached) options_.attached();
  say_what_is_waited_for();
  Result<void> released;
  if (command_) released = command_->release();
  while (released && !over()) {
    process(kTickMs);
    tick();
  }
  if (command_ && signal_received && signal_was_sent) command_->send_signal(signal_received);
  stop();
  if (drain_->malformed()) return unexpected("a ring held a malformed record");
  if (sink_.trouble() && !sink_.reader_gone()) return unexpected(*sink_.trouble());
  tell(kProgram, summary_text(progress(), !options_.output.empty()));
  if (!released) {
    tell(kProgram, released.error().message);
    while (!command_->exit_status()) usleep(1000);
  }
  if (!command_) return 0;
  // It may need a moment to heed the signal that was passed on.
  for (int i = 0; i < 100 && signal_received && !command_->exit_status(); ++i) usleep(10000);
  return command_->exit_status().value_or(0);
}

}  // namespace

Result<int> record(const RecordOptions& options) {
  auto filter = Filter::compile(options.filter);
  if (!filter) return unexpected(filter.error());
  catch_signals();
  std::unique_ptr<Freezer> freezer;
  if (options.lossless) {
    auto started = Freezer::start(options.host_root);
    if (!started) return unexpected(started.error());
    freezer = std::move(*started);
  }
  // Before there are rings, which its process would have too.
  std::unique_ptr<EngineApi> api;
  if (!has_powers_by_file())
    api = EngineApi::start(options.host_root, api_sockets(options.api_sockets));
  auto kernel = KernelSide::load(capture_options(options, *filter));
  if (!kernel) return unexpected(kernel.error());
  Recorder recorder(options, std::move(*filter), std::move(freezer), std::move(api),
                    std::move(*kernel));
  return recorder.run();
}

}  // namespace ctrace
