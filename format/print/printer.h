// The one printer of events, for live output and replay: the same event gives the same bytes.
// What it prints of an event is in the event, the recording's header and nowhere else.
//
//   OutputBuffer out(STDOUT_FILENO);
//   auto printer = Printer::make(options, header, out);
//   printer->begin();
//   ... printer->event(event); out.flush_if_full() ...
//   printer->end();
//
// Of the header it takes the clocks (realtime_ns, monotonic_ns, utc_offset_s) and the architecture.
// A printer belongs to one stream: tasks are remembered by serial, types by id. One that counts
// (PrintOptions::count) may take several streams, see next_stream().
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "format/base/result.h"
#include "format/filter/field.h"
#include "format/model/event.h"
#include "format/model/recording.h"
#include "format/print/output_buffer.h"

namespace ctrace {

// kTable: a line an event, columns TIME(s) CONTAINER ID, UID, COMM, PID, TID, RET, EVENT, ARGS as
// in the original tracer. See table_printer.h. kJson: an object a line. See json_printer.h.
// kStrace: nearly what strace prints. See strace_printer.h.
enum class OutputFormat { kTable, kJson, kStrace };
Result<OutputFormat> output_format_by_name(std::string_view name);

// kAuto: on a terminal, unless NO_COLOR is set. Only the table has colours.
enum class ColorMode { kAuto, kAlways, kNever };
Result<ColorMode> color_mode_by_name(std::string_view name);

struct PrintOptions {
  PrintOptions() = default;
  PrintOptions(OutputFormat f) : format(f) {}  // NOLINT(runtime/explicit)

  OutputFormat format = OutputFormat::kTable;
  ColorMode color = ColorMode::kAuto;
  size_t string_size = SIZE_MAX;  // of a text no more bytes are shown; JSON shows all
  std::vector<Field> fields;      // not empty: these columns or keys, see fields_printer.h
  bool count = false;             // a summary in place of the events, see call_summary.h
};
// "time,comm,event,args": the fields of field.h.
Result<std::vector<Field>> parse_fields(std::string_view list);
// What cannot go together: fields or a summary in strace's form.
Result<void> check_print_options(const PrintOptions& options);

class Printer {
 public:
  // `header` and `out` must outlive the printer.
  static std::unique_ptr<Printer> make(const PrintOptions& options, const RecordingHeader& header,
                                       OutputBuffer& out);
  virtual ~Printer() = default;
  virtual void begin() = 0;  // the table's heading
  virtual void event(const Event& event) = 0;
  virtual void end() {}  // after the last event of the last stream
};

}  // namespace ctrace
