// What can be asked of an event by name: the fields of --where, --fields and --list-fields. One row
// a field; nothing else names them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "format/base/result.h"
#include "format/model/event.h"
#include "format/print/output_buffer.h"

namespace ctrace {

// Holds every int64_t and every uint64_t, so that results, addresses and counts compare rightly.
using Number = __int128;

enum class FieldType : uint8_t {
  kNumber,
  kErrno,   // a number that may be written ENOENT
  kResult,  // the same, and ENOENT is -ENOENT
  kText,
  kWord,       // one of few texts: FieldRow::words
  kFlag,       // true or false; stands alone
  kTime,       // monotonic nanoseconds; written as --since takes it
  kEvent,      // an event's name; compared with names and %sets
  kSet,        // any of the event's sets
  kContainer,  // any word that --container takes
  kLabel,      // container.label(KEY)
  kFact,       // container.fact(KEY)
  kArg,        // arg.NAME: text, or a number that also has words
  kPath,       // any path argument
  kAllArgs,    // all arguments as one text; a column (--fields), nothing to compare
};

struct FieldRow {
  std::string_view name;     // "arg.NAME", "container.label(KEY)" and the like stand for many
  std::string_view type;     // for people: "number", "text"
  std::string_view meaning;  // one line for --list-fields
  FieldType kind;
  Number (*number)(const Event&) = nullptr;          // kNumber to kResult, kFlag, kTime
  std::string_view (*text)(const Event&) = nullptr;  // kText, kWord, kEvent; empty: not known
  std::span<const std::string_view> words = {};
};

std::span<const FieldRow> field_rows();

// A field as somebody asked for it.
struct Field {
  const FieldRow* row = nullptr;
  std::string parameter;  // NAME or KEY
  std::string name;       // as it was written: "arg.flags"
};
// "pid", "arg.flags", "container.label(tier)". Fails with `unknown field 'pidd' (did you ...?)`.
Result<Field> find_field(std::string_view name);

struct FieldValue {
  bool is_text = false;
  Number number = 0;
  std::string_view text;
  bool is_name = false;  // of the descriptor whose number came before
};

// Takes the values of a field one after the other; lives during the call alone.
class ValueSink {
 public:
  virtual ~ValueSink() = default;
  virtual bool take(const FieldValue& value) = 0;  // false: no more
};

// Gives `sink` what `event` has of `field`: nothing where it has none (no such argument, no
// container), several for paths and for arrays of strings. With `words` a number that has words
// ("O_RDONLY|O_CLOEXEC") is given a second time, as them. `scratch` is where words are made.
// kEvent gives the name, kSet each set's, kContainer the name, the id or nothing.
void visit_values(const Field& field, const Event& event, bool words, OutputBuffer& scratch,
                  ValueSink& sink);

}  // namespace ctrace
