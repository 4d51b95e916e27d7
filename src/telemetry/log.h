// The structured log: a constant message and fields; what varies is a field, never the message.
//
//   error  a person must act          warn  degraded, and counted somewhere
//   info   a state changed            debug for ourselves
//
// Threads: any. Secrets are never fields: types that hold them have no conversion to text.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace fairway {

enum class LogLevel { debug, info, warn, error };

struct LogField {
  std::string_view key;
  std::string value;
};

class Log {
 public:
  virtual ~Log() = default;
  virtual void write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) = 0;

  void debug(std::string_view message, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::debug, message, fields);
  }
  void info(std::string_view message, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::info, message, fields);
  }
  void warn(std::string_view message, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::warn, message, fields);
  }
  void error(std::string_view message, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::error, message, fields);
  }
};

}  // namespace fairway
