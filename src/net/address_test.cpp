#include "net/address.h"

#include <gtest/gtest.h>

namespace fairway::net {
namespace {

Address address(std::string_view text) { return Address::parse(text).value(); }
Prefix prefix(std::string_view text) { return Prefix::parse(text).value(); }

TEST(Address, TextRoundTrips) {
  for (const std::string text :
       {"0.0.0.0", "10.0.0.5", "255.255.255.255", "::", "::1", "2001:db8:33::33", "fe80::1"}) {
    const auto parsed = Address::parse(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(parsed->text(), text);
    EXPECT_EQ(parsed->is_v4(), text.find(':') == std::string::npos) << text;
  }
  EXPECT_EQ(address("2001:DB8:0:0::1").text(), "2001:db8::1");
}

TEST(Address, RefusesWhatIsNoAddress) {
  for (const auto* text : {"", "10.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.1 ", " 10.0.0.1", "10.0.0.1/24", "1",
                           "0x7f.0.0.1", ":::", "2001:db8::g", "fe80::1%eth0", "10.0.0.-1"}) {
    EXPECT_FALSE(Address::parse(text)) << text;
  }
  EXPECT_FALSE(Address::parse(std::string_view("10.0.0.1\0x", 10)));
}

TEST(Address, NumbersOfIpv4) {
  EXPECT_EQ(Address::v4(0x0A000105).text(), "10.0.1.5");
  EXPECT_EQ(address("172.24.4.7").to_v4(), 0xAC180407U);
  EXPECT_LT(address("10.0.0.9"), address("10.0.0.10"));
  EXPECT_NE(address("0.0.0.1"), address("::1"));
}

TEST(Address, PlusStopsAtTheEndOfTheFamily) {
  struct Case {
    const char* from;
    std::uint64_t by;
    const char* to;  // empty: nothing
  };
  for (const auto& c : std::vector<Case>{{"10.0.0.1", 0, "10.0.0.1"},
                                         {"10.0.0.255", 1, "10.0.1.0"},
                                         {"10.0.0.0", 0x1000000, "11.0.0.0"},
                                         {"255.255.255.254", 1, "255.255.255.255"},
                                         {"255.255.255.255", 1, ""},
                                         {"1.0.0.0", UINT64_MAX, ""},
                                         {"2001:db8::ffff", 1, "2001:db8::1:0"},
                                         {"::ffff:ffff:ffff:ffff", 1, "0:0:0:1::"},
                                         {"::", UINT64_MAX, "::ffff:ffff:ffff:ffff"},
                                         {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 1, ""}}) {
    const auto sum = address(c.from).plus(c.by);
    EXPECT_EQ(sum ? sum->text() : "", c.to) << c.from << " + " << c.by;
  }
}

TEST(Address, PreviousStopsAtTheFirst) {
  EXPECT_EQ(address("10.0.1.0").previous()->text(), "10.0.0.255");
  EXPECT_EQ(address("2001:db8::1:0").previous()->text(), "2001:db8::ffff");
  EXPECT_FALSE(address("0.0.0.0").previous());
  EXPECT_FALSE(address("::").previous());
}

TEST(Prefix, NetworkAndLast) {
  struct Case {
    const char* text;
    const char* network;
    const char* last;
    const char* canonical;
  };
  for (const auto& c :
       std::vector<Case>{{"10.0.0.0/24", "10.0.0.0", "10.0.0.255", "10.0.0.0/24"},
                         {"10.0.0.77/24", "10.0.0.0", "10.0.0.255", "10.0.0.0/24"},
                         {"10.1.2.3/32", "10.1.2.3", "10.1.2.3", "10.1.2.3/32"},
                         {"10.1.2.3/0", "0.0.0.0", "255.255.255.255", "0.0.0.0/0"},
                         {"172.24.4.130/25", "172.24.4.128", "172.24.4.255", "172.24.4.128/25"},
                         {"2001:db8::1/64", "2001:db8::", "2001:db8::ffff:ffff:ffff:ffff", "2001:db8::/64"},
                         {"2001:db8::5/127", "2001:db8::4", "2001:db8::5", "2001:db8::4/127"}}) {
    const auto parsed = prefix(c.text);
    EXPECT_EQ(parsed.network().text(), c.network) << c.text;
    EXPECT_EQ(parsed.last().text(), c.last) << c.text;
    EXPECT_EQ(parsed.text(), c.canonical) << c.text;
  }
  EXPECT_EQ(prefix("10.0.0.77/24").address().text(), "10.0.0.77");
}

TEST(Prefix, RefusesWhatIsNoPrefix) {
  for (const auto* text :
       {"", "/", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "::/129", "::/+1", "x/24"}) {
    EXPECT_FALSE(Prefix::parse(text)) << text;
  }
}

TEST(Prefix, Contains) {
  EXPECT_TRUE(prefix("10.0.0.0/24").contains(address("10.0.0.0")));
  EXPECT_TRUE(prefix("10.0.0.9/24").contains(address("10.0.0.255")));
  EXPECT_FALSE(prefix("10.0.0.0/24").contains(address("10.0.1.0")));
  EXPECT_FALSE(prefix("0.0.0.0/0").contains(address("::")));
  EXPECT_TRUE(prefix("2001:db8::/32").contains(address("2001:db8:ffff::1")));
}

TEST(Prefix, Overlaps) {
  EXPECT_TRUE(prefix("10.0.0.0/8").overlaps(prefix("10.3.0.0/16")));
  EXPECT_TRUE(prefix("10.3.0.0/16").overlaps(prefix("10.0.0.0/8")));
  EXPECT_TRUE(prefix("10.0.0.0/24").overlaps(prefix("10.0.0.0/24")));
  EXPECT_FALSE(prefix("10.0.0.0/25").overlaps(prefix("10.0.0.128/25")));
  EXPECT_FALSE(prefix("0.0.0.0/0").overlaps(prefix("::/0")));
}

}  // namespace
}  // namespace fairway::net
