// Small files of our own, read and written at once. They block for well under a millisecond. Threads: any.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace fairway {

// Mode 0600, whole or not at all.
[[nodiscard]] Result<> write_private_file(const std::string& path, std::string_view content);
// The same for a script, mode 0700: at no instant is it there and cannot be run.
[[nodiscard]] Result<> write_private_script(const std::string& path, std::string_view content);
// Error: not_found, denied.
[[nodiscard]] Result<std::string> read_whole_file(const std::string& path);

}  // namespace fairway
