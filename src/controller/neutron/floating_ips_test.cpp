#include "controller/neutron/floating_ips.h"

#include <gtest/gtest.h>

namespace fairway::controller::neutron {
namespace {

struct AddressRow {
  const char* name;
  bool wanted, asked;
  std::string at_port;    // "", "ours", "theirs"
  std::string candidate;  // "", "free", "free ours", "busy"
  AddressAction action;
};

TEST(Address, IsDecidedByATable) {
  using enum AddressAction;
  const FloatingIpWish base{.wanted = true, .description = "mine"};
  for (const auto& row : std::vector<AddressRow>{
           {"internal, nothing there", false, false, "", "", none},
           {"internal, a person's", false, false, "theirs", "", none},
           {"internal, ours", false, false, "ours", "", release},
           {"any, ours", true, false, "ours", "", nothing},
           {"any, a person's", true, false, "theirs", "", nothing},
           {"any, none", true, false, "", "", create},
           {"any, the former one is free", true, false, "", "free ours", associate},
           {"any, the former one is not ours", true, false, "", "free", create},
           {"any, the former one is busy", true, false, "", "busy", create},
           {"asked for and free", true, true, "", "free", associate},
           {"asked for and busy", true, true, "", "busy", in_use},
           {"asked for and unknown", true, true, "", "", create},
           {"asked for, another of ours is there", true, true, "ours", "free", associate},
       }) {
    auto wish = base;
    wish.wanted = row.wanted;
    if (row.asked) wish.address = "9.9.9.9";
    const FloatingIp at_port{
        .id = "a", .address = "1.1.1.1", .port_id = "p", .description = row.at_port == "ours" ? "mine" : "other"};
    const FloatingIp candidate{.id = "c",
                               .address = "9.9.9.9",
                               .port_id = row.candidate == "busy" ? "q" : "",
                               .description = row.candidate == "free ours" ? "mine" : "other"};
    const auto decision = decide_address(wish, row.at_port.empty() ? nullptr : &at_port,
                                         row.candidate.empty() ? nullptr : &candidate, row.asked);
    EXPECT_EQ(decision.action, row.action) << row.name;
  }
}

}  // namespace
}  // namespace fairway::controller::neutron
