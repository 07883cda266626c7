#include "format/options/option_table.h"

#include <algorithm>
#include <boost/program_options.hpp>

namespace ctrace {
namespace {

namespace po = boost::program_options;

constexpr size_t kHelpColumn = 30, kHelpWidth = 96;

const OptionRow* find_row(const ProgramOptions& options, std::string_view name) {
  for (const OptionGroup& group : options.groups) {
    for (const OptionRow& row : group.rows) {
      if (row.name == name || row.alias == name) return &row;
    }
  }
  return nullptr;
}

po::options_description describe(const ProgramOptions& options) {
  po::options_description described;
  const auto add = [&described](const std::string& name, const OptionRow& row) {
    if (!takes_value(row)) {
      described.add_options()(name.c_str(), "");
    } else {
      described.add_options()(name.c_str(), po::value<std::string>(), "");
    }
  };
  for (const OptionGroup& group : options.groups) {
    for (const OptionRow& row : group.rows) {
      // "event,e" is Boost's word for a long name and its letter; a long alias is one more option.
      const std::string name(row.name), alias(row.alias);
      add(alias.size() == 1 ? name + "," + alias : name, row);
      if (alias.size() > 1) add(alias, row);
    }
  }
  return described;
}

unexpected usage_error(const std::string& text) {
  return unexpected(Error::Kind::kUsage, text + " (try --help)");
}

// Boost's exceptions end here.
Result<std::vector<po::option>> parse_words(const ProgramOptions& options,
                                            const std::vector<std::string>& words) {
  namespace style = po::command_line_style;
  try {
    const po::options_description described = describe(options);
    po::command_line_parser parser(words);
    parser.options(described).style(style::unix_style & ~style::allow_guessing);
    return parser.run().options;
  } catch (const po::unknown_option& error) {
    const std::string name = error.get_option_name();
    return usage_error("unknown option '" + name.substr(0, name.find('=')) + "'");
  } catch (const po::invalid_command_line_syntax& error) {
    const std::string option = "option '" + error.get_option_name() + "'";
    switch (error.kind()) {
      case po::invalid_syntax::extra_parameter:
        return usage_error(option + " takes no value");
      case po::invalid_syntax::missing_parameter:
      case po::invalid_syntax::empty_adjacent_parameter:
        return usage_error(option + " needs a value");
      default:
        return usage_error(error.what());
    }
  } catch (const po::error& error) {
    return usage_error(error.what());
  }
}

// Appends `text`, wrapped between kHelpColumn and kHelpWidth. The first line goes on the line that
// `help` ends with.
void append_wrapped(std::string_view text, size_t column, std::string& help) {
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    if (column < kHelpColumn) {
      help.append(kHelpColumn - column, ' ');
      column = kHelpColumn;
    } else if (column + 1 + word.size() > kHelpWidth) {
      help += '\n';
      help.append(kHelpColumn, ' ');
      column = kHelpColumn;
    } else {
      help += ' ';
      ++column;
    }
    help += word;
    column += word.size();
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  help += '\n';
}

void append_row(const OptionRow& row, std::string& help) {
  std::string spelled = "  --" + std::string(row.name);
  if (!row.alias.empty()) spelled += row.alias.size() == 1 ? ", -" : ", --";
  spelled += row.alias;
  if (!row.value.empty()) spelled += " ";
  spelled += row.value;
  help += spelled;
  size_t column = spelled.size();
  if (column + 2 > kHelpColumn) {
    help += '\n';
    column = 0;
  }
  append_wrapped(row.help, column, help);
}

void append_usage(const ProgramOptions& options, std::string& help) {
  for (std::string_view left = options.usage; !left.empty();) {
    const std::string_view line = left.substr(0, left.find('\n'));
    help += "  ";
    help += options.program;
    help += ' ';
    help += line;
    help += '\n';
    left.remove_prefix(std::min(line.size() + 1, left.size()));
  }
}

}  // namespace

bool takes_value(const OptionRow& row) { return !row.value.empty() && row.value[0] != '['; }

std::vector<std::string> words_of(int argc, char** argv) {
  return argc < 1 ? std::vector<std::string>() : std::vector<std::string>(argv + 1, argv + argc);
}

std::vector<std::string> take_command(std::vector<std::string>& words) {
  const auto dashes = std::find(words.begin(), words.end(), "--");
  if (dashes == words.end()) return {};
  std::vector<std::string> command(dashes + 1, words.end());
  words.erase(dashes, words.end());
  return command;
}

Result<std::vector<GivenOption>> given_options(const ProgramOptions& options,
                                               const std::vector<std::string>& words) {
  auto parsed = parse_words(options, words);
  if (!parsed) return unexpected(parsed.error());
  std::vector<GivenOption> given;
  for (const po::option& option : *parsed) {
    const OptionRow* row =
        option.position_key >= 0 ? nullptr : find_row(options, option.string_key);
    if (!row) continue;
    given.push_back({std::string(row->name), option.value.empty() ? "" : option.value.front()});
  }
  return given;
}

Result<std::vector<std::string>> parse_options(const ProgramOptions& options,
                                               const std::vector<std::string>& words) {
  auto parsed = parse_words(options, words);
  if (!parsed) return unexpected(parsed.error());
  std::vector<std::string> others;
  for (const po::option& option : *parsed) {
    const OptionRow* row =
        option.position_key >= 0 ? nullptr : find_row(options, option.string_key);
    if (row == nullptr) {
      others.insert(others.end(), option.value.begin(), option.value.end());
      continue;
    }
    const std::string value = option.value.empty() ? "" : option.value.front();
    if (value.empty() && takes_value(*row)) {
      return usage_error("option '--" + std::string(row->name) + "' needs a value");
    }
    if (auto taken = row->take(value); !taken) return unexpected(taken.error());
  }
  return others;
}

std::string help_text(const ProgramOptions& options) {
  std::string help = "NAME\n  ";
  help.append(options.program).append(" - ").append(options.purpose).append("\n\nUSAGE\n");
  append_usage(options, help);
  for (const OptionGroup& group : options.groups) {
    help.append("\n").append(group.title).append("\n");
    for (const OptionRow& row : group.rows) append_row(row, help);
  }
  if (!options.notes.empty()) help.append("\n").append(options.notes).append("\n");
  if (!options.examples.empty()) help.append("\nEXAMPLES\n").append(options.examples).append("\n");
  return help;
}

}  // namespace ctrace
