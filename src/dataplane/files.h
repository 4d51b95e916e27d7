// Small files that another process reads or that we read again after a restart. They block for well under a
// millisecond unless `durable`.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace fairway::dataplane {

// The whole file or the one before, never half of it. durable: also after a power cut.
[[nodiscard]] Result<> write_file(const std::string& path, std::string_view text, bool durable = false);
// At the end of the file, which is made when there is none.
[[nodiscard]] Result<> append_file(const std::string& path, std::string_view text);
// Error: not_found.
[[nodiscard]] Result<std::string> read_file(const std::string& path);
// With its parents. mode is that of the last; parents that are missing get 0755.
[[nodiscard]] Result<> make_directory(const std::string& path, unsigned mode);

}  // namespace fairway::dataplane
