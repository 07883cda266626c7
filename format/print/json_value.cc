#include "format/print/json_value.h"

#include "format/print/escape.h"

namespace ctrace {

void append_json_known(std::string_view key, std::string_view text, OutputBuffer& out) {
  out.append(key);
  if (text.empty()) return out.append("null");
  append_json_string(text, out);
}

void append_json_container(const Container* container, OutputBuffer& out) {
  if (container == nullptr) return out.append("null");
  append_json_known(R"({"id":)", container->id, out);
  append_json_known(R"(,"name":)", container->name, out);
  append_json_known(R"(,"image":)", container->image, out);
  append_json_known(R"(,"runtime":)", container->runtime, out);
  out.append('}');
}

}  // namespace ctrace
