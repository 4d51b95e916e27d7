#include "cluster_driver/own_services.h"

#include <gtest/gtest.h>

namespace fairway::cluster_driver {
namespace {

controller::Service service(bool finalizer, const std::string& balancer, const std::string& address = "") {
  controller::Service one;
  one.type = "LoadBalancer";
  one.has_finalizer = finalizer;
  one.status_ip = address;
  if (!balancer.empty()) one.annotations.emplace(controller::kIdAnnotation, balancer);
  return one;
}

TEST(OwnServices, AreThoseWhoseLoadBalancerIsOurs) {
  const std::set<std::string> ours{"lb-1"};
  EXPECT_TRUE(is_ours(service(true, "lb-1", "172.24.4.9"), ours, true));
  EXPECT_TRUE(is_ours(service(true, "lb-1", "172.24.4.9"), ours, false));
  EXPECT_FALSE(is_ours(service(true, "lb-of-others", "172.24.4.9"), ours, true));
  EXPECT_TRUE(is_ours(service(true, ""), ours, true)) << "marked, and its load balancer was not made yet";
  EXPECT_FALSE(is_ours(service(true, ""), ours, false)) << "we never served it";
  EXPECT_FALSE(is_ours(service(true, "", "192.168.0.9"), ours, true))
      << "another controller's, without our annotation";
  EXPECT_FALSE(is_ours(service(false, ""), ours, true));
  auto classed = service(true, "lb-1");
  classed.has_class = true;
  EXPECT_FALSE(is_ours(classed, ours, true));
}

}  // namespace
}  // namespace fairway::cluster_driver
