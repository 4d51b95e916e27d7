#include "pod_logs/pod_logs.h"

#include <fstream>

#include <gtest/gtest.h>
#include <boost/asio/detached.hpp>

#include "base/rfc3339.h"
#include "json/value.h"
#include "testing/env.h"
#include "testing/temporary_folder.h"

namespace fairway::pod_logs {
namespace {

using namespace std::chrono_literals;

json::Object pod_with(std::string_view status) {
  return json::parse(fmt::format(R"({{"metadata":{{"name":"web"}},"status":{}}})", status)).value().get_object();
}

class KeptStream final : public http::BodyWriter {
 public:
  Task<Result<>> write(std::string_view bytes) override {
    text += bytes;
    co_return Result<>{};
  }
  [[nodiscard]] bool closed() const override { return gone; }
  void on_closed(std::function<void()>) override {}

  std::string text;
  bool gone = false;
};

TEST(PodLogs, AreReadInBothForms) {
  const std::string_view text =
      "2026-01-01T00:00:00.5Z stdout F first\nraw line\n2026-01-01T00:00:09Z stderr P par\n2026-01-01T00:00:09Z "
      "stderr F tial\n";
  EXPECT_EQ(select_log(text, {}, {}), "first\nraw line\npartial\n");
  EXPECT_EQ(select_log(text, {.timestamps = true, .tail_lines = 1}, {}), "2026-01-01T00:00:09Z tial\n");
  EXPECT_EQ(select_log(text, {.since = parse_rfc3339("2026-01-01T00:00:05Z")}, {}), "raw line\npartial\n");
  EXPECT_EQ(select_log(text, {.limit_bytes = 3}, {}), "fir");
}

TEST(PodLogs, OptionsAreThoseOfTheQuery) {
  const WallTime now = parse_rfc3339("2026-01-01T00:01:00Z").value();
  const auto all = read_log_options(
      http::Query::parse("follow=true&timestamps=true&tailLines=3&limitBytes=9&sinceSeconds=60&stream=All"), now);
  EXPECT_TRUE(all.follow && all.timestamps && !all.previous);
  EXPECT_EQ(all.tail_lines, 3);
  EXPECT_EQ(all.limit_bytes, 9);
  EXPECT_EQ(all.since, parse_rfc3339("2026-01-01T00:00:00Z"));
  const auto none = read_log_options(http::Query::parse("tailLines=many&previous=true"), now);
  EXPECT_TRUE(none.previous && !none.follow && !none.tail_lines && !none.since);
}

TEST(PodLogs, GrowWhileTheContainerMayRun) {
  EXPECT_TRUE(log_may_grow(pod_with("{}"), "web"));
  EXPECT_FALSE(log_may_grow(pod_with(R"({"phase":"Succeeded"})"), "web"));
  const auto ended = pod_with(R"({"containerStatuses":[{"name":"web","state":{"terminated":{}}},{"name":"b"}]})");
  EXPECT_FALSE(log_may_grow(ended, "web"));
  EXPECT_TRUE(log_may_grow(ended, "b"));
}

TEST(PodLogs, AMissingOneIsExplainedInAKubeletsWords) {
  EXPECT_EQ(why_no_log(pod_with("{}"), "c", false),
            R"(container "c" in pod "web" is waiting to start: ContainerCreating)");
  EXPECT_EQ(why_no_log(pod_with("{}"), "c", true), R"(previous terminated container "c" in pod "web" not found)");
  const auto pulling =
      pod_with(R"({"containerStatuses":[{"name":"c","state":{"waiting":{"reason":"ErrImagePull"}}}]})");
  EXPECT_EQ(why_no_log(pulling, "c", false),
            R"(container "c" in pod "web" is waiting to start: trying and failing to pull image)");
}

TEST(PodLogs, OfAPodStandInAFolderByItsRestarts) {
  const testing::TemporaryFolder folder;
  EXPECT_EQ(newest_log_file(folder.file(""), false), std::nullopt);
  for (const char* name : {"9.log", "10.log", "note.txt"}) std::ofstream(folder.file(name)) << name;
  const auto newest = newest_log_file(folder.file(""), false);
  ASSERT_TRUE(newest);
  EXPECT_TRUE(newest->ends_with("/10.log"));
  EXPECT_TRUE(newest_log_file(folder.file(""), true)->ends_with("/9.log"));
}

TEST(PodLogs, AreFollowedLineByLineToTheContainersEnd) {
  const testing::TemporaryFolder folder;
  std::ofstream log(folder.file("0.log"));
  log << "one\ntwo\nhal" << std::flush;
  testing::TestEnv test;
  bool runs = true;
  auto answer = log_answer(test.env, folder.file("0.log"), {.follow = true, .tail_lines = 1}, [&] { return runs; });
  KeptStream stream;
  boost::asio::io_context context;
  bool ended = false;
  boost::asio::co_spawn(context, answer.stream(stream), [&](const std::exception_ptr&) { ended = true; });
  context.poll();
  EXPECT_EQ(stream.text, "two\n");
  log << "f\nlast" << std::flush;
  test.timers.advance(1s);
  context.restart();
  context.poll();
  EXPECT_EQ(stream.text, "two\nhalf\n");
  runs = false;
  test.timers.advance(1s);
  context.restart();
  context.poll();
  EXPECT_EQ(stream.text, "two\nhalf\nlast");
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace fairway::pod_logs
