#include "lab/service_env.h"

#include <gtest/gtest.h>

namespace fairway::lab {
namespace {

json::Value service(const char* text) { return json::parse(text).value(); }

class ServiceEnv : public ::testing::Test {
 protected:
  std::map<std::string, json::Value> services_{
      {"default/kubernetes", service(R"({"metadata":{"name":"kubernetes"},"spec":{"clusterIP":"10.96.0.1",
          "ports":[{"name":"https","port":443,"protocol":"TCP"}]}})")},
      {"web/my-shop", service(R"({"metadata":{"name":"my-shop"},"spec":{"clusterIP":"10.96.7.7",
          "ports":[{"port":80,"protocol":"TCP"},{"name":"dns-udp","port":53,"protocol":"UDP"}]}})")},
      {"web/headless",
       service(R"({"metadata":{"name":"headless"},"spec":{"clusterIP":"None","ports":[{"port":80}]}})")},
      {"other/hidden",
       service(R"({"metadata":{"name":"hidden"},"spec":{"clusterIP":"10.96.9.9","ports":[{"port":1}]}})")}};
};

TEST_F(ServiceEnv, NamesTheApiAndTheServicesOfThePodsNamespace) {
  const auto variables = service_environment(services_, service(R"({"metadata":{"namespace":"web"}})"));
  const std::map<std::string, std::string> wanted{{"KUBERNETES_SERVICE_HOST", "10.96.0.1"},
                                                  {"KUBERNETES_SERVICE_PORT", "443"},
                                                  {"KUBERNETES_SERVICE_PORT_HTTPS", "443"},
                                                  {"KUBERNETES_PORT", "tcp://10.96.0.1:443"},
                                                  {"KUBERNETES_PORT_443_TCP", "tcp://10.96.0.1:443"},
                                                  {"KUBERNETES_PORT_443_TCP_PROTO", "tcp"},
                                                  {"KUBERNETES_PORT_443_TCP_PORT", "443"},
                                                  {"KUBERNETES_PORT_443_TCP_ADDR", "10.96.0.1"},
                                                  {"MY_SHOP_SERVICE_HOST", "10.96.7.7"},
                                                  {"MY_SHOP_SERVICE_PORT", "80"},
                                                  {"MY_SHOP_SERVICE_PORT_DNS_UDP", "53"},
                                                  {"MY_SHOP_PORT", "tcp://10.96.7.7:80"},
                                                  {"MY_SHOP_PORT_80_TCP", "tcp://10.96.7.7:80"},
                                                  {"MY_SHOP_PORT_80_TCP_PROTO", "tcp"},
                                                  {"MY_SHOP_PORT_80_TCP_PORT", "80"},
                                                  {"MY_SHOP_PORT_80_TCP_ADDR", "10.96.7.7"},
                                                  {"MY_SHOP_PORT_53_UDP", "udp://10.96.7.7:53"},
                                                  {"MY_SHOP_PORT_53_UDP_PROTO", "udp"},
                                                  {"MY_SHOP_PORT_53_UDP_PORT", "53"},
                                                  {"MY_SHOP_PORT_53_UDP_ADDR", "10.96.7.7"}};
  EXPECT_EQ(variables, wanted);
}

TEST_F(ServiceEnv, APodMayDeclineAllButTheApi) {
  const auto pod = service(R"({"metadata":{"namespace":"web"},"spec":{"enableServiceLinks":false}})");
  const auto variables = service_environment(services_, pod);
  EXPECT_TRUE(variables.contains("KUBERNETES_SERVICE_HOST"));
  EXPECT_FALSE(variables.contains("MY_SHOP_SERVICE_HOST"));
}

TEST_F(ServiceEnv, WithoutServicesThereIsNothing) { EXPECT_TRUE(service_environment({}, service("{}")).empty()); }

}  // namespace
}  // namespace fairway::lab
