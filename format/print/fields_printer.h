// Chosen fields of events (--fields), as a table or as JSON.
//
// Table: a heading of the names, then a line an event; columns have the widths of their kinds, one
// space between them, none at the end. `-` is what an event does not have. Text is escaped; empty
// text, a lone `-` and text with a space or a quote stand in double quotes, so that columns can be
// counted by their spaces; only `args` has spaces of its own, so put it last. Several values
// (paths, strings) have a space between them too. Numbers that have words are shown as them; `ret`
// is as in the whole table; `time` is the recorder's local time of the day. Lines fit a terminal.
//
// JSON: an object a line with the fields' names as keys, in the order they were asked for. A number
// is a number (a decimal string beyond +-2^53), a flag true or false, time is UTC as in the whole
// object; null is what an event does not have; several values are an array. Numbers that have words
// are shown as them.
#pragma once

#include <string>
#include <vector>

#include "format/print/line_fitter.h"
#include "format/print/printer.h"
#include "format/print/wall_clock.h"

namespace ctrace {

class FieldsPrinter : public Printer {
 public:
  FieldsPrinter(const PrintOptions& options, const RecordingHeader& header, OutputBuffer& out);
  void begin() override;
  void event(const Event& event) override;

 private:
  void table_line(const Event& event);
  void table_value(const Field& field, const Event& event);
  void json_line(const Event& event);
  void json_value(const Field& field, const Event& event);

  const std::vector<Field> fields_;
  const bool json_;
  const size_t string_size_;
  std::vector<std::string> keys_;  // `{"event":` or `,"event":`
  WallClock clock_;
  OutputBuffer scratch_{-1};
  OutputBuffer& out_;
  LineFitter fitter_;
};

}  // namespace ctrace
