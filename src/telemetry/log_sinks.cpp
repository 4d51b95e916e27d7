#include "telemetry/log_sinks.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/ostream_sink.h>

namespace fairway {
namespace {

constexpr std::array<std::string_view, 4> level_names{"debug", "info", "warn", "error"};

// How many bytes of well-formed UTF-8 begin here; 0 when none do (RFC 3629).
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xc0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf && follows(1)) return 2;
  const bool three = first >= 0xe0 && first <= 0xef && follows(1) && follows(2);
  if (three && !(first == 0xe0 && byte(1) < 0xa0) && !(first == 0xed && byte(1) > 0x9f)) return 3;
  const bool four = first >= 0xf0 && first <= 0xf4 && follows(1) && follows(2) && follows(3);
  if (four && !(first == 0xf0 && byte(1) < 0x90) && !(first == 0xf4 && byte(1) > 0x8f)) return 4;
  return 0;
}

// A JSON string, whatever bytes a peer made us log: what is no UTF-8 becomes U+FFFD.
void append_json(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const auto c = static_cast<unsigned char>(text[0]);
    if (length == 0) {
      out += "\\ufffd";
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += text[0];
    } else if (c < 0x20 || c == 0x7f) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  out += '"';
}

void append_json_field(std::string& out, std::string_view key, std::string_view value) {
  if (out.size() > 1) out += ',';
  append_json(out, key);
  out += ':';
  append_json(out, value);
}

// A field as a person reads it: quoted when it would not stand alone. Control bytes never reach a terminal.
void append_plain(std::string& out, std::string_view value) {
  const auto odd = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '"' || c == '='; };
  if (!value.empty() && std::ranges::none_of(value, odd)) {
    out += value;
  } else {
    append_json(out, value);
  }
}

struct Line {
  LogLevel level;
  std::string_view message;
  std::initializer_list<LogField> fields;
};

std::string as_json(std::string_view time, std::string_view role, const Line& line) {
  std::string out = "{";
  append_json_field(out, "ts", time);
  append_json_field(out, "level", name(line.level));
  append_json_field(out, "role", role);
  append_json_field(out, "message", line.message);
  for (const auto& [key, value] : line.fields) {
    const bool ours = key == "ts" || key == "level" || key == "role" || key == "message";
    append_json_field(out, ours ? "field_" + std::string(key) : std::string(key), value);
  }
  out += '}';
  return out;
}

std::string as_text(std::string_view time, std::string_view role, const Line& line) {
  // "2026-11-22T21:42:06.123456Z" -> "21:42:06.123"
  std::string out = fmt::format("{} {:<5} {}  {}", time.substr(11, 12), name(line.level), role, line.message);
  for (const auto& [key, value] : line.fields) {
    out += fmt::format("{}{}=", &key == &line.fields.begin()->key ? "  " : " ", key);
    append_plain(out, value);
  }
  return out;
}

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warn:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

class SpdlogLog final : public Log {
 public:
  SpdlogLog(LogConfig config, spdlog::sink_ptr sink, std::string pattern, const Clock& clock)
      : config_(std::move(config)), clock_(clock), logger_(config_.role, std::move(sink)) {
    logger_.set_level(to_spdlog(config_.level));
    logger_.set_pattern(std::move(pattern));
    logger_.flush_on(spdlog::level::trace);
  }

  void write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) override {
    if (level < config_.level) return;
    const std::string time = to_iso8601(clock_.wall(), Stamp::micros_z);
    const Line line{level, message, fields};
    logger_.log(to_spdlog(level), config_.format == LogFormat::json ? as_json(time, config_.role, line)
                                                                    : as_text(time, config_.role, line));
  }

 private:
  LogConfig config_;
  const Clock& clock_;
  spdlog::logger logger_;
};

// spdlog makes the file with the umask's mode and throws; we want 0640 and a Result, so it finds the file made.
Result<> make_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  if (file < 0) return fail_errno("open the log file " + path, errno);
  ::close(file);
  return {};
}

}  // namespace

Result<std::unique_ptr<Log>> make_log(const LogConfig& config, const Clock& clock) {
  if (!config.file.empty()) {
    FW_TRY_DO(make_file(config.file));
    auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(config.file);
    return std::make_unique<SpdlogLog>(config, std::move(sink), "%v", clock);
  }
  // The sink colours what stands between %^ and %$, by level, when standard error is a terminal.
  auto sink = std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>();
  return std::make_unique<SpdlogLog>(config, std::move(sink), config.format == LogFormat::human ? "%^%v%$" : "%v",
                                     clock);
}

std::unique_ptr<Log> make_log(const LogConfig& config, std::ostream& stream, const Clock& clock) {
  auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(stream);
  return std::make_unique<SpdlogLog>(config, std::move(sink), "%v", clock);
}

std::string_view name(LogLevel level) { return level_names.at(static_cast<std::size_t>(level)); }

std::optional<LogLevel> parse_log_level(std::string_view text) {
  const auto at = std::ranges::find(level_names, text);
  if (at == level_names.end()) return std::nullopt;
  return static_cast<LogLevel>(at - level_names.begin());
}

std::optional<LogFormat> parse_log_format(std::string_view text) {
  if (text == "json") return LogFormat::json;
  if (text == "human") return LogFormat::human;
  return std::nullopt;
}

}  // namespace fairway
