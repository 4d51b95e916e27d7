#include "net/vxlan.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/links.h"
#include "testing/namespaces.h"
#include "testing/results.h"

namespace fairway::net {
namespace {

using Table = std::map<std::string, std::string>;

// Two hosts on one cable, each with a VXLAN of its own.
class Vxlan : public ::testing::Test {
 protected:
  void SetUp() override {
    FW_SKIP_UNLESS_ROOT();
    a_ = mine_.make("a");
    b_ = mine_.make("b");
    FW_ASSERT_OK(make_veth({a_, "eth0", ""}, {b_, "eth0", ""}));
    FW_ASSERT_OK(add_address(a_, "eth0", "10.0.0.1/24"));
    FW_ASSERT_OK(add_address(b_, "eth0", "10.0.0.2/24"));
  }

  VxlanLink link(const std::string& ns, int number) {
    return {.ns = ns,
            .name = "flannel.1",
            .underlay = "eth0",
            .local = fmt::format("10.0.0.{}", number),
            .mac = fmt::format("ee:00:00:00:00:0{}", number)};
  }

  static std::size_t link_count(const std::string& ns) { return list_links(ns).value().size(); }

  // A datagram's way there and back.
  static bool echoes(const std::string& from, const std::string& to_ns, const std::string& to) {
    int server = -1;
    int client = -1;
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(7007);
    ::inet_pton(AF_INET, to.c_str(), &at.sin_addr);
    const timeval patience{2, 0};
    (void)in_namespace(to_ns, [&]() -> Result<> {
      server = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
      (void)::bind(server, reinterpret_cast<const sockaddr*>(&at), sizeof at);
      ::setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
      return {};
    });
    (void)in_namespace(from, [&]() -> Result<> {
      client = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
      (void)!::connect(client, reinterpret_cast<const sockaddr*>(&at), sizeof at);
      return {};
    });
    char byte = 'x';
    const bool arrived = ::send(client, &byte, 1, 0) == 1 && ::recv(server, &byte, 1, 0) == 1;
    ::close(server);
    ::close(client);
    return arrived;
  }

  testing::Namespaces mine_;
  std::string a_, b_;
};

TEST_F(Vxlan, CarriesWhatItsTablesSay) {
  for (const auto& [ns, own, other] : {std::tuple(a_, 1, 2), std::tuple(b_, 2, 1)}) {
    const std::string mac = fmt::format("ee:00:00:00:00:0{}", other);
    FW_ASSERT_OK(make_vxlan(link(ns, own)));
    FW_ASSERT_OK(add_address(ns, "flannel.1", fmt::format("10.100.{}.0/32", own)));
    FW_ASSERT_OK(set_forwarding(ns, "flannel.1", {{mac, fmt::format("10.0.0.{}", other)}}));
    FW_ASSERT_OK(set_neighbours(ns, "flannel.1", {{fmt::format("10.100.{}.0", other), mac}}));
    FW_ASSERT_OK(set_onlink_routes(ns, "flannel.1",
                                   {{fmt::format("10.100.{}.0/24", other), fmt::format("10.100.{}.0", other)}}));
  }
  EXPECT_TRUE(echoes(a_, b_, "10.100.2.0"));
  EXPECT_TRUE(echoes(b_, a_, "10.100.1.0"));
  FW_ASSERT_OK(set_forwarding(a_, "flannel.1", {}));
  EXPECT_FALSE(echoes(a_, b_, "10.100.2.0"));
}

TEST_F(Vxlan, IsMadeOnceAndAnewWhenItDiffers) {
  FW_ASSERT_OK(make_vxlan(link(a_, 1)));
  const auto links = link_count(a_);
  FW_ASSERT_OK(set_forwarding(a_, "flannel.1", {{"ee:00:00:00:00:02", "10.0.0.2"}}));
  FW_ASSERT_OK(make_vxlan(link(a_, 1)));  // the table stands: it was not made anew
  EXPECT_EQ(list_forwarding(a_, "flannel.1").value(), (Table{{"ee:00:00:00:00:02", "10.0.0.2"}}));
  auto other = link(a_, 1);
  other.vni = 2;
  FW_ASSERT_OK(make_vxlan(other));
  EXPECT_EQ(list_forwarding(a_, "flannel.1").value(), Table{});
  EXPECT_EQ(link_count(a_), links);
}

TEST_F(Vxlan, TablesBecomeWhatIsGiven) {
  FW_ASSERT_OK(make_vxlan(link(a_, 1)));
  const Table forwarding{{"ee:00:00:00:00:02", "10.0.0.2"}, {"ee:00:00:00:00:03", "10.0.0.3"}};
  const Table neighbours{{"10.100.2.0", "ee:00:00:00:00:02"}, {"10.100.3.0", "ee:00:00:00:00:03"}};
  const Table routes{{"10.100.2.0/24", "10.100.2.0"}, {"10.100.3.0/24", "10.100.3.0"}};
  for (int round = 0; round < 2; ++round) {
    FW_ASSERT_OK(set_forwarding(a_, "flannel.1", forwarding));
    FW_ASSERT_OK(set_neighbours(a_, "flannel.1", neighbours));
    FW_ASSERT_OK(set_onlink_routes(a_, "flannel.1", routes));
    EXPECT_EQ(list_forwarding(a_, "flannel.1").value(), forwarding);
    EXPECT_EQ(list_neighbours(a_, "flannel.1").value(), neighbours);
    EXPECT_EQ(list_onlink_routes(a_, "flannel.1").value(), routes);
  }
  // A peer moves, another goes.
  FW_ASSERT_OK(set_forwarding(a_, "flannel.1", {{"ee:00:00:00:00:02", "10.0.0.9"}}));
  EXPECT_EQ(list_forwarding(a_, "flannel.1").value(), (Table{{"ee:00:00:00:00:02", "10.0.0.9"}}));
  FW_ASSERT_OK(set_neighbours(a_, "flannel.1", {{"10.100.2.0", "ee:00:00:00:00:09"}}));
  EXPECT_EQ(list_neighbours(a_, "flannel.1").value(), (Table{{"10.100.2.0", "ee:00:00:00:00:09"}}));
  FW_ASSERT_OK(set_onlink_routes(a_, "flannel.1", {}));
  EXPECT_EQ(list_onlink_routes(a_, "flannel.1").value(), Table{});
}

TEST_F(Vxlan, MtuIsWhatTheKernelTakes) {
  FW_ASSERT_OK(make_vxlan(link(a_, 1)));
  FW_ASSERT_OK(set_mtu(a_, "eth0", 1400));
  FW_EXPECT_OK(set_mtu(a_, "flannel.1", 1350));
  EXPECT_FALSE(set_mtu(a_, "flannel.1", 1));
  EXPECT_EQ(set_mtu(a_, "none", 1400).error().code, Errc::not_found);
}

TEST_F(Vxlan, RefusesWhatIsNoAddress) {
  auto wrong = link(a_, 1);
  wrong.mac = "nonsense";
  EXPECT_EQ(make_vxlan(wrong).error().code, Errc::invalid);
  FW_ASSERT_OK(make_vxlan(link(a_, 1)));
  EXPECT_EQ(set_neighbours(a_, "flannel.1", {{"10.100.2", "ee:00:00:00:00:02"}}).error().code, Errc::invalid);
}

}  // namespace
}  // namespace fairway::net
