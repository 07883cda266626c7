// Options from files, for those that a command line does not give.
//
//   # /etc/ctrace.conf, then $XDG_CONFIG_HOME/ctrace/ctrace.conf, then --config FILE
//   format = json
//   failed = true              a flag: true, yes, on, 1; or false, no, off, 0
//   [record]
//   buffer-size = 64M
//   exclude-comm = runc,sh     several lines of one key are several options
//
// Keys are long option names. What stands before the first section holds for every program that has
// such an option, [record] and [replay] for one. A later file's key replaces an earlier one's, a
// section's key the general one, an option of the command line all of them; lists do not add up.
// `--config none` reads no file. A # begins a comment anywhere.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "format/options/option_table.h"

namespace ctrace {

struct ConfigPlaces {
  std::string system, user;  // empty: there is none; a file that is not there is no error
};
ConfigPlaces config_places();  // by the environment: XDG_CONFIG_HOME, HOME

// --config FILE. Its value is taken by parse_options_with_config() itself.
OptionGroup config_options();

// parse_options(), with the files' values for what `words` do not say. `section` is the program's:
// "replay".
Result<std::vector<std::string>> parse_options_with_config(
    const ProgramOptions& options, const std::vector<std::string>& words, std::string_view section,
    const ConfigPlaces& places = config_places());

// For `ctrace-record config`. `key` is "format" or "record.buffer-size". The file is replaced as a
// whole or not at all; comments and order stay; its folder is made when it is missing.
Result<void> set_config(const std::string& path, std::string_view key, std::string_view value);
// Removing a key that is not there is an error.
Result<void> unset_config(const std::string& path, std::string_view key);
// Is there such an option, and does it take this value? (The option takes it, so pass a table that
// is not used for anything else.)
Result<void> check_config(const ProgramOptions& options, std::string_view section,
                          std::string_view key, const std::string& value);

}  // namespace ctrace
