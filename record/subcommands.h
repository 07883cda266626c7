// What ctrace-record does besides recording: `ctrace-record WORD ...`.
#pragma once

#include <string>
#include <vector>

namespace ctrace {

// `words` is what stood after the subcommand's name. Returns the exit status; errors are told.
int run_config(const std::vector<std::string>& words);  // show and change the configuration files
int run_hook(const std::vector<std::string>& words);    // record a container for its OCI runtime
int run_ls(const std::vector<std::string>& words);      // list the containers that run

}  // namespace ctrace
