#include "record/loss_book.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ctrace {
namespace {

static_assert(wire::DROP_CLASSES == std::size(kDropClassNames));
static_assert(wire::DROP_SYSCALL == static_cast<int>(DropClass::kCall));
static_assert(wire::DROP_LIFECYCLE == static_cast<int>(DropClass::kLifecycle));
static_assert(wire::DROP_REENTERED == static_cast<int>(DropClass::kReentered));
static_assert(wire::DROP_NOT_TAKEN_IN == static_cast<int>(DropClass::kNotTakenIn));
static_assert(wire::SHED_TEXT == static_cast<int>(ShedClass::kText));

DropCounts counts_of(const wire::drop_tally& tally) {
  DropCounts counts;
  std::copy(std::begin(tally.dropped), std::end(tally.dropped), counts.dropped);
  std::copy(std::begin(tally.shed), std::end(tally.shed), counts.shed);
  return counts;
}

}  // namespace

void LossBook::put(uint16_t cpu, const RingAccount& account) {
  Cpu& to = cpus_.at(cpu);
  const uint64_t dropped = counts_of(account.lost).records();
  const auto wrong = static_cast<int64_t>(account.produced - account.received - dropped);
  const bool stays = wrong == to.suspect;
  to.suspect = wrong;
  if (stays || wrong == 0) to.account = account;
}

void LossBook::fill(RecordingTotals& totals) const {
  totals.accounted_ns = UINT64_MAX;
  for (const Cpu& cpu : cpus_) {
    const RingAccount& account = cpu.account;
    const DropCounts classes = counts_of(account.lost);
    totals.cpus.push_back({account.produced, account.received, classes.records(), classes});
    totals.unreadable_texts += account.unreadable_texts;
    totals.cut_texts += account.cut_texts;
    totals.accounted_ns = std::min(totals.accounted_ns, account.time_ns);
  }
}

uint64_t LossBook::texts_not_read() const {
  uint64_t texts = 0;
  for (const Cpu& cpu : cpus_) texts += cpu.account.lost.shed[wire::SHED_TEXT];
  return texts;
}

void LossBook::close(uint32_t container, const std::vector<KernelSide::DropRow>& rows) {
  for (const KernelSide::DropRow& row : rows) {
    const DropRow owned = owned_by(container, row);
    closed_.add(owned);
    closed_sum_.add(owned.counts);
  }
}

std::vector<DropRow> LossBook::take_closed() { return std::exchange(closed_, {}).sorted(); }

DropRow LossBook::owned_by(uint32_t container, const KernelSide::DropRow& row) {
  return {container, static_cast<Phase>(row.phase), counts_of(row.counts)};
}

void LossBook::add_rest(const RecordingTotals& totals, std::vector<DropRow>& rows) const {
  DropCounts owned = closed_sum_, rest = totals.drops();
  for (const DropRow& row : rows) owned.add(row.counts);
  const auto subtract = [](uint64_t& from, uint64_t count) { from -= std::min(from, count); };
  for (size_t i = 0; i < std::size(rest.dropped); ++i) subtract(rest.dropped[i], owned.dropped[i]);
  for (size_t i = 0; i < std::size(rest.shed); ++i) subtract(rest.shed[i], owned.shed[i]);
  if (!rest.any()) return;
  if (rows.empty() || rows[0].container != 0 || rows[0].phase != Phase::kHost)
    rows.insert(rows.begin(), DropRow{});
  rows[0].counts.add(rest);
}

}  // namespace ctrace
