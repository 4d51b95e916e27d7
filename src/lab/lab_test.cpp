// A lab on real namespaces and processes, with small APIs in this program: stopped, started with other nodes, beside
// another, and taken down.
#include "lab/lab.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "base/strings.h"
#include "lab/hosts.h"
#include "lab/overlay.h"
#include "lab/pod_record.h"
#include "lab/probes.h"
#include "net/fabric.h"
#include "net/vxlan.h"
#include "testing/env.h"
#include "testing/fake_kube_api.h"
#include "testing/loopback_http.h"
#include "testing/namespaces.h"
#include "testing/results.h"
#include "testing/temporary_folder.h"

namespace fairway::lab {
namespace {

// Neutron as far as a lab needs it: one network, ports that are made and deleted.
class SmallNeutron {
 public:
  std::unique_ptr<openstack::Client> client() { return std::make_unique<Way>(*this); }
  [[nodiscard]] std::vector<std::string> port_names() const {
    std::vector<std::string> names;
    names.reserve(ports_.size());
    for (const auto& [id, port] : ports_) names.push_back(json::string_or(port, "name"));
    std::ranges::sort(names);
    return names;
  }

 private:
  class Way final : public openstack::Client {
   public:
    explicit Way(SmallNeutron& neutron) : neutron_(neutron) {}
    Task<Result<openstack::Answer>> send(openstack::Service, std::string method, std::string path,
                                         json::Value body) override {
      auto answer = neutron_.answer(method, path, body);
      co_return answer;
    }
    Task<Result<std::string>> project_id() override { co_return std::string("project"); }

   private:
    SmallNeutron& neutron_;
  };

  static openstack::Answer list(std::string_view key, json::Array items) {
    return {200, json::Object{{key, std::move(items)}}};
  }

  Result<openstack::Answer> answer(const std::string& method, const std::string& path, const json::Value& body) {
    const json::Object network{{"id", "net-1"}, {"name", "private"}};
    const json::Object subnet{{"id", "sub-1"}, {"cidr", "10.0.0.0/24"}, {"gateway_ip", "10.0.0.1"}};
    if (path.starts_with("/v2.0/networks?name=private")) return list("networks", {network});
    if (path.starts_with("/v2.0/networks")) return list("networks", {});
    if (path.starts_with("/v2.0/subnets")) return list("subnets", {subnet});
    if (method == "POST") return make_port(body);
    if (method == "DELETE") {
      if (ports_.erase(path.substr(path.rfind('/') + 1)) == 0) return fail(Errc::not_found, "no such port");
      return openstack::Answer{204, nullptr};
    }
    const auto name = path.substr(path.find("name=") + 5, path.find('&') - path.find("name=") - 5);
    json::Array found;
    for (const auto& [id, port] : ports_) {
      if (json::string_or(port, "name") == name) found.push_back(port);
    }
    return list("ports", std::move(found));
  }

  openstack::Answer make_port(const json::Value& body) {
    const int number = ++made_;
    json::Object port = json::object_or_empty(body, "port");
    port["id"] = fmt::format("{:08x}-0000-4000-8000-00000000000a", number);
    port["mac_address"] = fmt::format("fa:16:3e:00:00:{:02x}", number);
    port["fixed_ips"] = json::Array{json::Object{{"ip_address", fmt::format("10.0.0.{}", 10 + number)}}};
    ports_[json::string_or(port, "id")] = port;
    return {201, json::Object{{"port", port}}};
  }

  std::map<std::string, json::Value> ports_;
  int made_ = 0;
};

// One cluster: its APIs, its state on disk, its lab.
class Cluster {
 public:
  Cluster(boost::asio::io_context& context, Env& env, const std::string& prefix, std::string name)
      : context_(context), env_(env), kube(env), name_(std::move(name)) {
    config.prefix = prefix;
    config.cluster = name_;
    config.state_dir = folder_.file("state");
    config.pod_log_dir = folder_.file("logs");
    config.program = folder_.file("starter");
    config.client_name = "";
    config.node_linger = std::chrono::milliseconds(1);
    // In place of `fairway lab-container`: a program that sleeps.
    std::ofstream(config.program) << "#!/bin/sh\n"
                                     "file=$(sed 's/.*\"pid_file\":\"\\([^\"]*\\)\".*/\\1/' \"$2\")\n"
                                     "sleep 600 >/dev/null 2>&1 </dev/null &\n"
                                     "echo $! > \"$file\"\n";
    ::chmod(config.program.c_str(), 0700);
    nodes({"master-0", "node-0"});
  }

  void nodes(const std::vector<std::string>& names) {
    config.nodes.clear();
    for (const std::string& one : names) config.nodes.push_back({name_ + "-" + one, config.nodes.empty()});
  }

  [[nodiscard]] std::string node(const std::string& name) const { return name_ + "-" + name; }
  [[nodiscard]] std::string ns(const std::string& name) const {
    return net::Fabric(config.prefix).host_namespace(node(name));
  }

  Result<> start() {
    LabClients clients{
        kube::make_client(
            testing::make_loopback(env_, wire_, "", [this](http::Request& request) { return kube.handle(request); }),
            {.server = "https://127.0.0.1:1"}),
        neutron.client(), api};
    auto started = testing::run_on(context_, Lab::start(context_, env_, config, std::move(clients)));
    if (!started) return std::unexpected(started.error());
    lab = *std::move(started);
    return {};
  }

  void stop() {
    if (!lab) return;
    testing::run_on(context_, lab->stop(std::chrono::seconds(1)));
    lab.reset();
  }

  void put_pod(const std::string& name, const std::string& on) {
    json::Object container{{"name", "main"}, {"image", "pause"}};
    json::Object spec{{"nodeName", node(on)}, {"containers", json::Array{std::move(container)}}};
    kube.put("/api/v1/namespaces/default/pods",
             json::Object{{"apiVersion", "v1"},
                          {"kind", "Pod"},
                          {"metadata", json::Object{{"name", name}, {"namespace", "default"}}},
                          {"spec", std::move(spec)}});
  }
  [[nodiscard]] const json::Value* pod(const std::string& name) const {
    return kube.find("/api/v1/namespaces/default/pods/" + name);
  }
  [[nodiscard]] bool runs(const std::string& name) const {
    return pod(name) != nullptr && json::string_or(*pod(name), "status.phase") == "Running";
  }
  [[nodiscard]] const json::Value* node_object(const std::string& name) const {
    return kube.find("/api/v1/nodes/" + node(name));
  }
  // The process of a pod's only container, by what the lab noted on disk.
  [[nodiscard]] ProcessId process(const std::string& name) const {
    for (const PodRecord& record : load_records(config.state_dir)) {
      if (record.name == name && !record.containers.empty())
        return {record.containers.front().pid, record.containers.front().start_ticks};
    }
    return {};
  }

 private:
  boost::asio::io_context& context_;
  Env& env_;
  testing::TemporaryFolder folder_;
  testing::Wire wire_;

 public:
  testing::FakeKubeApi kube;
  SmallNeutron neutron;
  LabConfig config;
  std::unique_ptr<Lab> lab;
  std::string api = "https://127.0.0.1:1";  // where the API listens on this machine

 private:
  std::string name_;
};

class LabTest : public ::testing::Test {
 protected:
  void SetUp() override { FW_SKIP_UNLESS_ROOT(); }
  void TearDown() override {
    for (Cluster* one : {&one_, &two_}) {
      one->stop();
      const auto cloud = one->neutron.client();
      (void)testing::run_on(context_, remove_all_hosts(env_, *cloud, one->config));
    }
  }

  // Real time: processes and the kernel take it.
  bool within_seconds(const std::function<bool()>& done, int seconds = 10) {
    const SteadyTime until = system_clock().steady() + std::chrono::seconds(seconds);
    context_.restart();
    while (!done() && system_clock().steady() < until) context_.run_one_for(std::chrono::milliseconds(20));
    return done();
  }

  testing::KeptLog log_;
  Metrics metrics_;
  Env env_{system_clock(), system_random(), loop_timers(), log_, metrics_};
  boost::asio::io_context context_;
  testing::Namespaces mine_;
  Cluster one_{context_, env_, mine_.prefix() + "a", "one"};
  Cluster two_{context_, env_, mine_.prefix() + "b", "two"};
};

TEST_F(LabTest, ANewLabInTheSameProcessAdoptsWhatRuns) {
  FW_ASSERT_OK(one_.start());
  one_.put_pod("web", "node-0");
  ASSERT_TRUE(within_seconds([&] { return one_.runs("web"); }));
  const ProcessId process = one_.process("web");
  ASSERT_TRUE(process_alive(process));
  for (int round = 0; round < 3; ++round) {
    one_.stop();
    EXPECT_TRUE(process_alive(process));
    FW_ASSERT_OK(one_.start());
  }
  // One that ended while no lab watched is seen to have done so, and is started again.
  one_.stop();
  signal_process(process, SIGKILL);
  FW_ASSERT_OK(one_.start());
  EXPECT_TRUE(within_seconds([&] { return process_alive(one_.process("web")); }));
  EXPECT_NE(one_.process("web"), process);
  EXPECT_TRUE(within_seconds([&] {
    const auto& statuses = json::array_or_empty(*one_.pod("web"), "status.containerStatuses");
    return !statuses.empty() && json::int_or(statuses.front(), "lastState.terminated.exitCode") == 137;
  }));
}

TEST_F(LabTest, AStoppedLabLeavesNothingOnTheLoop) {
  FW_ASSERT_OK(one_.start());
  one_.put_pod("web", "node-0");
  ASSERT_TRUE(within_seconds([&] { return one_.runs("web"); }));
  one_.stop();
  context_.restart();
  const SteadyTime begun = system_clock().steady();
  context_.run_for(std::chrono::seconds(20));  // returns as soon as nothing is left to do
  EXPECT_LT(system_clock().steady() - begun, std::chrono::seconds(10));
  EXPECT_TRUE(context_.stopped());
}

TEST_F(LabTest, GrowsAndShrinks) {
  FW_ASSERT_OK(one_.start());
  one_.put_pod("web", "node-0");
  ASSERT_TRUE(within_seconds([&] { return one_.runs("web"); }));
  const ProcessId process = one_.process("web");
  one_.stop();

  one_.nodes({"master-0", "node-1"});
  FW_ASSERT_OK(one_.start());
  EXPECT_EQ(json::string_or(*one_.node_object("node-1"), "spec.podCIDR"), "10.100.2.0/24");
  EXPECT_TRUE(within_seconds([&] { return one_.lab->nodes_leaving() == 0; }));
  EXPECT_EQ(one_.node_object("node-0"), nullptr);
  EXPECT_EQ(one_.kube.find("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/one-node-0"), nullptr);
  EXPECT_EQ(one_.pod("web"), nullptr);
  EXPECT_FALSE(process_alive(process));
  EXPECT_FALSE(net::namespace_exists(one_.ns("node-0")));
  EXPECT_EQ(one_.neutron.port_names(), (std::vector<std::string>{"one-master-0", "one-node-1"}));
  EXPECT_EQ(net::list_onlink_routes(one_.ns("master-0"), kOverlayLink).value(),
            (std::map<std::string, std::string>{{"10.100.2.0/24", "10.100.2.0"}}));
  one_.stop();

  // Its /24 is free for the next.
  one_.nodes({"master-0", "node-1", "node-2"});
  FW_ASSERT_OK(one_.start());
  EXPECT_EQ(json::string_or(*one_.node_object("node-2"), "spec.podCIDR"), "10.100.1.0/24");
  EXPECT_EQ(one_.lab->nodes_leaving(), 0U);
}

TEST_F(LabTest, TwoClustersWithTheSameNetworksStandSideBySide) {
  FW_ASSERT_OK(one_.start());
  FW_ASSERT_OK(two_.start());
  one_.put_pod("web", "node-0");
  two_.put_pod("web", "node-0");
  ASSERT_TRUE(within_seconds([&] { return one_.runs("web") && two_.runs("web"); }));
  EXPECT_EQ(json::string_or(*one_.pod("web"), "status.podIP"), json::string_or(*two_.pod("web"), "status.podIP"));
  one_.stop();
  const auto cloud = one_.neutron.client();
  const ProcessId gone = one_.process("web");
  const ProcessId stays = two_.process("web");
  FW_ASSERT_OK(testing::run_on(context_, remove_all_hosts(env_, *cloud, one_.config)));
  EXPECT_TRUE(within_seconds([&] { return !process_alive(gone); }));
  EXPECT_TRUE(process_alive(stays));
  EXPECT_TRUE(net::list_namespaces(one_.config.prefix + "-h-").empty());
  EXPECT_TRUE(net::list_namespaces(one_.config.prefix + "-p-").empty());
  EXPECT_TRUE(one_.neutron.port_names().empty());
  EXPECT_FALSE(std::filesystem::exists(one_.config.state_dir));
  EXPECT_EQ(net::list_namespaces(two_.config.prefix + "-h-").size(), 2U);
}

TEST_F(LabTest, NodesReachAnApiOfThisMachinesLoopback) {
  using boost::asio::ip::tcp;
  tcp::acceptor api(context_, {boost::asio::ip::make_address("127.0.0.1"), 0});
  one_.api = fmt::format("https://127.0.0.1:{}", api.local_endpoint().port());
  one_.config.api_port = 6443;
  FW_ASSERT_OK(one_.start());
  const std::string slice = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes";
  const std::string endpoints = "/api/v1/namespaces/default/endpoints/kubernetes";
  ASSERT_TRUE(
      within_seconds([&] { return one_.kube.find(slice) != nullptr && one_.kube.find(endpoints) != nullptr; }));
  const json::Value& first = json::array_or_empty(*one_.kube.find(slice), "endpoints").front();
  const std::string address(json::array_or_empty(first, "addresses").front().get_string());
  const json::Array& addresses = json::array_or_empty(*one_.node_object("master-0"), "status.addresses");
  EXPECT_EQ(address, json::string_or(addresses.front(), "address"));
  const auto reached =
      testing::run_on(context_, [](tcp::acceptor& at, std::string ns, std::string to) -> Task<Result<std::string>> {
        FW_CO_TRY(tcp::socket client, co_await connect_in(ns, to, 6443, std::chrono::seconds(5)));
        tcp::socket peer = co_await at.async_accept(boost::asio::use_awaitable);
        co_await boost::asio::async_write(client, boost::asio::buffer("hello", 5), boost::asio::use_awaitable);
        std::string text(5, ' ');
        co_await boost::asio::async_read(peer, boost::asio::buffer(text), boost::asio::use_awaitable);
        co_return text;
      }(api, one_.ns("node-0"), address));
  FW_ASSERT_OK(reached);
  EXPECT_EQ(*reached, "hello");
}

}  // namespace
}  // namespace fairway::lab
