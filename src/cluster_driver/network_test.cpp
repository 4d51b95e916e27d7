#include "cluster_driver/network.h"

#include <gtest/gtest.h>

#include "base/strings.h"
#include "cleanup/removal.h"
#include "cluster_driver/balancers.h"
#include "cluster_driver/ownership.h"
#include "testing/env.h"

namespace fairway::cluster_driver {
namespace {

using cluster_link::ClusterWish;
using openstack::Answer;
using openstack::Service;

// Collections of objects with ids, filtered by attributes that are texts; routers' interfaces become ports.
class FakeCloud final : public openstack::Client {
 public:
  Task<Result<Answer>> send(Service, std::string method, std::string path, json::Value body) override {
    requests.push_back(method + " " + path);
    const std::string_view whole = path;
    const auto question = whole.find('?');
    const auto parts = split(whole.substr(1, question == std::string_view::npos ? whole.npos : question - 1), '/');
    if (away) co_return fail(Errc::unavailable, "the cloud is away");
    const bool lbaas = parts[1] == "lbaas";
    const std::string collection(parts[lbaas ? 2 : 1]);
    const std::string id(parts.size() > (lbaas ? 3u : 2u) ? parts[lbaas ? 3 : 2] : "");
    if (method == "GET") co_return list(collection, question == whole.npos ? "" : whole.substr(question + 1));
    if (method == "POST") co_return make(collection, body);
    if (method == "PUT") co_return change(id, std::string(parts.back()), body);
    co_return remove(collection, id);
  }
  Task<Result<std::string>> project_id() override { co_return "p"; }

  json::Object& put(const std::string& collection, json::Object object) {
    const std::string id = "id" + std::to_string(++count_);
    if (!object.contains("id")) object["id"] = id;
    return rows[collection].emplace_back(std::move(object));
  }

  std::map<std::string, std::vector<json::Object>> rows;
  std::vector<std::string> requests;
  bool away = false;
  std::string busy;  // a load balancer that refuses changes

 private:
  Result<Answer> list(const std::string& collection, std::string_view query) {
    json::Array found;
    for (const json::Object& row : rows[collection]) {
      bool fits = true;
      for (const std::string_view term : split(query, '&')) {
        const auto equals = term.find('=');
        if (equals == std::string_view::npos) continue;
        const json::Value* value = row.if_contains(term.substr(0, equals));
        if (value == nullptr || !value->is_string()) continue;
        fits = fits && value->get_string() == percent_decode(term.substr(equals + 1));
      }
      if (fits) found.emplace_back(row);
    }
    return Answer{200, json::Object{{collection, std::move(found)}}};
  }
  Result<Answer> make(const std::string& collection, const json::Value& body) {
    const auto& [kind, object] = *body.get_object().begin();
    json::Object made = put(collection, object.get_object());
    if (collection == "loadbalancers") {
      made["vip_address"] = "10.0.0.9";
      made["vip_port_id"] = "vip-port";
      made["provisioning_status"] = "PENDING_CREATE";
      rows[collection].back() = made;
    }
    return Answer{201, json::Object{{kind, std::move(made)}}};
  }
  Result<Answer> change(const std::string& router, const std::string& action, const json::Value& body) {
    if (action == "add_router_interface") {
      for (const json::Object& subnet : rows["subnets"]) {
        if (json::string_or(subnet, "id") != json::string_or(body, "subnet_id")) continue;
        put("ports", {{"device_id", router},
                      {"device_owner", "network:router_interface"},
                      {"network_id", json::string_or(subnet, "network_id")}});
      }
      return Answer{200, nullptr};
    }
    return remove("ports", json::string_or(body, "port_id"));
  }
  Result<Answer> remove(const std::string& collection, const std::string& id) {
    if (id == busy) return fail(Errc::conflict, "it is immutable");
    auto& of = rows[collection];
    const auto gone = std::erase_if(of, [&](const json::Object& row) { return json::string_or(row, "id") == id; });
    if (gone == 0) return fail(Errc::not_found, "no such " + collection);
    return Answer{204, nullptr};
  }
  int count_ = 0;
};

ClusterWish wish_of() {
  ClusterWish wish;
  wish.id = "8f0f";
  wish.name = "k8s";
  wish.stack_name = "k8s-abcdefghijkl";
  wish.external_network = "public";
  return wish;
}

class NetworkTest : public ::testing::Test {
 protected:
  NetworkTest() { cloud_.put("networks", {{"name", "public"}, {"id", "ext"}}); }
  auto ensure(ClusterWish wish = wish_of()) { return testing::run(ensure_network(cloud_, std::move(wish))); }
  FakeCloud cloud_;
};

TEST_F(NetworkTest, IsMadeWithSubnetAndRouterAndFoundAgain) {
  const auto made = ensure();
  ASSERT_TRUE(made) << made.error().what;
  EXPECT_EQ(made->cidr, "10.0.0.0/24");
  EXPECT_EQ(made->external_network_id, "ext");
  EXPECT_EQ(json::string_or(cloud_.rows["subnets"].front(), "name"), "k8s-abcdefghijkl-private_subnet");
  EXPECT_EQ(json::string_or(cloud_.rows["routers"].front(), "external_gateway_info.network_id"), "ext");
  EXPECT_EQ(cloud_.rows["ports"].size(), 1u);
  cloud_.requests.clear();
  const auto again = ensure();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->subnet_id, made->subnet_id);
  for (const std::string& request : cloud_.requests) EXPECT_TRUE(request.starts_with("GET ")) << request;
}

TEST_F(NetworkTest, WhatIsMissingIsCompleted) {
  ASSERT_TRUE(ensure());
  cloud_.rows["ports"].clear();
  ASSERT_TRUE(ensure());
  EXPECT_EQ(cloud_.rows["ports"].size(), 1u);
  EXPECT_EQ(cloud_.rows["networks"].size(), 2u);
}

TEST_F(NetworkTest, TheRangeComesFromALabelAndIsChecked) {
  ClusterWish wish = wish_of();
  wish.labels["fixed_network_cidr"] = "192.168.7.0/25";
  EXPECT_EQ(ensure(wish)->cidr, "192.168.7.0/25");
  wish.stack_name = "other-abcdefghijkl";
  wish.labels["fixed_network_cidr"] = "much";
  EXPECT_EQ(ensure(wish).error().code, Errc::invalid);
}

TEST_F(NetworkTest, ANamedNetworkIsUsedAndLeftAtTheEnd) {
  cloud_.put("networks", {{"name", "private"}, {"id", "net"}});
  cloud_.put("subnets", {{"name", "private-subnet"}, {"id", "sub"}, {"network_id", "net"}, {"cidr", "10.1.0.0/24"}});
  ClusterWish wish = wish_of();
  wish.fixed_network = "private";
  const auto network = ensure(wish);
  ASSERT_TRUE(network) << network.error().what;
  EXPECT_EQ(network->subnet_id, "sub");
  EXPECT_TRUE(cloud_.rows["routers"].empty());
  ASSERT_TRUE(testing::run(remove_network(cloud_, wish)));
  EXPECT_EQ(cloud_.rows["networks"].size(), 2u);
}

TEST_F(NetworkTest, AnAdoptedClusterMayHaveNoWayOutside) {
  cloud_.put("networks", {{"name", "private"}, {"id", "net"}});
  cloud_.put("subnets", {{"name", "private-subnet"}, {"id", "sub"}, {"network_id", "net"}, {"cidr", "10.1.0.0/24"}});
  ClusterWish wish = wish_of();
  wish.fixed_network = "private";
  wish.external_network.clear();
  EXPECT_FALSE(ensure(wish));
  wish.adopted = true;
  const auto network = ensure(wish);
  ASSERT_TRUE(network) << network.error().what;
  EXPECT_EQ(network->subnet_id, "sub");
  EXPECT_EQ(network->external_network_id, "");
}

TEST_F(NetworkTest, ANetworkThatIsNotThereIsNamed) {
  ClusterWish wish = wish_of();
  wish.external_network = "outside";
  const auto missing = ensure(wish);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Errc::not_found);
  EXPECT_NE(missing.error().what.find("no network outside"), std::string::npos);
}

TEST_F(NetworkTest, ItsEndLeavesNothingAndMayBeRepeated) {
  ASSERT_TRUE(ensure());
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(testing::run(remove_network(cloud_, wish_of())));
  EXPECT_EQ(cloud_.rows["networks"].size(), 1u);
  EXPECT_TRUE(cloud_.rows["routers"].empty());
  EXPECT_TRUE(cloud_.rows["ports"].empty());
}

TEST_F(NetworkTest, ABalancerIsMadeByOneCallAndFoundAgain) {
  const BalancerPlan plan{
      .role = "api_pool", .protocol = "HTTP", .port = 8080, .member = "10.0.0.5", .subnet_id = "s"};
  const auto made = testing::run(ensure_balancer(cloud_, wish_of(), plan));
  ASSERT_TRUE(made);
  EXPECT_EQ(made->vip_address, "10.0.0.9");
  const json::Value row = cloud_.rows["loadbalancers"].front();
  const json::Value& listener = json::array_or_empty(row, "listeners").front();
  EXPECT_EQ(json::string_or(row, "name"), "api_pool.vip");
  EXPECT_EQ(json::string_or(listener, "name"), "api_pool.vip");
  EXPECT_TRUE(json::string_or(listener, "default_pool.name").starts_with("k8s-abcdefghijkl-api_pool-"));
  EXPECT_EQ(json::string_or(listener, "default_pool.healthmonitor.type"), "TCP");
  EXPECT_EQ(testing::run(ensure_balancer(cloud_, wish_of(), plan))->id, made->id);
  ClusterWish other = wish_of();
  other.id = "another";
  EXPECT_NE(testing::run(ensure_balancer(cloud_, other, plan))->id, made->id);
}

TEST_F(NetworkTest, AllOfTheClusterGoesAndNothingElse) {
  cloud_.put("loadbalancers", {{"id", "own"}, {"name", "api_pool.vip"}, {"description", "api_pool of cluster 8f0f"}});
  cloud_.put("loadbalancers",
             {{"id", "svc"}, {"description", "Kubernetes external service web/shop from cluster 8f0f"}});
  cloud_.put("loadbalancers",
             {{"id", "else"}, {"description", "Kubernetes external service web/shop from cluster 77"}});
  cloud_.put("floatingips", {{"id", "api"}, {"description", "api of cluster 8f0f"}});
  cloud_.put("floatingips", {{"id", "person"}, {"description", ""}});
  const auto owner = testing::run(owner_of(cloud_, wish_of(), {"uid"}, true));
  ASSERT_TRUE(owner);
  EXPECT_TRUE(owner->network_is_own);
  EXPECT_EQ(owner->host_prefix, "k8s-abcdefghijkl-");
  cleanup::Owner without_identity = *owner;
  without_identity.identities.clear();  // 8f0f is no UUID
  cloud_.busy = "svc";
  auto removed = testing::run(cleanup::remove_all_of(cloud_, without_identity));
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().code, Errc::unavailable);
  cloud_.busy.clear();
  while (!(removed = testing::run(cleanup::remove_all_of(cloud_, without_identity))))
    EXPECT_EQ(removed.error().code, Errc::unavailable);
  ASSERT_EQ(cloud_.rows["loadbalancers"].size(), 1u);
  EXPECT_EQ(json::string_or(cloud_.rows["loadbalancers"].front(), "id"), "else");
  ASSERT_EQ(cloud_.rows["floatingips"].size(), 1u);
  EXPECT_EQ(json::string_or(cloud_.rows["floatingips"].front(), "id"), "person");
}

TEST_F(NetworkTest, OfAGivenNetworkOnlyHostsAreTheClusters) {
  cloud_.put("networks", {{"name", "private"}, {"id", "net"}});
  ClusterWish wish = wish_of();
  wish.fixed_network = "private";
  const auto owner = testing::run(owner_of(cloud_, wish, {}, false));
  ASSERT_TRUE(owner);
  EXPECT_EQ(owner->network_id, "net");
  EXPECT_FALSE(owner->network_is_own);
  EXPECT_EQ(owner->cluster_name, "");
}

}  // namespace
}  // namespace fairway::cluster_driver
