#include "net/links.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "testing/namespaces.h"
#include "testing/results.h"

namespace fairway::net {
namespace {

using ::testing::Contains;
using testing::Namespaces;
using ::testing::Not;

class Links : public ::testing::Test {
 protected:
  void SetUp() override {
    FW_SKIP_UNLESS_ROOT();
    a_ = mine_.make("a");
    b_ = mine_.make("b");
  }
  // Says whether a TCP connection to a closed port in `to` is refused by it: the path works both ways.
  static bool reaches(const std::string& from, const std::string& to) {
    bool refused = false;
    (void)in_namespace(from, [&]() -> Result<> {
      const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_port = htons(9);
      ::inet_pton(AF_INET, to.c_str(), &address.sin_addr);
      const timeval patience{2, 0};
      ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
      refused =
          ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 && errno == ECONNREFUSED;
      ::close(fd);
      return {};
    });
    return refused;
  }

  Namespaces mine_;
  std::string a_, b_;
};

TEST_F(Links, AVethJoinsTwoNamespaces) {
  FW_ASSERT_OK(make_veth({a_, "left", "02:00:00:00:00:01"}, {b_, "right", ""}));
  FW_ASSERT_OK(make_veth({a_, "left", "02:00:00:00:00:01"}, {b_, "right", ""}));
  FW_ASSERT_OK(add_address(a_, "left", "10.9.0.1/24"));
  FW_ASSERT_OK(add_address(a_, "left", "10.9.0.1/24"));
  FW_ASSERT_OK(add_address(b_, "right", "10.9.0.2/24"));
  EXPECT_THAT(*list_addresses(a_, "left"), Contains("10.9.0.1/24"));
  EXPECT_TRUE(reaches(a_, "10.9.0.2"));
  FW_ASSERT_OK(remove_address(b_, "right", "10.9.0.2/24"));
  FW_ASSERT_OK(remove_address(b_, "right", "10.9.0.2/24"));
  EXPECT_THAT(*list_addresses(b_, "right"), Not(Contains("10.9.0.2/24")));
}

TEST_F(Links, AVethWhosePeerIsWrongIsMadeAnew) {
  const auto c = mine_.make("c");
  FW_ASSERT_OK(make_veth({a_, "left", ""}, {b_, "right", ""}));
  FW_ASSERT_OK(make_veth({a_, "left", ""}, {c, "right", ""}));
  EXPECT_THAT(*list_links(b_), Not(Contains("right")));
  EXPECT_THAT(*list_links(c), Contains("right"));
}

TEST_F(Links, ABridgeCarriesFramesAndRoutesLeadToIt) {
  const auto fabric = mine_.make("fabric");
  FW_ASSERT_OK(make_bridge(fabric, "br-one"));
  FW_ASSERT_OK(make_bridge(fabric, "br-one"));
  FW_ASSERT_OK(make_veth({a_, "eth0", ""}, {fabric, "tap-a", ""}));
  FW_ASSERT_OK(make_veth({b_, "eth0", ""}, {fabric, "tap-b", ""}));
  for (const char* tap : {"tap-a", "tap-b"}) {
    FW_ASSERT_OK(attach_to_bridge(fabric, tap, "br-one"));
    FW_ASSERT_OK(attach_to_bridge(fabric, tap, "br-one"));
  }
  FW_ASSERT_OK(add_address(a_, "eth0", "10.9.0.1/24"));
  FW_ASSERT_OK(add_address(b_, "eth0", "10.9.0.2/24"));
  FW_ASSERT_OK(add_address(b_, "lo", "10.8.0.1/32"));
  EXPECT_TRUE(reaches(a_, "10.9.0.2"));
  EXPECT_FALSE(reaches(a_, "10.8.0.1"));
  FW_ASSERT_OK(set_route(a_, "0.0.0.0/0", "10.9.0.2", ""));
  FW_ASSERT_OK(set_route(a_, "0.0.0.0/0", "10.9.0.2", ""));
  EXPECT_TRUE(reaches(a_, "10.8.0.1"));
  FW_ASSERT_OK(remove_route(a_, "0.0.0.0/0"));
  FW_ASSERT_OK(remove_route(a_, "0.0.0.0/0"));
  EXPECT_FALSE(reaches(a_, "10.8.0.1"));
}

TEST_F(Links, ANewOwnerOfAnAddressIsBelievedOnceAnnounced) {
  const auto c = mine_.make("c");
  const auto fabric = mine_.make("fabric");
  FW_ASSERT_OK(make_bridge(fabric, "br-one"));
  for (const auto& [ns, tap] : {std::pair{a_, "tap-a"}, {b_, "tap-b"}, {c, "tap-c"}}) {
    FW_ASSERT_OK(make_veth({ns, "eth0", ""}, {fabric, tap, ""}));
    FW_ASSERT_OK(attach_to_bridge(fabric, tap, "br-one"));
  }
  FW_ASSERT_OK(add_address(a_, "eth0", "10.9.0.1/24"));
  FW_ASSERT_OK(add_address(b_, "eth0", "10.9.0.2/24"));
  ASSERT_TRUE(reaches(a_, "10.9.0.2"));
  // b lives on but owns the address no more; a still has b's MAC in its table.
  FW_ASSERT_OK(remove_address(b_, "eth0", "10.9.0.2/24"));
  FW_ASSERT_OK(add_address(c, "eth0", "10.9.0.2/24"));
  FW_ASSERT_OK(announce_address(c, "eth0", "10.9.0.2"));
  EXPECT_TRUE(reaches(a_, "10.9.0.2"));
}

TEST_F(Links, RemovingALinkTakesItsPeerAlong) {
  FW_ASSERT_OK(make_veth({a_, "left", ""}, {b_, "right", ""}));
  FW_ASSERT_OK(remove_link(a_, "left"));
  FW_ASSERT_OK(remove_link(a_, "left"));
  EXPECT_THAT(*list_links(b_), Not(Contains("right")));
}

TEST_F(Links, ErrorsNameTheLinkAndItsNamespace) {
  const auto failed = add_address(a_, "nosuch", "10.9.0.1/24");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Errc::not_found);
  EXPECT_NE(failed.error().what.find("nosuch in " + a_), std::string::npos) << failed.error().what;
  EXPECT_EQ(add_address(a_, "lo", "10.9.0.300/24").error().code, Errc::invalid);
  EXPECT_EQ(add_address(a_, "lo", "10.9.0.3/33").error().code, Errc::invalid);
  EXPECT_EQ(make_bridge(a_, "a-name-that-is-too-long").error().code, Errc::invalid);
  EXPECT_EQ(make_veth({a_, "left", "not a mac"}, {b_, "right", ""}).error().code, Errc::invalid);
  EXPECT_EQ(make_veth({a_, "left", ""}, {"fwt-there-is-none", "right", ""}).error().code, Errc::not_found);
}

TEST_F(Links, IPv6AddressesWorkAtOnceAndAreAnnounced) {
  FW_ASSERT_OK(make_veth({a_, "left", ""}, {b_, "right", ""}));
  FW_ASSERT_OK(add_address(a_, "left", "fd00:9::1/64"));
  EXPECT_THAT(*list_addresses(a_, "left"), Contains("fd00:9::1/64"));
  FW_EXPECT_OK(announce_address(a_, "left", "fd00:9::1"));
  FW_ASSERT_OK(set_route(a_, "::/0", "fd00:9::2", "left"));
  FW_EXPECT_OK(remove_route(a_, "::/0"));
}

TEST_F(Links, ABridgeGoesWhenNothingIsPluggedIn) {
  FW_ASSERT_OK(make_bridge(a_, "br"));
  FW_ASSERT_OK(make_veth({a_, "tap", ""}, {b_, "eth0", ""}));
  FW_ASSERT_OK(attach_to_bridge(a_, "tap", "br"));
  EXPECT_EQ(remove_bridge(a_, "br").error().code, Errc::conflict);
  FW_ASSERT_OK(remove_link(b_, "eth0"));
  FW_EXPECT_OK(remove_bridge(a_, "br"));
  FW_EXPECT_OK(remove_bridge(a_, "br"));
  EXPECT_THAT(list_links(a_).value(), Not(Contains("br")));
}

}  // namespace
}  // namespace fairway::net
