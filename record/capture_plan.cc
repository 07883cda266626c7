#include "record/capture_plan.h"

#include "format/catalogue/catalogue.h"
#include "format/catalogue/other_events.h"
#include "record/followed_container.h"
#include "record/host_facts.h"

namespace ctrace {

CaptureOptions capture_options(const RecordOptions& options, const Filter& filter) {
  CaptureOptions capture;
  capture.ring_bytes = options.ring_bytes;
  capture.captures = options.command.empty() ? wire::CAPTURE_CONTAINERS : wire::CAPTURE_TREE;
  if (FollowedContainer::is_made_by(options.command)) capture.captures |= wire::CAPTURE_CONTAINERS;
  if (filter.wants_host()) capture.captures |= wire::CAPTURE_HOST;
  capture.cgroups = find_cgroup_hierarchy(options.host_root);
  capture.comms = options.filter.comms;
  capture.exclude_comms = options.filter.exclude_comms;
  // More names than the kernel side holds are left to the filter behind it.
  const bool all_comms = filter.follows_processes();
  if (all_comms || capture.comms.size() > wire::COMM_FILTERS) capture.comms.clear();
  if (all_comms || capture.exclude_comms.size() > wire::COMM_FILTERS) capture.exclude_comms.clear();
  const auto wants = [&](uint16_t id) { return !options.summary && filter.event_mask().test(id); };
  for (const char* name : {"io_uring_submit", "io_uring_complete"})
    capture.io_uring |= wants(find_event(name)->id);
  capture.capabilities = wants(find_event("cap_capable")->id);
  capture.signals_got = wants(kSignalDeliver);
  capture.signals_sent = wants(kSignalGenerate);
  capture.cgroup_moves = wants(kCgroupAttachTask);
  capture.plans = make_plans(filter, !options.summary, options.depth);
  capture.depth = options.depth;
  capture.durations = options.durations;
  capture.names_gone = !options.summary && names_gone(filter);
  return capture;
}

RecordingHeader recording_header(const RecordOptions& options, const KernelSide& kernel) {
  RecordingHeader header = host_header();
  header.command_line = options.command_line;
  header.filters = options.filter.words();
  if (options.summary) header.filters.push_back("--summary");
  if (options.lossless) header.filters.push_back("--lossless");
  const Depth& depth = options.depth;
  if (depth.payload_bytes > 0) {
    header.filters.insert(header.filters.end(), {"--snaplen", std::to_string(depth.payload_bytes)});
  }
  if (depth.environment) header.filters.push_back("--exec-env");
  for (EventType& type : header.event_types) {
    const EventType* known = find_event(type.id);
    if (known) type = recorded_type(*known, depth.extras());
  }
  header.command_mode = !options.command.empty();
  header.capability_checks = kernel.capability_checks();
  header.durations = options.durations;
  return header;
}

}  // namespace ctrace
