#include "format/print/printer.h"

#include "format/print/json_printer.h"
#include "format/print/table_printer.h"

namespace ctrace {

Result<OutputFormat> output_format_by_name(std::string_view name) {
  if (name == "table") return OutputFormat::kTable;
  if (name == "json") return OutputFormat::kJson;
  return unexpected(Error::Kind::kUsage,
                    "unknown format '" + std::string(name) + "': there are table and json");
}

std::unique_ptr<Printer> Printer::make(OutputFormat format, const RecordingHeader& header,
                                       OutputBuffer& out) {
  if (format == OutputFormat::kJson) return std::make_unique<JsonPrinter>(header, out);
  return std::make_unique<TablePrinter>(header, out);
}

}  // namespace ctrace
