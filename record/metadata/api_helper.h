// The process that speaks to APIs of engines, for EngineApi: gets "ENGINE ID", gives "ID DOCUMENT",
// a message each, on a socket of SOCK_SEQPACKET.
#pragma once

#include <cstddef>
#include <vector>

#include "record/metadata/engine_api.h"

namespace ctrace {

// A longer answer is none.
constexpr size_t kMaxApiAnswer = 160u << 10;

// Whether libcurl was there when this was built and this program can load one.
bool can_serve_api();
// Until the other end is closed. Closes all other descriptors.
[[noreturn]] void serve_api(int channel, const std::vector<ApiSocket>& sockets);

}  // namespace ctrace
