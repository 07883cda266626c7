#include "format/print/text_table.h"

#include <algorithm>
#include <cstdio>

namespace ctrace {

void print_rows(const std::vector<TextRow>& rows, OutputBuffer& out) {
  std::vector<size_t> widths;
  for (const TextRow& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i + 1 < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const TextRow& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      const size_t start = out.size();
      out.append(row[i]);
      if (i + 1 < row.size()) out.pad(start, widths[i] + 2);
    }
    out.append('\n');
  }
}

std::string seconds_text(uint64_t time_ns) {
  constexpr uint64_t kMillisecond_ns = 1'000'000;
  const uint64_t time_ms = time_ns / kMillisecond_ns;
  char text[32];
  std::snprintf(text, sizeof text, "%llu.%03llu", static_cast<unsigned long long>(time_ms / 1000),
                static_cast<unsigned long long>(time_ms % 1000));
  return text;
}

std::string top_words(std::vector<std::pair<std::string, uint64_t>> counts, uint64_t others,
                      size_t most) {
  std::ranges::stable_sort(counts,
                           [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (size_t i = 0; i < std::min(most, counts.size()); ++i) {
    text += (i == 0 ? "" : ", ") + counts[i].first;
  }
  const size_t left = counts.size() - std::min(most, counts.size());
  if (left != 0 || others != 0) {
    text += " (+" + (others != 0 ? std::string("many") : std::to_string(left)) + ")";
  }
  return text.empty() ? "-" : text;
}

}  // namespace ctrace
