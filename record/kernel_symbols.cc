#include "record/kernel_symbols.h"

#include <bpf/bpf.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string>

#include "bpf/plan.h"

namespace ctrace {

std::vector<AddressRange> find_functions(std::istream& symbols,
                                         std::span<const std::string_view> names) {
  std::vector<AddressRange> found(names.size());
  std::string line;
  while (std::getline(symbols, line) && line.find('[') == std::string::npos) {
    uint64_t address = 0;
    const auto parsed = std::from_chars(line.data(), line.data() + line.size(), address, 16);
    const auto word = static_cast<size_t>(parsed.ptr - line.data()) + 3;  // " T "
    if (parsed.ec != std::errc() || address == 0 || word > line.size()) continue;
    for (AddressRange& range : found) {
      if (range.begin != 0 && range.end == 0 && address > range.begin) range.end = address;
    }
    const auto name = std::ranges::find(names, std::string_view(line).substr(word));
    if (name != names.end()) found[static_cast<size_t>(name - names.begin())].begin = address;
  }
  for (AddressRange& range : found) {
    if (range.end == 0) range.begin = 0;
  }
  return found;
}

namespace {

AddressRange ask(int program, std::string_view name) {
  wire::symbol_query query = {};
  name.copy(query.name, sizeof query.name - 1);
  bpf_test_run_opts run = {};
  run.sz = sizeof run;
  run.ctx_in = &query;
  run.ctx_size_in = sizeof query;
  if (bpf_prog_test_run_opts(program, &run) < 0 || run.retval != 0) return {};
  query.text[sizeof query.text - 1] = 0;
  return function_range(query.address, query.text);
}

}  // namespace

std::vector<AddressRange> find_functions(int program, std::span<const std::string_view> names) {
  std::vector<AddressRange> found;
  for (std::string_view name : names) found.push_back(ask(program, name));
  if (!found.empty() && found[0].end) return found;
  std::ifstream symbols("/proc/kallsyms");
  return find_functions(symbols, names);
}

AddressRange function_range(uint64_t address, const std::string& text) {
  constexpr std::string_view kBegin = "+0x0/0x";
  uint64_t size = 0;
  const size_t at = text.find(kBegin);
  if (at == std::string::npos) return {};
  const char* first = text.data() + at + kBegin.size();
  std::from_chars(first, text.data() + text.size(), size, 16);
  if (!address || !size || address + size < address) return {};
  return {address, address + size};
}

}  // namespace ctrace
