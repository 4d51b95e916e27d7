#include "cloud/network/subnets.h"

#include <gtest/gtest.h>

namespace fairway::cloud {
namespace {

std::string pools(std::string_view cidr, std::optional<std::string> gateway) {
  std::string text;
  for (const auto& pool : default_pools(net::Prefix::parse(cidr).value(), gateway))
    text += fmt::format("{}-{} ", pool.start, pool.end);
  return text;
}

TEST(Subnets, DefaultPoolsLeaveOutWhatHostsCannotHave) {
  struct Case {
    const char* cidr;
    const char* gateway;  // empty: none
    const char* pools;
  };
  for (const auto& c : std::vector<Case>{
           {"10.0.0.0/24", "10.0.0.1", "10.0.0.2-10.0.0.254 "},
           {"10.0.0.0/24", "10.0.0.254", "10.0.0.1-10.0.0.253 "},
           {"10.0.0.0/24", "10.0.0.7", "10.0.0.1-10.0.0.6 10.0.0.8-10.0.0.254 "},
           {"10.0.0.0/24", "", "10.0.0.1-10.0.0.254 "},
           {"10.0.0.0/30", "10.0.0.1", "10.0.0.2-10.0.0.2 "},
           {"10.0.0.0/31", "", "10.0.0.0-10.0.0.1 "},
           {"10.0.0.5/32", "", "10.0.0.5-10.0.0.5 "},
           {"2001:db8::/64", "2001:db8::1", "2001:db8::2-2001:db8::ffff:ffff:ffff:ffff "},
           {"2001:db8::/64", "2001:db8::ffff:0:0:0",
            "2001:db8::1-2001:db8::fffe:ffff:ffff:ffff 2001:db8::ffff:0:0:1-2001:db8::ffff:ffff:ffff:ffff "}}) {
    const std::string gateway = c.gateway;
    EXPECT_EQ(pools(c.cidr, gateway.empty() ? std::nullopt : std::optional(gateway)), c.pools)
        << c.cidr << " " << gateway;
  }
  EXPECT_EQ(default_gateway(net::Prefix::parse("10.0.0.0/24").value()), "10.0.0.1");
  EXPECT_EQ(default_gateway(net::Prefix::parse("2001:db8::/64").value()), "2001:db8::1");
}

}  // namespace
}  // namespace fairway::cloud
