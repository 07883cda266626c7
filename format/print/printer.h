// The one printer of events, for live output and replay: the same event gives the same bytes.
// What it prints of an event is in the event, the recording's header and nowhere else.
#pragma once

#include <memory>
#include <string_view>

#include "format/base/result.h"
#include "format/model/event.h"
#include "format/model/recording.h"
#include "format/print/output_buffer.h"

namespace ctrace {

enum class OutputFormat { kTable, kJson };
Result<OutputFormat> output_format_by_name(std::string_view name);

class Printer {
 public:
  // `header` and `out` must outlive the printer.
  static std::unique_ptr<Printer> make(OutputFormat format, const RecordingHeader& header,
                                       OutputBuffer& out);
  virtual ~Printer() = default;
  virtual void begin() = 0;  // the table's heading
  virtual void event(const Event& event) = 0;
};

}  // namespace ctrace
