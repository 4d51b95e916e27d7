#include "telemetry/log_sinks.h"

#include <sstream>

#include <gtest/gtest.h>

#include "testing/env.h"

namespace fairway {
namespace {

class LogSinks : public ::testing::Test {
 protected:
  std::string written(const LogConfig& config, LogLevel level, std::string_view message,
                      std::initializer_list<LogField> fields) {
    std::ostringstream stream;
    const auto log = make_log(config, stream, clock_);
    log->write(level, message, fields);
    return stream.str();
  }
  testing::ManualClock clock_;
};

TEST_F(LogSinks, JsonIsOneObjectALine) {
  EXPECT_EQ(written({.role = "cloud"}, LogLevel::warn, "peer spoke badly",
                    {{"bytes", "a\"b\\\n\xff\xc3\xa4"}, {"role", "x"}}),
            R"({"ts":"2026-01-01T00:00:00.000000Z","level":"warn","role":"cloud","message":"peer spoke badly",)"
            "\"bytes\":\"a\\\"b\\\\\\u000a\\ufffd\xc3\xa4\",\"field_role\":\"x\"}\n");
}

TEST_F(LogSinks, HumanLinesQuoteOnlyWhatNeedsIt) {
  EXPECT_EQ(written({.format = LogFormat::human, .role = "lab"}, LogLevel::info, "pod started",
                    {{"pod", "web-1"}, {"why", "two words"}, {"empty", ""}}),
            "00:00:00.000 info  lab  pod started  pod=web-1 why=\"two words\" empty=\"\"\n");
}

TEST_F(LogSinks, LinesBelowTheLevelAreDropped) {
  EXPECT_EQ(written({.level = LogLevel::warn}, LogLevel::info, "quiet", {}), "");
}

TEST_F(LogSinks, AFileThatCannotBeOpenedIsAnErrorThatNamesIt) {
  const auto log = make_log({.file = "/nonexistent/x.log"}, clock_);
  ASSERT_FALSE(log.has_value());
  EXPECT_NE(log.error().what.find("/nonexistent/x.log"), std::string::npos);
}

TEST(LogNames, AreReadAndWritten) {
  EXPECT_EQ(parse_log_level("warn"), LogLevel::warn);
  EXPECT_EQ(parse_log_level("WARN"), std::nullopt);
  EXPECT_EQ(name(LogLevel::error), "error");
  EXPECT_EQ(parse_log_format("human"), LogFormat::human);
  EXPECT_EQ(parse_log_format("xml"), std::nullopt);
}

}  // namespace
}  // namespace fairway
