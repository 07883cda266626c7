#include "format/file/model_codec.h"

#include <algorithm>

#include "format/catalogue/catalogue.h"
#include "format/catalogue/kinds.h"
#include "format/file/loss_codec.h"

namespace ctrace {
namespace {

using flatbuffers::Offset;

// Rows and words of any list: a recording has thousands at most, so more is an attack on memory.
constexpr size_t kMaxRows = 1 << 20;

constexpr char kTooMuch[] = "a part unpacks to more than a reader takes";

// Names of events and arguments are printed as they are and used as words of filters. A file may
// claim any bytes; what is not plain ASCII becomes '?'.
std::string plain_name(const ByteVector* bytes, CopyBudget* budget) {
  std::string name = budget->text(bytes);
  for (char& c : name) {
    if (c < ' ' || c > '~' || c == '"' || c == '\\') c = '?';
  }
  return name;
}

Offset<flatbuffers::Vector<Offset<disk::Bytes>>> pack_words(Builder& builder,
                                                            const std::vector<std::string>& words) {
  std::vector<Offset<disk::Bytes>> rows;
  for (const std::string& word : words) {
    rows.push_back(disk::CreateBytes(builder, pack_bytes(builder, word)));
  }
  return builder.CreateVector(rows);
}

template <typename Vector>
std::vector<std::string> unpack_words(const Vector* rows, CopyBudget* budget) {
  std::vector<std::string> words;
  for (uint32_t i = 0; rows && i < rows->size() && !budget->spent(); ++i) {
    budget->take(sizeof(std::string));
    words.push_back(budget->text(rows->Get(i)->bytes()));
  }
  return words;
}

// No text of a container's row is longer.
constexpr size_t kMaxField = 64 << 10;

Offset<flatbuffers::Vector<Offset<disk::Fact>>> pack_facts(Builder& builder,
                                                           const std::vector<Fact>& facts) {
  std::vector<Offset<disk::Fact>> rows;
  size_t bytes = 0;
  for (const Fact& fact : facts) {
    bytes += fact.key.size() + fact.value.size() + fact.source.size();
    if (bytes > kMaxAttributeBytes) break;
    const auto key = pack_bytes(builder, fact.key);
    const auto value = pack_bytes(builder, fact.value);
    rows.push_back(disk::CreateFact(builder, key, value, pack_bytes(builder, fact.source)));
  }
  return builder.CreateVector(rows);
}

// What only a newer recorder knows is no evidence here.
CapabilityChecks known_checks(uint8_t checks) {
  const bool known = checks <= static_cast<uint8_t>(CapabilityChecks::kRefused);
  return known ? static_cast<CapabilityChecks>(checks) : CapabilityChecks::kNone;
}

// A form that this reader does not know is shown by what can be said of it.
Form known_form(uint8_t form, bool text) {
  if (form < kFormCount) return static_cast<Form>(form);
  return text ? Form::kBytes : Form::kHex;
}

}  // namespace

void CopyBudget::take(size_t size) {
  if (size > left_) spent_ = true;
  left_ -= spent_ ? left_ : size;
}

std::string CopyBudget::text(const ByteVector* bytes) {
  const std::string_view view = view_bytes(bytes);
  take(view.size());
  return spent_ ? std::string() : std::string(view);
}

Offset<disk::EventType> pack_type(Builder& builder, const EventType& type) {
  std::vector<Offset<disk::Argument>> args;
  for (const ArgType& arg : type.args) {
    const auto name = pack_bytes(builder, arg.name);
    const auto kind = pack_bytes(builder, kind_row(arg.kind).name);
    const auto c_type = pack_bytes(builder, arg.c_type);
    args.push_back(disk::CreateArgument(builder, name, kind, static_cast<uint8_t>(arg.form),
                                        has_text(arg.form), c_type));
  }
  const auto name = pack_bytes(builder, type.name);
  return disk::CreateEventType(builder, type.id, name, builder.CreateVector(args), type.is_syscall);
}

Result<EventType> unpack_type(const disk::EventType& table, CopyBudget* budget) {
  EventType type;
  type.id = table.id();
  type.name = plain_name(table.name(), budget);
  type.is_syscall = table.is_syscall();
  const auto* args = table.args();
  if (args && args->size() > kMaxArgs) return unexpected("a schema row has too many arguments");
  for (uint32_t i = 0; args && i < args->size(); ++i) {
    const disk::Argument& row = *args->Get(i);
    ArgType arg;
    arg.name = plain_name(row.name(), budget);
    arg.kind = kind_by_name(view_bytes(row.kind()));
    arg.form = known_form(row.form(), row.has_text());
    arg.c_type = plain_name(row.c_type(), budget);
    if (has_text(arg.form) != row.has_text()) return unexpected("a schema row contradicts itself");
    type.args.push_back(std::move(arg));
  }
  budget->take(sizeof type + type.args.size() * sizeof(ArgType));
  if (budget->spent()) return unexpected(kTooMuch);
  return type;
}

Offset<disk::Header> pack_header(Builder& builder, const RecordingHeader& header) {
  std::vector<Offset<disk::EventType>> types;
  for (const EventType& type : header.event_types) types.push_back(pack_type(builder, type));
  const auto type_rows = builder.CreateVector(types);
  const auto command_line = pack_words(builder, header.command_line);
  const auto filters = pack_words(builder, header.filters);
  const auto tool_version = pack_bytes(builder, header.tool_version);
  const auto host_name = pack_bytes(builder, header.host_name);
  const auto kernel_release = pack_bytes(builder, header.kernel_release);
  const auto architecture = pack_bytes(builder, header.architecture);
  const auto boot_id = pack_bytes(builder, header.boot_id);
  return disk::CreateHeader(builder, tool_version, host_name, kernel_release, architecture, boot_id,
                            command_line, header.monotonic_ns, header.realtime_ns,
                            header.boottime_ns, header.utc_offset_s, header.cpu_count, filters,
                            header.command_mode, type_rows,
                            static_cast<uint8_t>(header.capability_checks), header.durations);
}

Result<RecordingHeader> unpack_header(const disk::Header& table, CopyBudget* budget) {
  RecordingHeader header;
  header.tool_version = budget->text(table.tool_version());
  header.host_name = budget->text(table.host_name());
  header.kernel_release = budget->text(table.kernel_release());
  header.architecture = budget->text(table.architecture());
  header.boot_id = budget->text(table.boot_id());
  header.command_line = unpack_words(table.command_line(), budget);
  header.monotonic_ns = table.monotonic_ns();
  header.realtime_ns = table.realtime_ns();
  header.boottime_ns = table.boottime_ns();
  header.utc_offset_s = table.utc_offset_s();
  header.cpu_count = table.cpu_count();
  header.filters = unpack_words(table.filters(), budget);
  header.command_mode = table.command_mode();
  header.capability_checks = known_checks(table.capability_checks());
  header.durations = table.durations();
  const auto* types = table.types();
  if (types && types->size() > UINT16_MAX + 1u) return unexpected("the schema has too many rows");
  for (uint32_t i = 0; types && i < types->size(); ++i) {
    auto type = unpack_type(*types->Get(i), budget);
    if (!type) return unexpected(type.error());
    header.event_types.push_back(std::move(*type));
  }
  if (budget->spent()) return unexpected(kTooMuch);
  return header;
}

Offset<disk::Container> pack_container(Builder& builder, const Container& container) {
  const auto field = [&builder](const std::string& bytes) {
    return pack_bytes(builder, std::string_view(bytes).substr(0, kMaxField));
  };
  std::vector<Offset<disk::Attribute>> attributes;
  size_t attribute_bytes = 0;
  for (const auto& [key, value] : container.attributes) {
    attribute_bytes += key.size() + value.size();
    if (attribute_bytes > kMaxAttributeBytes) break;
    const auto key_bytes = pack_bytes(builder, key);
    attributes.push_back(disk::CreateAttribute(builder, key_bytes, pack_bytes(builder, value)));
  }
  const auto attribute_rows = builder.CreateVector(attributes);
  const auto facts = pack_facts(builder, container.facts);
  const auto id = field(container.id);
  const auto name = field(container.name);
  const auto image = field(container.image);
  const auto runtime = field(container.runtime);
  const auto engine = field(container.engine);
  const auto cgroup_path = field(container.cgroup_path);
  return disk::CreateContainer(
      builder, container.index, id, name, image, runtime, engine, cgroup_path, container.cgroup_id,
      container.started_ns, container.stopped_ns, container.existing, container.no_new_privs,
      container.seccomp_mode, attribute_rows, facts, container.ended_ns, container.wait_status);
}

Result<Container> unpack_container(const disk::Container& table, CopyBudget* budget) {
  if (table.index() == 0) return unexpected("a container has the index of the host");
  Container container;
  container.index = table.index();
  container.id = budget->text(table.id());
  container.name = budget->text(table.name());
  container.image = budget->text(table.image());
  container.runtime = budget->text(table.runtime());
  container.engine = budget->text(table.engine());
  container.cgroup_path = budget->text(table.cgroup_path());
  container.cgroup_id = table.cgroup_id();
  container.started_ns = table.started_ns();
  container.stopped_ns = table.stopped_ns();
  container.existing = table.existing();
  container.no_new_privs = table.no_new_privs();
  container.seccomp_mode = table.seccomp_mode();
  const auto* attributes = table.attributes();
  for (uint32_t i = 0; attributes && i < attributes->size() && !budget->spent(); ++i) {
    budget->take(2 * sizeof(std::string));
    const disk::Attribute& row = *attributes->Get(i);
    container.attributes.emplace_back(budget->text(row.key()), budget->text(row.value()));
  }
  const auto* facts = table.facts();
  for (uint32_t i = 0; facts && i < facts->size() && !budget->spent(); ++i) {
    budget->take(sizeof(Fact));
    const disk::Fact& row = *facts->Get(i);
    container.facts.push_back(
        {budget->text(row.key()), budget->text(row.value()), budget->text(row.source())});
  }
  container.ended_ns = table.ended_ns();
  container.wait_status = table.wait_status();
  budget->take(sizeof container);
  if (budget->spent()) return unexpected(kTooMuch);
  return container;
}

size_t packed_size(const Container& container) {
  constexpr size_t kTable = 184, kAttribute = 40, kFact = 60;
  size_t size = kTable + container.id.size() + container.name.size() + container.image.size() +
                container.runtime.size() + container.engine.size() + container.cgroup_path.size();
  for (const auto& [key, value] : container.attributes) {
    size += kAttribute + key.size() + value.size();
  }
  for (const Fact& fact : container.facts) {
    size += kFact + fact.key.size() + fact.value.size() + fact.source.size();
  }
  return size;
}

Offset<disk::Totals> pack_totals(Builder& builder, const RecordingTotals& totals) {
  std::vector<uint64_t> produced, received, dropped;
  for (const CpuTotals& cpu : totals.cpus) {
    produced.push_back(cpu.produced);
    received.push_back(cpu.received);
    dropped.push_back(cpu.dropped);
  }
  const auto produced_column = builder.CreateVector(produced);
  const auto received_column = builder.CreateVector(received);
  const auto dropped_column = builder.CreateVector(dropped);
  std::vector<DropRow> rows;
  for (const CpuTotals& cpu : totals.cpus) rows.push_back({0, Phase::kHost, cpu.classes});
  const auto drops = totals.drops().any() ? pack_drops(builder, rows, /*with_owners=*/false) : 0;
  return disk::CreateTotals(
      builder, totals.events, totals.lost, totals.unreadable_texts, totals.cut_texts,
      totals.recursion_misses, totals.undecided_dropped, totals.end_ns, produced_column,
      received_column, dropped_column, totals.untallied, totals.accounted_ns, drops,
      totals.full_members, totals.full_cgroups, totals.full_tallies, totals.eased_blocks,
      totals.ringless, totals.undecided_denials, totals.freezes, totals.frozen_ns);
}

Result<RecordingTotals> unpack_totals(const disk::Totals& table) {
  RecordingTotals totals;
  totals.events = table.events();
  totals.lost = table.lost();
  totals.unreadable_texts = table.unreadable_texts();
  totals.cut_texts = table.cut_texts();
  totals.recursion_misses = table.recursion_misses();
  totals.undecided_dropped = table.undecided_dropped();
  totals.end_ns = table.end_ns();
  totals.untallied = table.untallied();
  totals.accounted_ns = table.accounted_ns();
  totals.full_members = table.full_members();
  totals.full_cgroups = table.full_cgroups();
  totals.full_tallies = table.full_tallies();
  totals.eased_blocks = table.eased_blocks();
  totals.ringless = table.ringless();
  totals.undecided_denials = table.undecided_denials();
  totals.freezes = table.freezes();
  totals.frozen_ns = table.frozen_ns();
  const auto size = [](const auto* column) { return column ? column->size() : 0; };
  const uint32_t cpus = size(table.produced());
  if (size(table.received()) != cpus || size(table.dropped()) != cpus || cpus > kMaxRows ||
      !is_aligned(table.produced()) || !is_aligned(table.received()) ||
      !is_aligned(table.dropped())) {
    return unexpected("the totals of CPUs have different lengths");
  }
  for (uint32_t i = 0; i < cpus; ++i) {
    totals.cpus.push_back(
        {table.produced()->Get(i), table.received()->Get(i), table.dropped()->Get(i), {}});
  }
  if (!table.drops()) return totals;
  const auto rows = unpack_drops(*table.drops(), /*with_owners=*/false);
  if (!rows) return unexpected(rows.error());
  if (rows->size() != cpus) return unexpected("the totals of CPUs have different lengths");
  for (uint32_t i = 0; i < cpus; ++i) totals.cpus[i].classes = (*rows)[i].counts;
  return totals;
}

void CountTable::add(const CallCount& call) {
  Count& row = rows_[key(call.container, call.phase, call.abi, call.event_id)];
  row.count += call.count;
  row.failed += call.failed;
  row.denied += call.denied;
}

void CountTable::add(const CountTable& other) {
  for (const auto& [key, count] : other.rows_.items()) {
    Count& row = rows_[key];
    row.count += count.count;
    row.failed += count.failed;
    row.denied += count.denied;
  }
}

void CountTable::raise(const CountTable& other) {
  for (const auto& [key, count] : other.rows_.items()) {
    Count& row = rows_[key];
    row.count = std::max(row.count, count.count);
    row.failed = std::max(row.failed, count.failed);
    row.denied = std::max(row.denied, count.denied);
  }
}

uint64_t CountTable::sum() const {
  uint64_t sum = 0;
  for (const auto& item : rows_.items()) sum += item.second.count;
  return sum;
}

bool CountTable::operator==(const CountTable& other) const {
  for (const auto& [key, row] : rows_.items()) {
    const Count* same = other.rows_.find(key);
    if (!same || *same != row) return false;
  }
  return size() == other.size();
}

std::vector<CallCount> CountTable::sorted() const {
  auto items = rows_.items();
  std::sort(items.begin(), items.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<CallCount> calls;
  calls.reserve(items.size());
  for (const auto& [key, row] : items) {
    CallCount call;
    call.container = static_cast<uint32_t>(key >> 32);
    call.phase = static_cast<Phase>(key >> 24 & 0xff);
    call.abi = static_cast<Abi>(key >> 16 & 0xff);
    call.event_id = static_cast<uint16_t>(key);
    call.count = row.count;
    call.failed = row.failed;
    call.denied = row.denied;
    calls.push_back(call);
  }
  return calls;
}

Offset<disk::Counts> pack_counts(Builder& builder, const CountTable& counts) {
  std::vector<uint32_t> container;
  std::vector<uint8_t> phase, abi;
  std::vector<uint16_t> event;
  std::vector<uint64_t> count, failed, denied;
  bool any_denied = false;
  for (const CallCount& call : counts.sorted()) {
    container.push_back(call.container);
    phase.push_back(static_cast<uint8_t>(call.phase));
    abi.push_back(static_cast<uint8_t>(call.abi));
    event.push_back(call.event_id);
    count.push_back(call.count);
    failed.push_back(call.failed);
    denied.push_back(call.denied);
    any_denied |= call.denied != 0;
  }
  return disk::CreateCountsDirect(builder, &container, &phase, &abi, &event, &count, &failed,
                                  any_denied ? &denied : nullptr);
}

Result<void> unpack_counts(const disk::Counts& table, CountTable* counts) {
  const auto size = [](const auto* column) { return column ? column->size() : 0; };
  const uint32_t n = size(table.container());
  if (size(table.phase()) != n || size(table.abi()) != n || size(table.event()) != n ||
      size(table.count()) != n || size(table.failed()) != n ||
      (table.denied() && table.denied()->size() != n) || !is_aligned(table.count()) ||
      !is_aligned(table.failed()) || !is_aligned(table.denied())) {
    return unexpected("the columns of counts have different lengths");
  }
  for (uint32_t i = 0; i < n; ++i) {
    CallCount call;
    if (table.phase()->Get(i) > static_cast<uint8_t>(Phase::kEntered) ||
        table.abi()->Get(i) >= kAbiCount || table.failed()->Get(i) > table.count()->Get(i)) {
      return unexpected("a row of counts makes no sense");
    }
    call.container = table.container()->Get(i);
    call.phase = static_cast<Phase>(table.phase()->Get(i));
    call.abi = static_cast<Abi>(table.abi()->Get(i));
    call.event_id = table.event()->Get(i);
    call.count = table.count()->Get(i);
    call.failed = table.failed()->Get(i);
    if (table.denied()) call.denied = table.denied()->Get(i);
    if (call.denied > call.count) return unexpected("a row of counts makes no sense");
    counts->add(call);
  }
  return {};
}

}  // namespace ctrace
