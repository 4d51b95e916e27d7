#include "telemetry/metrics.h"

#include <gtest/gtest.h>

namespace fairway {
namespace {

TEST(Metrics, RendersTheTextFormatInOrderOfNames) {
  Metrics metrics;
  metrics.counter("b_total", "Things\nseen.", {{"code", "2xx"}}).add(3);
  metrics.gauge("a_open", "Open now.").set(1.5);
  auto& histogram = metrics.histogram("c_seconds", "Took.", {0.1, 1}, {{"name", "say \"x\""}});
  histogram.observe(0.1);  // a bound is inclusive
  histogram.observe(0.5);
  histogram.observe(4);
  EXPECT_EQ(metrics.to_prometheus(),
            "# HELP a_open Open now.\n# TYPE a_open gauge\na_open 1.5\n"
            "# HELP b_total Things\\nseen.\n# TYPE b_total counter\nb_total{code=\"2xx\"} 3\n"
            "# HELP c_seconds Took.\n# TYPE c_seconds histogram\n"
            "c_seconds_bucket{name=\"say \\\"x\\\"\",le=\"0.1\"} 1\n"
            "c_seconds_bucket{name=\"say \\\"x\\\"\",le=\"1\"} 2\n"
            "c_seconds_bucket{name=\"say \\\"x\\\"\",le=\"+Inf\"} 3\n"
            "c_seconds_sum{name=\"say \\\"x\\\"\"} 4.6\n"
            "c_seconds_count{name=\"say \\\"x\\\"\"} 3\n");
}

TEST(Metrics, TheSameNameAndLabelsGiveTheSameInstrument) {
  Metrics metrics;
  EXPECT_EQ(&metrics.counter("a", ""), &metrics.counter("a", ""));
  EXPECT_NE(&metrics.counter("a", ""), &metrics.counter("a", "", {{"x", "y"}}));
}

TEST(MetricsDeathTest, ANameIsOfOneKindOnly) {
  Metrics metrics;
  (void)metrics.counter("a", "");
  EXPECT_DEATH((void)metrics.gauge("a", ""), "kind");
}

}  // namespace
}  // namespace fairway
