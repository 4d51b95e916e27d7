#include "cluster_link/messages.h"

#include <gtest/gtest.h>

#include "messaging/channel.h"

namespace fairway::cluster_link {
namespace {

ClusterWish full_wish() {
  return {.id = "c1",
          .name = "k8sbayv1",
          .stack_name = "k8sbayv1-iypacicrskib",
          .project_id = "p",
          .generation = 3,
          .deleting = true,
          .adopted = true,
          .external_network = "public",
          .fixed_network = "n",
          .fixed_subnet = "s",
          .dns_nameserver = "8.8.8.8",
          .tls_disabled = true,
          .master_lb_enabled = false,
          .floating_ip_enabled = false,
          .apiserver_port = 8081,
          .labels = {{"internal_lb", "true"}},
          .node_groups = {{.id = "g",
                           .name = "default-worker",
                           .role = "worker",
                           .node_count = 2,
                           .nodes_to_remove = {"1"},
                           .labels = {{"a", "b"}}}},
          .ca_certificate = "cert",
          .ca_key = "key",
          .credential = {.auth_url = "http://x",
                         .region = "RegionOne",
                         .id = "i",
                         .secret = "s",
                         .user_name = "demo",
                         .project_name = "demo"}};
}

TEST(ClusterLink, AWishComesThroughWhole) {
  const auto decoded = messaging::decode<Message>(messaging::encode(Message(Wish{full_wish()})));
  ASSERT_TRUE(decoded.has_value()) << decoded.error().what;
  EXPECT_EQ(std::get<Wish>(*decoded).cluster, full_wish());
}

TEST(ClusterLink, FactsComeThroughWhole) {
  const Facts facts{.id = "c1",
                    .generation = 3,
                    .state = "working",
                    .reason = "waits for etcd",
                    .api_address = "https://127.0.0.1:1",
                    .coe_version = "v1.36.3",
                    .container_version = "lab",
                    .fixed_network = "n",
                    .fixed_subnet = "s",
                    .node_groups = {{.id = "g", .nodes = {{.name = "m", .uuid = "u", .address = "10.0.0.5"}}}},
                    .health = "HEALTHY",
                    .health_reason = {{"api", "ok"}}};
  const auto decoded = messaging::decode<Message>(messaging::encode(Message(facts)));
  ASSERT_TRUE(decoded.has_value()) << decoded.error().what;
  EXPECT_EQ(std::get<Facts>(*decoded), facts);
}

TEST(ClusterLink, MessagesOfLaterVersionsAreToldApartFromBrokenOnes) {
  const auto later = messaging::decode<Message>(R"({"type":"upgrade","body":{}})");
  ASSERT_FALSE(later.has_value());
  EXPECT_EQ(later.error().code, Errc::unsupported);
  const auto broken = messaging::decode<Message>(R"({"type":"wish","body":{"cluster":[]}})");
  ASSERT_FALSE(broken.has_value());
  EXPECT_EQ(broken.error().code, Errc::invalid);
}

}  // namespace
}  // namespace fairway::cluster_link
