#include "format/filter/filter.h"

#include <algorithm>

#include "format/catalogue/catalogue.h"
#include "format/catalogue/other_events.h"
#include "format/filter/container_word.h"

namespace ctrace {
namespace {

constexpr size_t kCommLimit = 15;  // TASK_COMM_LEN without the final NUL

// The union of what the names mean.
Result<EventMask> union_of(const std::vector<std::string>& events,
                           const std::vector<std::string>& sets) {
  EventMask mask;
  for (const std::string& name : events) {
    if (auto added = add_events(name, mask); !added) return unexpected(added.error());
  }
  for (const std::string& name : sets) {
    if (auto added = add_sets(name, mask); !added) return unexpected(added.error());
  }
  return mask;
}

std::vector<std::string> cut_comms(const std::vector<std::string>& comms) {
  std::vector<std::string> cut;
  for (const std::string& comm : comms) cut.push_back(comm.substr(0, kCommLimit));
  return cut;
}

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// The options that an expression can say: any value of an option, and all options. Empty: none.
Result<std::string> options_expression(const FilterSpec& spec) {
  std::string all;
  for (const FilterOptionRow& row : filter_option_rows()) {
    if (!row.expression) continue;
    std::vector<std::string> values;
    if (row.list) {
      values = spec.*row.list;
    } else if (spec.*row.flag) {
      values.emplace_back();
    }
    std::string any;
    for (const std::string& value : values) {
      auto one = row.expression(row, value);
      if (!one) return unexpected(one.error());
      any += (any.empty() ? "" : " or ") + *one;
    }
    if (!any.empty()) all += (all.empty() ? "(" : " and (") + any + ")";
  }
  return all;
}

Result<void> compile_time(std::string_view option, const std::vector<std::string>& words,
                          std::optional<TimePoint>& point) {
  if (words.empty()) return {};
  auto parsed = parse_time_point(words.back());
  if (!parsed) {
    return unexpected(parsed.error().kind,
                      "option '" + std::string(option) + "': " + parsed.error().message);
  }
  point = *parsed;
  return {};
}

// The values of --tree among a recording's filter words.
std::vector<std::string> recorded_trees(const std::vector<std::string>& words) {
  std::vector<std::string> trees;
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] == "--tree") trees.push_back(words[i + 1]);
  }
  return trees;
}

}  // namespace

Result<Filter> Filter::compile(const FilterSpec& spec) {
  auto included = union_of(spec.events, spec.sets);
  if (!included) return unexpected(included.error());
  auto excluded = union_of(spec.exclude_events, spec.exclude_sets);
  if (!excluded) return unexpected(excluded.error());

  Filter filter;
  filter.spec_ = spec;
  filter.wants_later_ids_ = spec.events.empty() && spec.sets.empty();
  filter.events_ = filter.wants_later_ids_ ? EventMask().set() : *included;
  filter.events_ &= ~*excluded;
  filter.events_.set(kLost);
  filter.excluded_ = *excluded;
  for (const uint16_t id : {kSysEnter, kSysExit})
    filter.made_[id] = !filter.wants_later_ids_ && filter.events_[id];
  filter.all_events_ = filter.events_.all();
  filter.comms_ = cut_comms(spec.comms);
  filter.exclude_comms_ = cut_comms(spec.exclude_comms);
  if (auto compiled = filter.compile_words(); !compiled) return unexpected(compiled.error());
  return filter;
}

Result<void> Filter::compile_words() {
  for (const std::string& word : spec_.trees) {
    auto root = ProcessTree::parse_root(word);
    if (!root) return unexpected(root.error());
    roots_.push_back(*root);
  }
  if (auto done = compile_time("--since", spec_.since, since_); !done) return done;
  if (auto done = compile_time("--until", spec_.until, until_); !done) return done;
  if (spec_.failed && spec_.successful) {
    return unexpected(Error::Kind::kUsage, "--failed and --successful leave nothing");
  }
  if (spec_.only_new && spec_.only_existing) {
    return unexpected(Error::Kind::kUsage, "--new and --existing leave nothing");
  }
  auto options = options_expression(spec_);
  if (!options) return unexpected(options.error());
  std::vector<std::string> texts = spec_.where;
  if (!options->empty()) texts.push_back(*options);
  for (const std::string& text : texts) {
    auto condition = Expression::parse(text);
    if (!condition) return unexpected(condition.error());
    conditions_.push_back(std::move(*condition));
  }
  return {};
}

EventMask Filter::events_to_read() const {
  EventMask mask = events_;
  if (makes_any()) {
    EventMask calls;
    add_syscalls(calls);
    mask |= calls & ~excluded_;
  }
  if (follows_processes()) ProcessTree::add_followed(mask);
  return mask;
}

// What a recording holds of an excluded call is excluded too.
bool Filter::allows_pseudo(const Event& event) const {
  if (excluded_.none() || event.type->args.empty() || !has_text(event.type->args[0].form)) {
    return true;
  }
  const std::vector<const EventType*> calls = find_events(event.texts[0].bytes);
  return std::ranges::none_of(calls,
                              [this](const EventType* call) { return !allows_call(call->id); });
}

bool Filter::wants_comm(const std::string& comm) const {
  if (!comms_.empty() && !contains(comms_, comm)) return false;
  return !contains(exclude_comms_, comm);
}

bool Filter::wants_container(const Container& container) const {
  if (!wants_age(container)) return false;
  const auto& words = spec_.containers;
  return words.empty() || std::ranges::any_of(words, [&container](const std::string& word) {
           return names_container(word, container);
         });
}

StreamFilter::StreamFilter(const Filter& filter, const RecordingHeader& header, Source source)
    : filter_(filter), conditions_(filter.conditions_) {
  const FilterSpec& spec = filter.spec();
  const auto recorded =
      source == Source::kRecorded ? recorded_trees(header.filters) : std::vector<std::string>();
  const bool holds_nothing_else =
      !recorded.empty() && std::ranges::all_of(recorded, [&spec](const std::string& word) {
        return contains(spec.trees, word);
      });
  if (filter.follows_processes() && !holds_nothing_else) tree_.emplace(filter.roots_);
  if (filter.since_) since_ns_ = filter.since_->monotonic_ns(header);
  if (filter.until_) until_ns_ = filter.until_->monotonic_ns(header);
  const bool by_task =
      filter.has_container_filter() || !spec.comms.empty() || !spec.exclude_comms.empty();
  if (by_task) slots_.resize(kTaskSlots);
  for (Expression& condition : conditions_) condition.start(header);
}

// The order matters: what another container does must not change what is known of the tree, since
// a recorder that leaves that container alone does not see it; nor must events that are not wanted
// by name, since it does not capture them.
bool StreamFilter::wants(const Event& event) {
  const uint16_t id = event.type->id;
  const bool named = filter_.names(id);
  if (!named && !(tree_ && ProcessTree::follows(id))) return false;
  const bool in_time = event.time_ns >= since_ns_ && event.time_ns < until_ns_;
  if (id == kLost) return in_time;
  if ((id == kSysEnter || id == kSysExit) && !filter_.allows_pseudo(event)) return false;
  bool comm_wanted = true;
  if (!slots_.empty()) {
    TaskSlot& slot = slots_[event.task->serial % kTaskSlots];
    if (slot.serial != event.task->serial || slot.serial == 0) slot = decide(*event.task);
    if (!slot.container_wanted) return false;
    comm_wanted = slot.comm_wanted;
  }
  if (tree_ && !tree_->holds(event)) return false;
  if (!named || !comm_wanted || !in_time) return false;
  return std::ranges::all_of(
      conditions_, [&](const Expression& condition) { return condition.holds(event, scratch_); });
}

StreamFilter::TaskSlot StreamFilter::decide(const Task& task) const {
  const bool container_wanted =
      !filter_.has_container_filter() ||
      (task.container != nullptr ? filter_.wants_container(*task.container) : filter_.wants_host());
  return {task.serial, container_wanted, filter_.wants_comm(task.comm)};
}

}  // namespace ctrace
