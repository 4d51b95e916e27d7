#include "app/network_setup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fairway::app {
namespace {

using ::testing::HasSubstr;

struct NetworksCase {
  const char* public_cidr;
  const char* public_pool;
  const char* private_cidr;
  const char* complaint;  // "": none
};

TEST(CheckNetworks, SaysWhichOptionIsWrongBeforeAnythingIsStarted) {
  constexpr std::array kTable{
      NetworksCase{"172.24.4.0/24", "", "10.0.0.0/24", ""},
      NetworksCase{"172.24.4.0/28", "", "10.0.0.0/24", ""},
      NetworksCase{"172.24.4.0/24", "172.24.4.9-172.24.4.9", "10.0.0.0/24", ""},
      NetworksCase{"172.24.4.0", "", "10.0.0.0/24", "--public-cidr: 172.24.4.0 is no IPv4 network of a /28"},
      NetworksCase{"172.24.4.0/29", "", "10.0.0.0/24", "--public-cidr: 172.24.4.0/29 is no IPv4 network of a /28"},
      NetworksCase{"172.24.4.0/24", "", "fd00::/64", "--private-cidr: fd00::/64 is no IPv4 network"},
      NetworksCase{"172.24.4.0/24", "172.24.4.9", "10.0.0.0/24", "--public-pool: 172.24.4.9 is no pool: give FIRST-"},
      NetworksCase{"172.24.4.0/24", "172.24.4.9-172.24.4.8", "10.0.0.0/24", "is no pool"},
      NetworksCase{"172.24.4.0/24", "10.9.9.1-10.9.9.2", "10.0.0.0/24", "does not lie in the public network"},
      NetworksCase{"10.0.0.0/16", "", "10.0.0.0/24", "--public-cidr 10.0.0.0/16 and --private-cidr 10.0.0.0/24 ov"},
  };
  for (const auto& row : kTable) {
    UpOptions options;
    options.public_cidr = row.public_cidr;
    options.public_pool = row.public_pool;
    options.private_cidr = row.private_cidr;
    const auto checked = check_networks(options);
    if (*row.complaint == 0) {
      EXPECT_TRUE(checked) << checked.error().what;
      continue;
    }
    ASSERT_FALSE(checked) << row.complaint;
    EXPECT_THAT(checked.error().what, HasSubstr(row.complaint));
    EXPECT_EQ(checked.error().code, Errc::invalid);
  }
}

}  // namespace
}  // namespace fairway::app
