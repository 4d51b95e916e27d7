// Networking v2.0 as its clients see it.
#include "cloud/network/network.h"

#include <gtest/gtest.h>

#include "cloud/api/rig_test.h"
#include "cloud/network/bootstrap.h"

namespace fairway::cloud::network {
namespace {

constexpr std::string_view kNobody = "99999999-1111-1111-1111-111111111111";

struct NetworkTest : ::testing::Test {
  NetworkTest() { add_routes(rig.router, rig.context); }

  ApiAnswer call(std::string_view as, std::string_view method, const std::string& path, std::string body = {}) {
    return rig.call(as, method, "/network/v2.0/" + path, std::move(body));
  }
  // The new object's id; fails the test when it was refused.
  std::string make(std::string_view as, const std::string& path, const std::string& root,
                   const std::string& attributes) {
    const auto answer = call(as, "POST", path, fmt::format(R"({{"{}":{{{}}}}})", root, attributes));
    EXPECT_EQ(answer.status, 201) << path << " " << answer.text;
    return answer.at(root + ".id");
  }
  static std::string wrap(std::string_view root, std::string_view attributes) {
    return fmt::format(R"({{"{}":{{{}}}}})", root, attributes);
  }

  // public 172.24.4.0/29 (.1 gateway, .2-.6), private 10.0.0.0/24 of demo, and a router between them.
  void make_networks() {
    public_net = make("admin", "networks", "network", R"("name":"public","router:external":true)");
    public_subnet = make("admin", "subnets", "subnet",
                         fmt::format(R"("network_id":"{}","ip_version":4,"cidr":"172.24.4.0/29")", public_net));
    private_net = make("demo", "networks", "network", R"("name":"private")");
    private_subnet = make("demo", "subnets", "subnet",
                          fmt::format(R"("network_id":"{}","ip_version":4,"cidr":"10.0.0.0/24")", private_net));
    router = make("demo", "routers", "router",
                  fmt::format(R"("name":"r1","external_gateway_info":{{"network_id":"{}"}})", public_net));
    EXPECT_EQ(call("demo", "PUT", "routers/" + router + "/add_router_interface",
                   fmt::format(R"({{"subnet_id":"{}"}})", private_subnet))
                  .status,
              200);
    port = make("demo", "ports", "port", fmt::format(R"("network_id":"{}","name":"web")", private_net));
  }
  std::string float_ip(const std::string& more = "") {
    return make("demo", "floatingips", "floatingip",
                fmt::format(R"("floating_network_id":"{}"{})", public_net, more));
  }
  ApiAnswer put_fip(const std::string& id, const std::string& attributes, std::string_view as = "demo") {
    return call(as, "PUT", "floatingips/" + id, wrap("floatingip", attributes));
  }
  static std::string type(const ApiAnswer& answer) {
    return fmt::format("{} {}", answer.status, answer.at("NeutronError.type"));
  }
  static std::string message(const ApiAnswer& answer) { return answer.at("NeutronError.message"); }

  ApiRig rig;
  std::string public_net, public_subnet, private_net, private_subnet, router, port;
};

TEST_F(NetworkTest, DiscoveryAndExtensions) {
  EXPECT_EQ(rig.call("", "GET", "/network/").at("versions.0.links.0.href"), "http://cloud.test/network/v2.0/");
  EXPECT_EQ(rig.call("demo", "GET", "/network/v2.0/").at("resources.0.collection"), "networks");
  const auto extensions = call("demo", "GET", "extensions");
  std::set<std::string> aliases;
  for (const auto& extension : json::array_or_empty(extensions.body, "extensions"))
    aliases.insert(json::string_or(extension, "alias"));
  for (const auto* alias : {"router", "external-net", "quotas", "security-group", "standard-attr-tag",
                            "revision-if-match", "lbaas", "project-id"}) {
    EXPECT_TRUE(aliases.contains(alias)) << alias;
  }
  EXPECT_EQ(call("demo", "GET", "extensions/router").at("extension.alias"), "router");
  EXPECT_EQ(call("demo", "GET", "extensions/nosuch").status, 404);
  EXPECT_EQ(call("demo", "GET", "subnetpools?name=shared-default-subnetpool-v6").text, R"({"subnetpools":[]})");
  EXPECT_EQ(call("demo", "GET", "agents").text, R"({"agents":[]})");
}

TEST_F(NetworkTest, ANetworkIsShownAsNeutronShowsIt) {
  const auto answer = call("demo", "POST", "networks", wrap("network", R"("name":"n","admin_state_up":"true")"));
  EXPECT_EQ(answer.status, 201);
  const auto id = answer.at("network.id");
  for (const auto& [key, value] :
       std::vector<std::pair<std::string, std::string>>{{"name", "n"},
                                                        {"tenant_id", "p-demo"},
                                                        {"project_id", "p-demo"},
                                                        {"status", "ACTIVE"},
                                                        {"admin_state_up", "true"},
                                                        {"shared", "false"},
                                                        {"router:external", "false"},
                                                        {"subnets", "[]"},
                                                        {"mtu", "1500"},
                                                        {"revision_number", "0"},
                                                        {"created_at", "2026-01-01T00:00:00Z"},
                                                        {"provider:network_type", "(absent)"}}) {
    EXPECT_EQ(answer.at("network." + key), value) << key;
  }
  EXPECT_EQ(call("admin", "GET", "networks/" + id).at("network.provider:network_type"), "local");
  EXPECT_EQ(call("demo", "GET", "networks?name=n&fields=id").text,
            fmt::format(R"({{"networks":[{{"id":"{}"}}]}})", id));
  EXPECT_EQ(call("demo", "GET", "networks/n").at("NeutronError.message"), "Network n could not be found.");
  EXPECT_EQ(call("demo", "PUT", "networks/" + id, wrap("network", R"("name":"m")")).at("network.revision_number"),
            "1");
  EXPECT_EQ(call("demo", "DELETE", "networks/" + id).status, 204);
  EXPECT_EQ(type(call("demo", "GET", "networks/" + id)), "404 NetworkNotFound");
}

TEST_F(NetworkTest, AFloatingIpIsAnsweredWhenPacketsGoByIt) {
  make_networks();
  int waits = 0;
  rig.context.in_force = [&waits]() -> Task<> {
    ++waits;
    co_return;
  };
  const auto fip = float_ip();
  EXPECT_EQ(waits, 1);
  EXPECT_EQ(put_fip(fip, fmt::format(R"("port_id":"{}")", port)).status, 200);
  EXPECT_EQ(waits, 2);
  EXPECT_EQ(put_fip(fip, R"("port_id":"nosuch")").status, 400);
  EXPECT_EQ(waits, 2) << "what is refused changes no packet";
  EXPECT_EQ(call("demo", "DELETE", "floatingips/" + fip).status, 204);
  EXPECT_EQ(waits, 3);
}

TEST_F(NetworkTest, ProjectsDoNotSeeEachOther) {
  make_networks();
  for (const auto& path :
       {"networks/" + private_net, "subnets/" + private_subnet, "ports/" + port, "routers/" + router}) {
    EXPECT_EQ(call("other", "GET", path).status, 404) << path;
    EXPECT_EQ(call("other", "DELETE", path).status, 404) << path;
    EXPECT_EQ(call("reader", "GET", path).status, 200) << path;
    EXPECT_EQ(call("reader", "DELETE", path).status, 403) << path;
    EXPECT_EQ(call("admin", "GET", path).status, 200) << path;
  }
  EXPECT_EQ(call("other", "GET", "networks?fields=name").text, R"({"networks":[{"name":"public"}]})");
  EXPECT_EQ(type(call("other", "DELETE", "networks/" + public_net)), "403 PolicyNotAuthorized");
  EXPECT_EQ(call("demo", "GET", "ports?device_owner=network:router_gateway").text, R"({"ports":[]})");
  EXPECT_EQ(type(call("demo", "POST", "networks", wrap("network", R"("router:external":true)"))),
            "403 PolicyNotAuthorized");
  EXPECT_EQ(type(call("demo", "POST", "networks", wrap("network", R"("tenant_id":"p-other")"))),
            "403 PolicyNotAuthorized");
  EXPECT_EQ(call("admin", "POST", "networks", wrap("network", R"("tenant_id":"p-other")")).at("network.project_id"),
            "p-other");
  const auto fip = float_ip();
  EXPECT_EQ(put_fip(fip, R"("port_id":null)", "other").status, 404);
  const auto others =
      make("other", "floatingips", "floatingip", fmt::format(R"("floating_network_id":"{}")", public_net));
  EXPECT_EQ(type(put_fip(others, fmt::format(R"("port_id":"{}")", port), "other")), "404 PortNotFound");
}

TEST_F(NetworkTest, SubnetsHavePoolsAndGateways) {
  const auto net = make("demo", "networks", "network", R"("name":"n")");
  const auto create = [&](const std::string& more) {
    return call("demo", "POST", "subnets",
                wrap("subnet", fmt::format(R"("network_id":"{}","ip_version":4,{})", net, more)));
  };
  const auto plain = create(R"("cidr":"10.1.0.0/24")");
  EXPECT_EQ(plain.at("subnet.gateway_ip"), "10.1.0.1");
  EXPECT_EQ(plain.at("subnet.allocation_pools"), R"([{"start":"10.1.0.2","end":"10.1.0.254"}])");
  EXPECT_EQ(plain.at("subnet.enable_dhcp"), "true");
  EXPECT_EQ(create(R"("cidr":"10.2.0.0/24","gateway_ip":null)").at("subnet.allocation_pools"),
            R"([{"start":"10.2.0.1","end":"10.2.0.254"}])");
  EXPECT_EQ(create(R"("cidr":"10.3.0.0/24","gateway_ip":"10.3.0.9")").at("subnet.allocation_pools"),
            R"([{"start":"10.3.0.1","end":"10.3.0.8"},{"start":"10.3.0.10","end":"10.3.0.254"}])");
  struct Case {
    const char* attributes;
    const char* type;
  };
  for (
      const auto& c : std::vector<Case>{
          {R"("cidr":"10.1.0.128/25")", "400 InvalidInput"},
          {R"("cidr":"10.4.0.0/24","gateway_ip":"10.5.0.1")", "400 InvalidInput"},
          {R"("cidr":"10.4.0.0/24","gateway_ip":"10.4.0.255")", "400 InvalidInput"},
          {R"("cidr":"fd00::/64")", "400 InvalidInput"},
          {R"("cidr":"10.4.0.1/24")", "400 HTTPBadRequest"},
          {R"("cidr":"10.4.0.0/24","allocation_pools":[{"start":"10.4.0.5","end":"10.4.0.2"}])",
           "400 InvalidAllocationPool"},
          {R"("cidr":"10.4.0.0/24","allocation_pools":[{"start":"10.4.0.5","end":"10.4.1.2"}])",
           "400 OutOfBoundsAllocationPool"},
          {R"("cidr":"10.4.0.0/24","allocation_pools":[{"start":"10.4.0.5","end":"10.4.0.9"},{"start":"10.4.0.9","end":"10.4.0.10"}])",
           "409 OverlappingAllocationPools"},
          {R"("cidr":"10.4.0.0/24","allocation_pools":[{"start":"10.4.0.1","end":"10.4.0.9"}])",
           "409 GatewayConflictWithAllocationPools"},
          {R"("cidr":"10.4.0.0/24","allocation_pools":[{"start":"x"}])", "400 HTTPBadRequest"},
          {R"("cidr":"10.4.0.0/24","subnetpool_id":"x")", "501 NotImplementedError"},
          {R"("cidr":"10.4.0.0/24","bogus":"x")", "400 HTTPBadRequest"}}) {
    EXPECT_EQ(type(create(c.attributes)), c.type) << c.attributes;
  }
  EXPECT_EQ(
      type(call("demo", "POST", "subnets",
                wrap("subnet", fmt::format(R"("network_id":"{}","ip_version":4,"cidr":"10.9.0.0/24")", kNobody)))),
      "404 NetworkNotFound");
  const auto id = plain.at("subnet.id");
  EXPECT_EQ(
      call("demo", "PUT", "subnets/" + id, wrap("subnet", R"("dns_nameservers":["8.8.8.8"],"enable_dhcp":false)"))
          .at("subnet.dns_nameservers"),
      R"(["8.8.8.8"])");
  make("demo", "ports", "port", fmt::format(R"("network_id":"{}","fixed_ips":[{{"subnet_id":"{}"}}])", net, id));
  EXPECT_EQ(type(call("demo", "DELETE", "subnets/" + id)), "409 SubnetInUse");
  EXPECT_EQ(type(call("demo", "DELETE", "networks/" + net)), "409 NetworkInUse");
}

TEST_F(NetworkTest, PortsGetAddresses) {
  make_networks();
  const auto create = [&](const std::string& more) {
    return call("demo", "POST", "ports", wrap("port", fmt::format(R"("network_id":"{}"{})", private_net, more)));
  };
  const auto at = [&](std::string_view address) {
    return fmt::format(R"(,"fixed_ips":[{{"ip_address":"{}"}}])", address);
  };
  EXPECT_EQ(create("").at("port.fixed_ips.0.ip_address"), "10.0.0.3");
  EXPECT_EQ(create(at("10.0.0.9")).at("port.fixed_ips.0.subnet_id"), private_subnet);
  EXPECT_EQ(message(create(at("10.0.0.9"))),
            fmt::format("IP address 10.0.0.9 already allocated in subnet {}", private_subnet));
  EXPECT_EQ(type(create(at("10.0.0.9"))), "409 IpAddressAlreadyAllocated");
  EXPECT_EQ(type(create(at("10.0.0.1"))), "409 IpAddressAlreadyAllocated");  // the router's
  EXPECT_EQ(type(create(at("10.9.0.1"))), "400 InvalidIpForNetwork");
  EXPECT_EQ(type(create(at("10.0.0.255"))), "400 InvalidIpForSubnet");
  EXPECT_EQ(type(create(at("10.0.0"))), "400 HTTPBadRequest");
  EXPECT_EQ(type(create(fmt::format(R"(,"fixed_ips":[{{"subnet_id":"{}"}}])", public_subnet))), "400 InvalidInput");
  EXPECT_EQ(type(create(fmt::format(R"(,"fixed_ips":[{{"subnet_id":"{}"}}])", kNobody))), "404 SubnetNotFound");
  EXPECT_EQ(create(R"(,"fixed_ips":[])").at("port.fixed_ips"), "[]");
  const auto mac = create(R"(,"mac_address":"fa:16:3e:aa:bb:cc")");
  EXPECT_EQ(mac.at("port.mac_address"), "fa:16:3e:aa:bb:cc");
  EXPECT_EQ(type(create(R"(,"mac_address":"FA:16:3E:AA:BB:CC")")), "409 MacAddressInUse");
  EXPECT_EQ(type(create(R"(,"device_owner":"network:router_interface")")), "403 PolicyNotAuthorized");
  EXPECT_EQ(type(create(fmt::format(R"(,"security_groups":["{}"])", kNobody))), "404 SecurityGroupNotFound");
  EXPECT_EQ(call("demo", "GET", "ports?fixed_ips=ip_address=10.0.0.9&fields=network_id").at("ports.0.network_id"),
            private_net);
  EXPECT_EQ(
      call("demo", "GET", "ports?fixed_ips=subnet_id=" + private_subnet + "&device_owner=network:router_interface")
          .at("ports.0.device_id"),
      router);
  const auto moved = call(
      "demo", "PUT", "ports/" + port,
      wrap("port", R"("fixed_ips":[{"ip_address":"10.0.0.50"}],"device_id":"vm","device_owner":"compute:nova")"));
  EXPECT_EQ(moved.at("port.fixed_ips.0.ip_address"), "10.0.0.50");
  EXPECT_EQ(moved.at("port.status"), "ACTIVE");
  EXPECT_EQ(create("").at("port.fixed_ips.0.ip_address"), "10.0.0.2");  // what the moved one had
  const auto interface = call("demo", "GET", "ports?device_owner=network:router_interface").at("ports.0.id");
  EXPECT_EQ(type(call("demo", "DELETE", "ports/" + interface)), "409 ServicePortInUse");
}

TEST_F(NetworkTest, ManyPortsAtOnceOrNone) {
  make_networks();
  const auto two =
      fmt::format(R"({{"ports":[{{"network_id":"{}"}},{{"network_id":"{}"}}]}})", private_net, private_net);
  EXPECT_EQ(call("demo", "POST", "ports", two).at("ports.1.fixed_ips.0.ip_address"), "10.0.0.4");
  const auto before = rig.ledger->state().table<Port>().size();
  const auto bad = fmt::format(R"({{"ports":[{{"network_id":"{}"}},{{"network_id":"{}"}}]}})", private_net, kNobody);
  EXPECT_EQ(type(call("demo", "POST", "ports", bad)), "404 NetworkNotFound");
  EXPECT_EQ(rig.ledger->state().table<Port>().size(), before);
}

TEST_F(NetworkTest, APoolRunsDryAndRecovers) {
  make_networks();  // .2 is the router's; .3 to .6 are left
  std::vector<std::string> ids(4);
  for (auto& id : ids) id = float_ip();
  const auto full = call("demo", "POST", "floatingips",
                         wrap("floatingip", fmt::format(R"("floating_network_id":"{}")", public_net)));
  EXPECT_EQ(type(full), "409 IpAddressGenerationFailure");
  EXPECT_EQ(message(full), fmt::format("No more IP addresses available on network {}.", public_net));
  EXPECT_EQ(call("demo", "DELETE", "floatingips/" + ids[1]).status, 204);
  EXPECT_EQ(call("demo", "GET", "floatingips/" + float_ip()).at("floatingip.floating_ip_address"), "172.24.4.4");
}

TEST_F(NetworkTest, AFloatingIpIsAssociatedAndLetGo) {
  make_networks();
  const auto id = float_ip(R"(,"description":"mine")");
  const auto fresh = call("demo", "GET", "floatingips/" + id);
  EXPECT_EQ(fresh.at("floatingip.status"), "DOWN");
  EXPECT_EQ(fresh.at("floatingip.port_id"), "null");
  EXPECT_EQ(fresh.at("floatingip.router_id"), "null");
  EXPECT_EQ(fresh.at("floatingip.port_details"), "null");
  const auto associated = put_fip(id, fmt::format(R"("port_id":"{}")", port));
  EXPECT_EQ(associated.at("floatingip.fixed_ip_address"), "10.0.0.2");
  EXPECT_EQ(associated.at("floatingip.router_id"), router);
  EXPECT_EQ(associated.at("floatingip.status"), "ACTIVE");
  EXPECT_EQ(associated.at("floatingip.port_details.name"), "web");
  EXPECT_EQ(associated.at("floatingip.description"), "mine");
  EXPECT_EQ(put_fip(id, R"("description":"still")").at("floatingip.port_id"), port);
  EXPECT_EQ(put_fip(id, R"("port_id":null)").at("floatingip.status"), "DOWN");
  EXPECT_EQ(
      put_fip(id, fmt::format(R"("port_id":"{}","fixed_ip_address":"10.0.0.2")", port)).at("floatingip.port_id"),
      port);
  EXPECT_EQ(put_fip(id, "").at("floatingip.port_id"), "null");
  const auto at_once = float_ip(fmt::format(R"(,"port_id":"{}","floating_ip_address":"172.24.4.6")", port));
  EXPECT_EQ(call("demo", "GET", "floatingips?floating_ip_address=172.24.4.6").at("floatingips.0.id"), at_once);
  EXPECT_EQ(call("demo", "GET", "floatingips?port_id=" + port).at("floatingips.0.id"), at_once);
  EXPECT_EQ(call("demo", "DELETE", "ports/" + port).status, 204);
  EXPECT_EQ(call("demo", "GET", "floatingips/" + at_once).at("floatingip.port_id"), "null");
}

TEST_F(NetworkTest, WhatAFloatingIpCannotDo) {
  make_networks();
  const auto first = float_ip(fmt::format(R"(,"port_id":"{}")", port)), second = float_ip();
  EXPECT_EQ(type(put_fip(second, fmt::format(R"("port_id":"{}")", port))), "409 FloatingIPPortAlreadyAssociated");
  EXPECT_EQ(type(put_fip(second, fmt::format(R"("port_id":"{}")", kNobody))), "404 PortNotFound");
  EXPECT_EQ(type(put_fip(second, R"("port_id":"x")")), "400 HTTPBadRequest");
  EXPECT_EQ(type(put_fip(second, R"("fixed_ip_address":"10.0.0.2")")), "400 BadRequest");
  EXPECT_EQ(type(put_fip(first, fmt::format(R"("port_id":"{}","fixed_ip_address":"10.0.0.99")", port))),
            "400 BadRequest");
  const auto create = [&](const std::string& attributes) {
    return call("demo", "POST", "floatingips", wrap("floatingip", attributes));
  };
  EXPECT_EQ(message(create(fmt::format(R"("floating_network_id":"{}")", private_net))),
            fmt::format("Bad floatingip request: Network {} is not a valid external network.", private_net));
  EXPECT_EQ(type(create(fmt::format(R"("floating_network_id":"{}")", kNobody))), "404 NetworkNotFound");
  EXPECT_EQ(type(create("")), "400 HTTPBadRequest");
  EXPECT_EQ(type(create(fmt::format(R"("floating_network_id":"{}","floating_ip_address":"10.9.9.9")", public_net))),
            "400 InvalidIpForNetwork");
  EXPECT_EQ(type(create(fmt::format(R"("floating_network_id":"{}","floating_ip_address":"172.24.4.3")", public_net))),
            "409 IpAddressAlreadyAllocated");
  EXPECT_EQ(type(create(fmt::format(R"("floating_network_id":"{}","subnet_id":"{}")", public_net, kNobody))),
            "404 SubnetNotFound");
  // A port on a subnet without a way out.
  const auto lonely = make("demo", "networks", "network", R"("name":"lonely")");
  const auto subnet = make("demo", "subnets", "subnet",
                           fmt::format(R"("network_id":"{}","ip_version":4,"cidr":"10.7.0.0/24")", lonely));
  const auto island = make("demo", "ports", "port", fmt::format(R"("network_id":"{}")", lonely));
  const auto unreachable = put_fip(second, fmt::format(R"("port_id":"{}")", island));
  EXPECT_EQ(type(unreachable), "404 ExternalGatewayForFloatingIPNotFound");
  EXPECT_EQ(message(unreachable), fmt::format("External network {} is not reachable from subnet {}.  Therefore, "
                                              "cannot associate Port {} with a Floating IP.",
                                              public_net, subnet, island));
}

TEST_F(NetworkTest, RoutersKeepWhatIsInUse) {
  make_networks();
  const auto interface = [&](const std::string& verb, const std::string& body) {
    return call("demo", "PUT", "routers/" + router + "/" + verb + "_router_interface", body);
  };
  const auto of_subnet = fmt::format(R"({{"subnet_id":"{}"}})", private_subnet);
  EXPECT_EQ(message(interface("add", of_subnet)),
            fmt::format("Bad router request: Router already has a port on subnet {}.", private_subnet));
  EXPECT_EQ(type(interface("add", "{}")), "400 BadRequest");
  EXPECT_EQ(type(interface("add", fmt::format(R"({{"subnet_id":"{}","port_id":"{}"}})", private_subnet, port))),
            "400 BadRequest");
  EXPECT_EQ(type(interface("add", fmt::format(R"({{"subnet_id":"{}"}})", kNobody))), "404 SubnetNotFound");
  EXPECT_EQ(type(interface("remove", fmt::format(R"({{"port_id":"{}"}})", port))), "404 RouterInterfaceNotFound");
  EXPECT_EQ(type(interface("remove", fmt::format(R"({{"subnet_id":"{}"}})", public_subnet))),
            "404 RouterInterfaceNotFoundForSubnet");
  EXPECT_EQ(type(call("demo", "DELETE", "routers/" + router)), "409 RouterInUse");
  const auto fip = float_ip(fmt::format(R"(,"port_id":"{}")", port));
  EXPECT_EQ(type(interface("remove", of_subnet)), "409 RouterInterfaceInUseByFloatingIP");
  const auto clear = wrap("router", R"("external_gateway_info":{})");
  EXPECT_EQ(type(call("demo", "PUT", "routers/" + router, clear)), "409 RouterExternalGatewayInUseByFloatingIp");
  EXPECT_EQ(put_fip(fip, R"("port_id":null)").status, 200);
  const auto cleared = call("demo", "PUT", "routers/" + router, clear);
  EXPECT_EQ(cleared.at("router.external_gateway_info"), "null");
  const auto again =
      call("demo", "PUT", "routers/" + router,
           wrap("router", fmt::format(R"("external_gateway_info":{{"network_id":"{}"}})", public_net)));
  EXPECT_EQ(again.at("router.external_gateway_info.external_fixed_ips.0.ip_address"), "172.24.4.2");
  EXPECT_EQ(type(call("demo", "PUT", "routers/" + router,
                      wrap("router", fmt::format(R"("external_gateway_info":{{"network_id":"{}"}})", private_net)))),
            "400 BadRequest");
  const auto removed = interface("remove", of_subnet);
  EXPECT_EQ(removed.at("subnet_id"), private_subnet);
  EXPECT_EQ(call("demo", "DELETE", "routers/" + router).status, 204);
  EXPECT_EQ(call("admin", "GET", "ports?device_id=" + router).text, R"({"ports":[]})");
}

TEST_F(NetworkTest, InterfacesByPortAndOverlaps) {
  make_networks();
  const auto other = make("demo", "networks", "network", R"("name":"other")");
  const auto same = make("demo", "subnets", "subnet",
                         fmt::format(R"("network_id":"{}","ip_version":4,"cidr":"10.0.0.0/25")", other));
  const auto add = [&](const std::string& body) {
    return call("demo", "PUT", "routers/" + router + "/add_router_interface", body);
  };
  EXPECT_NE(message(add(fmt::format(R"({{"subnet_id":"{}"}})", same))).find("overlaps"), std::string::npos);
  const auto far = make("demo", "subnets", "subnet",
                        fmt::format(R"("network_id":"{}","ip_version":4,"cidr":"10.8.0.0/24")", other));
  const auto leg = make("demo", "ports", "port",
                        fmt::format(R"("network_id":"{}","fixed_ips":[{{"subnet_id":"{}"}}])", other, far));
  EXPECT_EQ(add(fmt::format(R"({{"port_id":"{}"}})", leg)).at("subnet_id"), far);
  EXPECT_EQ(call("demo", "GET", "ports/" + leg).at("port.device_owner"), "network:router_interface");
  EXPECT_EQ(type(add(fmt::format(R"({{"port_id":"{}"}})", leg))), "409 PortInUse");
}

TEST_F(NetworkTest, RevisionsGuardAgainstLostUpdates) {
  make_networks();
  const auto id = float_ip();
  const auto put = [&](const std::string& match) {
    return rig.call("demo", "PUT", "/network/v2.0/floatingips/" + id, wrap("floatingip", R"("description":"x")"),
                    {{"If-Match", match}});
  };
  EXPECT_EQ(type(put("revision_number=7")), "412 RevisionNumberConstraintFailed");
  EXPECT_EQ(put("revision_number=0").status, 200);
  EXPECT_EQ(type(put("revision_number=0")), "412 RevisionNumberConstraintFailed");
  EXPECT_EQ(put("nonsense").status, 400);
  EXPECT_EQ(
      rig.call("demo", "DELETE", "/network/v2.0/floatingips/" + id, "", {{"If-Match", "revision_number=0"}}).status,
      412);
}

TEST_F(NetworkTest, TagsOfAnObject) {
  make_networks();
  const auto tags = "networks/" + private_net + "/tags";
  EXPECT_EQ(call("demo", "PUT", tags, R"({"tags":["b","a","b"]})").text, R"({"tags":["b","a"]})");
  EXPECT_EQ(call("demo", "PUT", tags + "/c").status, 201);
  EXPECT_EQ(call("demo", "GET", tags).text, R"({"tags":["b","a","c"]})");
  EXPECT_EQ(call("demo", "GET", tags + "/c").status, 204);
  EXPECT_EQ(call("demo", "GET", tags + "/d").status, 404);
  EXPECT_EQ(call("demo", "GET", "networks?tags=a,c&fields=name").text, R"({"networks":[{"name":"private"}]})");
  EXPECT_EQ(call("demo", "DELETE", tags + "/c").status, 204);
  EXPECT_EQ(call("demo", "DELETE", tags).status, 204);
  EXPECT_EQ(call("demo", "GET", "networks/" + private_net).at("network.tags"), "[]");
  EXPECT_EQ(call("demo", "PUT", tags, R"({"tags":5})").status, 400);
  EXPECT_EQ(call("demo", "PUT", tags, R"({"tags":[""]})").status, 400);
}

TEST_F(NetworkTest, SecurityGroupsWorkForClients) {
  const auto list = call("demo", "GET", "security-groups");
  EXPECT_EQ(list.at("security_groups.0.name"), "default");
  EXPECT_EQ(list.at("security_groups.1"), "(absent)");
  EXPECT_EQ(json::array_or_empty(list.body.at("security_groups").at(0), "security_group_rules").size(), 4U);
  const auto group = make("demo", "security-groups", "security_group", R"("name":"web")");
  const auto rule = [&](const std::string& more) {
    return call(
        "demo", "POST", "security-group-rules",
        wrap("security_group_rule", fmt::format(R"("security_group_id":"{}","direction":"ingress"{})", group, more)));
  };
  const auto made =
      rule(R"(,"protocol":"tcp","port_range_min":"80","port_range_max":80,"remote_ip_prefix":"0.0.0.0/0")");
  EXPECT_EQ(made.at("security_group_rule.port_range_min"), "80");
  EXPECT_EQ(type(rule(R"(,"protocol":"tcp","port_range_min":80,"port_range_max":80,"remote_ip_prefix":"0.0.0.0/0")")),
            "409 SecurityGroupRuleExists");
  EXPECT_EQ(type(rule(R"(,"port_range_min":80,"port_range_max":80)")), "400 SecurityGroupProtocolRequiredWithPorts");
  EXPECT_EQ(type(rule(R"(,"protocol":"tcp","port_range_min":90,"port_range_max":80)")),
            "400 SecurityGroupInvalidPortRange");
  EXPECT_EQ(type(rule(R"(,"protocol":"xyz")")), "400 SecurityGroupRuleInvalidProtocol");
  EXPECT_EQ(type(rule(R"(,"remote_ip_prefix":"fd00::/8")")), "400 SecurityGroupRuleParameterConflict");
  const auto id = made.at("security_group_rule.id");
  EXPECT_EQ(call("demo", "GET", "security-group-rules?security_group_id=" + group + "&direction=ingress")
                .at("security_group_rules.0.id"),
            id);
  EXPECT_EQ(call("other", "DELETE", "security-group-rules/" + id).status, 404);
  EXPECT_EQ(call("demo", "DELETE", "security-group-rules/" + id).status, 204);
  EXPECT_EQ(call("demo", "GET", "security-group-rules/" + id).status, 404);
  const auto net = make("demo", "networks", "network", R"("name":"n")");
  const auto port_id =
      make("demo", "ports", "port", fmt::format(R"("network_id":"{}","security_groups":["{}"])", net, group));
  EXPECT_EQ(type(call("demo", "DELETE", "security-groups/" + group)), "409 SecurityGroupInUse");
  EXPECT_EQ(call("demo", "DELETE", "ports/" + port_id).status, 204);
  EXPECT_EQ(call("demo", "DELETE", "security-groups/" + group).status, 204);
  const auto fallback = list.at("security_groups.0.id");
  EXPECT_EQ(type(call("demo", "DELETE", "security-groups/" + fallback)), "409 SecurityGroupCannotRemoveDefault");
  EXPECT_EQ(call("admin", "DELETE", "security-groups/" + fallback).status, 204);
}

TEST_F(NetworkTest, QuotasAreReadWrittenAndEnforced) {
  EXPECT_EQ(call("demo", "GET", "quotas/p-demo").at("quota.floatingip"), "50");
  EXPECT_EQ(call("demo", "GET", "quotas/p-other").status, 403);
  EXPECT_EQ(call("demo", "PUT", "quotas/p-demo", wrap("quota", R"("network":1)")).status, 403);
  EXPECT_EQ(call("admin", "PUT", "quotas/p-demo", wrap("quota", R"("network":"1")")).at("quota.network"), "1");
  EXPECT_EQ(call("admin", "PUT", "quotas/p-demo", wrap("quota", R"("network":-2)")).status, 400);
  EXPECT_EQ(call("admin", "PUT", "quotas/p-demo", wrap("quota", R"("bogus":1)")).status, 400);
  make("demo", "networks", "network", R"("name":"one")");
  const auto over = call("demo", "POST", "networks", wrap("network", R"("name":"two")"));
  EXPECT_EQ(type(over), "409 OverQuota");
  EXPECT_EQ(message(over), "Quota exceeded for resources: ['network'].");
  EXPECT_EQ(call("demo", "GET", "quotas/p-demo/details").at("quota.network"), R"({"limit":1,"used":1,"reserved":0})");
  EXPECT_EQ(call("demo", "GET", "quotas/p-demo/default").at("quota.network"), "100");
  EXPECT_EQ(call("admin", "GET", "quotas").at("quotas.0.project_id"), "p-demo");
  EXPECT_EQ(call("admin", "DELETE", "quotas/p-demo").status, 204);
  EXPECT_EQ(call("admin", "DELETE", "quotas/p-demo").status, 404);
  make("demo", "networks", "network", R"("name":"two")");
}

TEST_F(NetworkTest, BadBodiesChangeNothing) {
  make_networks();
  const auto before = rig.ledger->revision();
  for (const auto* path :
       {"networks", "subnets", "ports", "routers", "floatingips", "security-groups", "security-group-rules"}) {
    for (const auto* body :
         {"", "{", "[]", "null", "5", "\"x\"", "{}", R"({"network":[]})", R"({"port":{"network_id":5}})",
          R"({"networks":{}})", R"({"floatingip":{"floating_network_id":{}}})", R"({"subnet":{"cidr":[]}})"}) {
      const auto answer = call("demo", "POST", path, body);
      EXPECT_EQ(answer.status, 400) << path << " " << body;
      EXPECT_NE(answer.at("NeutronError.message"), "(absent)") << path << " " << body;
    }
  }
  EXPECT_EQ(rig.ledger->revision(), before);
}

TEST_F(NetworkTest, AFirstSetOfNetworksByConfiguration) {
  ASSERT_TRUE(rig.run(rig.ledger->change<bool>([](Work& work) -> Result<bool> {
    work.put(Project{.id = "p-admin", .name = "admin", .domain_id = "default"});
    work.put(Project{.id = "p-demo", .name = "demo", .domain_id = "default"});
    return true;
  })));
  for (int twice = 0; twice < 2; ++twice) {
    EXPECT_TRUE(rig.run(network::bootstrap(*rig.ledger, rig.env.env, "172.24.4.0/24", "10.0.0.0/24")));
  }
  EXPECT_EQ(rig.ledger->state().table<Network>().size(), 2U);
  const auto router1 = call("demo", "GET", "routers?name=router1");
  EXPECT_EQ(router1.at("routers.0.external_gateway_info.external_fixed_ips.0.ip_address"), "172.24.4.2");
  EXPECT_EQ(call("demo", "GET", "ports?device_owner=network:router_interface").at("ports.0.fixed_ips.0.ip_address"),
            "10.0.0.1");
}

}  // namespace
}  // namespace fairway::cloud::network
