// Folders as arguments: each stands for the files in it.
#pragma once

#include "analyze/subcommand.h"
#include "format/base/result.h"

namespace ctrace {

// `words` with every folder among them replaced by its regular files, in the order of their names;
// hidden ones, and folders in it, are left out. An empty folder is an error.
Result<Words> expand_folders(const Words& words);

}  // namespace ctrace
