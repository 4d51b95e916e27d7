// nftables by libnftables, inside a namespace. One call is one transaction of the kernel: all of it or nothing.
#pragma once

#include <string>

#include "base/result.h"

namespace fairway::net {

// `commands` in nft(8)'s own language. Errors carry nft's message. Blocks for about 0.1 ms plus 1 ms for 200
// elements.
[[nodiscard]] Result<> run_nft(const std::string& ns, const std::string& commands);
// As run_nft, and returns what nft printed (lists, counters; JSON where asked for).
[[nodiscard]] Result<std::string> query_nft(const std::string& ns, const std::string& commands, bool as_json = false);

// Closes what is kept open for the namespace (an open context keeps a namespace alive after its removal).
// remove_namespace() does this by itself.
void forget_nft(const std::string& ns);

}  // namespace fairway::net
