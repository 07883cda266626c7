#include "format/print/printer.h"

#include "format/print/call_summary.h"
#include "format/print/fields_printer.h"
#include "format/print/json_printer.h"
#include "format/print/strace_printer.h"
#include "format/print/table_printer.h"

namespace ctrace {
namespace {

unexpected usage(const std::string& text) { return unexpected(Error::Kind::kUsage, text); }

}  // namespace

Result<OutputFormat> output_format_by_name(std::string_view name) {
  if (name == "table") return OutputFormat::kTable;
  if (name == "json") return OutputFormat::kJson;
  if (name == "strace") return OutputFormat::kStrace;
  return usage("unknown format '" + std::string(name) + "': there are table, json and strace");
}

Result<ColorMode> color_mode_by_name(std::string_view name) {
  if (name == "auto") return ColorMode::kAuto;
  if (name == "always") return ColorMode::kAlways;
  if (name == "never") return ColorMode::kNever;
  return usage("option '--color' takes auto, always or never, not '" + std::string(name) + "'");
}

Result<std::vector<Field>> parse_fields(std::string_view list) {
  std::vector<Field> fields;
  while (true) {
    const size_t comma = std::min(list.find(','), list.size());
    auto field = find_field(list.substr(0, comma));
    if (!field) return unexpected(field.error());
    fields.push_back(std::move(*field));
    if (comma == list.size()) return fields;
    list.remove_prefix(comma + 1);
  }
}

Result<void> check_print_options(const PrintOptions& options) {
  const bool strace = options.format == OutputFormat::kStrace;
  if (options.count && !options.fields.empty()) {
    return usage("--count and --fields do not go together");
  }
  if (strace && !options.fields.empty()) return usage("--fields goes with table and json");
  if (strace && options.count) return usage("--count goes with table and json");
  return {};
}

std::unique_ptr<Printer> Printer::make(const PrintOptions& options, const RecordingHeader& header,
                                       OutputBuffer& out) {
  if (options.count) return std::make_unique<CallSummary>(options, out);
  if (!options.fields.empty()) return std::make_unique<FieldsPrinter>(options, header, out);
  if (options.format == OutputFormat::kJson) return std::make_unique<JsonPrinter>(header, out);
  if (options.format == OutputFormat::kStrace) {
    return std::make_unique<StracePrinter>(options, header, out);
  }
  return std::make_unique<TablePrinter>(options, header, out);
}

}  // namespace ctrace
