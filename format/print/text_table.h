// Rows of cells in columns as wide as their widest cell, two spaces apart; the last is not padded.
#pragma once

#include <string>
#include <vector>

#include "format/print/output_buffer.h"

namespace ctrace {

using TextRow = std::vector<std::string>;

// Rows may be shorter than the first. Cells must be safe to print.
void print_rows(const std::vector<TextRow>& rows, OutputBuffer& out);

// "1.250": seconds with three digits.
std::string seconds_text(uint64_t time_ns);
// "a, b, c (+2)": the `most` words with the highest counts, ties in the order of the words.
std::string top_words(std::vector<std::pair<std::string, uint64_t>> counts, uint64_t others,
                      size_t most);

}  // namespace ctrace
