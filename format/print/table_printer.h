// Events as lines of a table.
//
//   TIME(s)          the recorder's local time, HH:MM:SS.uuuuuu
//   CONTAINER ID     the short id; `host`; `?` for a container whose id is not known
//   UID              real uid in the initial user namespace
//   COMM             escaped (escape.h); `""` when empty
//   PID, TID         as the container itself sees them
//   RET              decimal, with the errno's name after it when the call failed: `-2 ENOENT`;
//                    `?` for exit and exit_group, which never return; hex for an address (mmap)
//   EVENT            followed by the ABI in brackets where it is not the machine's own:
//   `open[i386]` ARGS             `name: value, name: value`, then ` (setup)` when the container's
//   runtime made
//                    the call, or ` (entered)` when a process that was put in from outside did
//
// In colour (--color): failed results, event names, marks and losses; the text is the same.
//
// A column that overflows keeps one space after it. A loss has `-` in all columns but TIME, EVENT
// (`lost`) and ARGS. Lines have no trailing space. On a terminal they are cut to its width, and end
// in `...` then.
//
// Values: what the decoders know (decode.h), else a number by its form. Text is bare and escaped;
// where bare text could be taken for something else (it is empty, holds `"`, `(` or a comma, looks
// like a number in hex or NULL, ends in `...`) it stands in double quotes. `...` after a text: the
// recording holds its beginning alone, or --string-size asked for no more. `NULL`: a null pointer.
// `0x7ffd1234 (unreadable)`: the memory could not be read; `0x7ffd1234`: it was not read. String
// arrays: `[ls -l /tmp]`, elements that are empty or hold a space, `"`, `[` or `]` in quotes.
#pragma once

#include "format/print/descriptor_name.h"
#include "format/print/line_fitter.h"
#include "format/print/paint.h"
#include "format/print/piece.h"
#include "format/print/print_cache.h"
#include "format/print/printer.h"
#include "format/print/wall_clock.h"

namespace ctrace {

class TablePrinter : public Printer {
 public:
  TablePrinter(const PrintOptions& options, const RecordingHeader& header, OutputBuffer& out);
  void begin() override;
  void event(const Event& event) override;

 private:
  struct TypeText {
    std::string name;
    std::string column;             // the name, padded
    Piece column_label;             // the same and the first argument's label
    std::vector<Piece> labels;      // of the arguments: ", flags: "
    bool is_number[kMaxArgs] = {};  // of an argument: no decoder ever has a word for it
    NamePlaces names;
    bool never_returns;
    bool returns_address;
  };
  TypeText type_text(const EventType& type) const;
  static Piece task_text(const Task& task);  // the columns from CONTAINER ID to TID

  void append_result(const Event& event, const TypeText& type);
  void append_event_name(const Event& event, const TypeText& type, bool alone);
  void append_named_result(const Event& event, const TypeText& type);
  void append_mark(std::string_view mark, bool behind_something);
  void append_args(const Event& event, const TypeText& type);

  WallClock clock_;
  Abi native_abi_;
  size_t string_size_;
  const Paint& paint_;
  OutputBuffer& out_;
  LineFitter fitter_;
  TypeCache<TypeText> types_;
  TaskCache<Piece> tasks_;
};

}  // namespace ctrace
