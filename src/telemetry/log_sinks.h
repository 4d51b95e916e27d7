// Where the log goes: JSON, one object a line, or text for people; to a stream, standard error or a file.
//
//   {"ts":"2026-11-22T21:42:06.123456Z","level":"info","role":"cloud","message":"listener bound","port":"9696"}
//   21:42:06.123 info  cloud  listener bound  port=9696
//
// Threads: any. Every line is written whole and flushed. Keys that a line itself has ("ts", …) are kept for it: a
// field of that name appears as "field_ts".
#pragma once

#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "telemetry/log.h"

namespace fairway {

enum class LogFormat { json, human };

struct LogConfig {
  LogFormat format = LogFormat::json;
  LogLevel level = LogLevel::info;  // lines below it are dropped
  std::string role;                 // which of the processes speaks: "cloud", "gateway"
  std::string file;                 // appended to, made with mode 0640; empty: standard error
};

// Text for people is coloured only when standard error is a terminal. Error: the file cannot be opened.
[[nodiscard]] Result<std::unique_ptr<Log>> make_log(const LogConfig& config, const Clock& clock = system_clock());
// To a stream that outlives the log; `config.file` is not looked at. Never coloured.
[[nodiscard]] std::unique_ptr<Log> make_log(const LogConfig& config, std::ostream& stream,
                                            const Clock& clock = system_clock());

[[nodiscard]] std::string_view name(LogLevel level);
[[nodiscard]] std::optional<LogLevel> parse_log_level(std::string_view text);    // "debug", "info", "warn", "error"
[[nodiscard]] std::optional<LogFormat> parse_log_format(std::string_view text);  // "json", "human"

}  // namespace fairway
