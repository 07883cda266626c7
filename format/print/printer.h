// The one printer of events, for live output and replay: the same event gives the same bytes.
// What it prints of an event is in the event, the recording's header and nowhere else.
//
//   OutputBuffer out(STDOUT_FILENO);
//   auto printer = Printer::make(OutputFormat::kTable, header, out);
//   printer->begin();
//   ... printer->event(event); out.flush_if_full() ...
//
// Of the header it takes the clocks (realtime_ns, monotonic_ns, utc_offset_s) and the architecture.
// A printer belongs to one stream: tasks are remembered by serial, types by id.
#pragma once

#include <memory>
#include <string_view>

#include "format/base/result.h"
#include "format/model/event.h"
#include "format/model/recording.h"
#include "format/print/output_buffer.h"

namespace ctrace {

// kTable: a line an event, columns TIME(s) CONTAINER ID, UID, COMM, PID, TID, RET, EVENT, ARGS as
// in the original tracer. See table_printer.h. kJson: an object a line. See json_printer.h.
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
