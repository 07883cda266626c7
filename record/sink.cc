#include "record/sink.h"

#include "format/catalogue/catalogue.h"

namespace ctrace {

Sink::Sink(const Filter& filter, const RecordingHeader& header, const RecordOptions& options,
           const volatile sig_atomic_t* interrupted)
    : filter_(filter, header),
      pseudo_(filter, {}),
      summary_(options.summary),
      out_(options.out_fd) {
  out_.give_up_when(interrupted);
  if (options.output.empty() || options.print) printer_ = Printer::make(options.show, header, out_);
}

Result<void> Sink::open(const RecordingHeader& header, const RecordOptions& options) {
  if (options.output.empty()) return {};
  WriterOptions writer_options;
  writer_options.force = options.force;
  auto writer = RecordingWriter::create(options.output, header, writer_options);
  if (!writer) return unexpected(writer.error());
  writer_ = std::move(*writer);
  return {};
}

void Sink::begin() {
  if (printer_) printer_->begin();
}

void Sink::event(const Event& event) {
  pseudo_.around(event, [this](const Event& each) {
    take(each);
    return true;
  });
}

void Sink::take(const Event& event) {
  if (!filter_.wants(event) || (summary_ && event.type->id != kLost)) return;
  if (event.type->id != kLost) ++events_;
  if (writer_) keep(writer_->add(event));
  if (!printer_) return;
  printer_->event(event);
  keep(out_.flush_if_full());
}

void Sink::container(const Container& row) {
  if (writer_) keep(writer_->put_container(row));
}

void Sink::tallies(const std::vector<CallCount>& running, const std::vector<CallCount>& ended) {
  if (writer_) keep(writer_->put_tallies(running, ended));
}

void Sink::drops(const std::vector<DropRow>& running, const std::vector<DropRow>& ended) {
  if (writer_) keep(writer_->put_drops(running, ended));
}

void Sink::run_in_background() {
  if (writer_) writer_->run_in_background();
}

void Sink::ease(unsigned steps) {
  if (writer_) writer_->ease(steps);
}

void Sink::show() {
  if (printer_) keep(out_.flush());
}

void Sink::flush(const RecordingTotals& totals) {
  if (!writer_) return;
  writer_->set_totals(totals);
  keep(writer_->flush());
}

void Sink::finish(const RecordingTotals& totals) {
  if (printer_) printer_->end();
  show();
  if (writer_) keep(writer_->finish(totals));
}

void Sink::keep(const Result<void>& result) {
  if (!result && !trouble_) trouble_ = result.error();
}

}  // namespace ctrace
