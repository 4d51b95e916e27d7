#include "lab/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lab/hosts.h"
#include "lab/probes.h"
#include "lab/sandbox.h"

namespace fairway::lab {
namespace {

TEST(Publish, NeedsALoopbackAddressAndAService) {
  const auto good = parse_publish("127.0.0.1:8080=default/nginxservice:80");
  ASSERT_TRUE(good);
  EXPECT_EQ(good->bind, "127.0.0.1");
  EXPECT_EQ(good->port, 8080);
  EXPECT_EQ(good->service, "default/nginxservice");
  EXPECT_EQ(good->service_port, 80);
  for (const char* text : {"8080", "127.0.0.1:8080", "127.0.0.1=default/web:80", "0.0.0.0:8080=default/web:80",
                           "127.0.0.1:0=default/web:80", "127.0.0.1:8080=web:80", "127.0.0.1:8080=default/web:70000"})
    EXPECT_EQ(parse_publish(text).error().code, Errc::invalid) << text;
}

TEST(PodNetworks, AreOneAfterTheOther) {
  const auto cluster = net::Prefix::parse("10.100.0.0/16").value();
  EXPECT_EQ(node_pod_network(cluster, 0).text(), "10.100.0.0/24");
  EXPECT_EQ(node_pod_network(cluster, 2).text(), "10.100.2.0/24");
}

TEST(PodAddresses, AreGivenFromTheFirstFreeOne) {
  EXPECT_EQ(free_pod_address("10.100.1.0/24", {}), "10.100.1.2");
  EXPECT_EQ(free_pod_address("10.100.1.0/24", {"10.100.1.2", "10.100.1.4"}), "10.100.1.3");
  std::vector<std::string> all;
  while (const auto next = free_pod_address("10.100.1.0/24", all)) all.push_back(*next);
  EXPECT_EQ(all.size(), 253U);
}

// "+-" : one success, one failure; the verdict after each.
std::string verdicts(ProbeTiming timing, bool at_first, std::string_view tries) {
  ProbeVerdict verdict(timing, at_first);
  std::string out;
  for (const char one : tries) {
    verdict.note(one == '+');
    out += verdict.good() ? 'R' : '.';
  }
  return out;
}

TEST(Probes, ChangeTheirMindAfterARow) {
  EXPECT_EQ(verdicts({}, false, "--+--+---+"), "..RRRRRR.R");
  EXPECT_EQ(verdicts({.success_threshold = 2}, false, "+-++-"), "...RR");
  EXPECT_EQ(verdicts({.failure_threshold = 1}, true, "-+"), ".R");
}

}  // namespace
}  // namespace fairway::lab
