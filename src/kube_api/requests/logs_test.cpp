#include "kube_api/requests/logs.h"

#include "kube_api/object/times.h"

namespace fairway::kube_api {
namespace {

TEST(Logs, AreReadInBothForms) {
  const std::string_view text =
      "2026-01-01T00:00:00.5Z stdout F first\nraw line\n2026-01-01T00:00:09Z stderr P par\n2026-01-01T00:00:09Z "
      "stderr F tial\n";
  EXPECT_EQ(select_log(text, {}, {}), "first\nraw line\npartial\n");
  EXPECT_EQ(select_log(text, {.timestamps = true, .tail_lines = 1}, {}), "2026-01-01T00:00:09Z tial\n");
  EXPECT_EQ(select_log(text, {.since = parse_time("2026-01-01T00:00:05Z")}, {}), "raw line\npartial\n");
  EXPECT_EQ(select_log(text, {.limit_bytes = 3}, {}), "fir");
}

}  // namespace
}  // namespace fairway::kube_api
