#include "kube/client.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include "kube/events.h"
#include "kube/lease.h"
#include "kube/reflector.h"
#include "testing/fake_kube_api.h"
#include "testing/loopback_http.h"
#include "testing/simulation.h"

namespace fairway::kube {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

json::Value parsed(std::string_view text) { return *json::parse(text); }

class Kube : public ::testing::Test {
 protected:
  testing::Simulation sim;
  testing::FakeKubeApi api{sim.env()};
  testing::Wire wire;
  std::unique_ptr<Client> client = make_client(
      testing::make_loopback(sim.env(), wire, "", [this](http::Request& request) { return api.handle(request); }),
      Config{});
  const std::string web = kServices.path("web");

  json::Value service(const std::string& name) {
    return parsed(R"({"metadata":{"name":")" + name + R"("},"spec":{"type":"ClusterIP"}})");
  }
};

TEST(ResourcePath, IsBuiltFromGroupNamespaceAndName) {
  EXPECT_EQ(kServices.path("web", "shop", "status"), "/api/v1/namespaces/web/services/shop/status");
  EXPECT_EQ(kEndpointSlices.path(), "/apis/discovery.k8s.io/v1/endpointslices");
  EXPECT_EQ(kNodes.path("", "node-1"), "/api/v1/nodes/node-1");
}

TEST_F(Kube, WritesReadsAndPatches) {
  ASSERT_TRUE(sim.run(client->create(web, service("shop"))));
  const auto patched =
      sim.run(client->patch(web + "/shop", Patch::merge, parsed(R"({"metadata":{"annotations":{"a":"b"}}})")));
  ASSERT_TRUE(patched);
  EXPECT_EQ(json::string_or(*patched, "metadata.annotations.a"), "b");
  EXPECT_EQ(json::string_or(*sim.run(client->get(web + "/shop")), "spec.type"), "ClusterIP");
  EXPECT_EQ(sim.run(client->list(kServices.path()))->items.size(), 1U);
  EXPECT_TRUE(sim.run(client->remove(web + "/shop")));
}

TEST_F(Kube, ErrorsCarryTheStatusAndItsMessage) {
  EXPECT_EQ(sim.run(client->get(web + "/none")).error().code, Errc::not_found);
  ASSERT_TRUE(sim.run(client->create(web, service("shop"))));
  EXPECT_EQ(sim.run(client->create(web, service("shop"))).error().code, Errc::already_exists);
  auto stale = service("shop");
  stale.at("metadata").as_object()["resourceVersion"] = "1";
  const auto conflict = sim.run(client->replace(web + "/shop", stale));
  EXPECT_EQ(conflict.error().code, Errc::conflict);
  EXPECT_THAT(conflict.error().what, HasSubstr("modified"));
  wire.fault = [](const http::Request&) { return testing::Fault{.instead = http::Response::text(503, "away")}; };
  EXPECT_EQ(sim.run(client->get(web + "/shop")).error().code, Errc::unavailable);
}

// What a reflector told, as "+key", "~key" (both: new state) and "-key".
class Followed : public Kube {
 protected:
  std::vector<std::string> heard;
  Reflector reflector{
      *client,
      sim.env(),
      {"services", kServices.path(), ""},
      {.changed = [this](const std::string& key,
                         const json::Value* now) { heard.push_back((now != nullptr ? "+" : "-") + key); },
       .synced = [this] { heard.emplace_back("synced"); }}};
  std::vector<std::string> take() {
    sim.settle();
    return std::exchange(heard, {});
  }
};

TEST_F(Followed, TellsTheFirstListThenEachChange) {
  api.put(web, service("a"));
  sim.spawn(reflector.run());
  EXPECT_THAT(take(), ElementsAre("+web/a", "synced"));
  EXPECT_EQ(reflector.trouble(), "");
  api.put(web, service("b"));
  api.merge(web + "/a", parsed(R"({"spec":{"type":"LoadBalancer"}})"));
  api.remove(web + "/b");
  EXPECT_THAT(take(), ElementsAre("+web/b", "+web/a", "-web/b"));
  EXPECT_EQ(json::string_or(reflector.items().at("web/a"), "spec.type"), "LoadBalancer");
}

TEST_F(Followed, ResumesABrokenWatchWithoutListingAgain) {
  sim.spawn(reflector.run());
  take();
  api.put(web, service("a"));
  take();
  api.break_watches();
  api.put(web, service("b"));
  sim.run_for(std::chrono::seconds(5));
  EXPECT_THAT(take(), ElementsAre("+web/b"));
  EXPECT_EQ(wire.count("GET /api/v1/services?limit"), 1U);
}

TEST_F(Followed, AfterA410OnlyDifferencesAreTold) {
  api.put(web, service("stays"));
  api.put(web, service("goes"));
  sim.spawn(reflector.run());
  take();
  api.remove(web + "/goes");
  api.put(web, service("comes"));
  api.forget_history();
  // The watch is behind and broken: the events above never came.
  heard.clear();
  sim.run_for(std::chrono::seconds(5));
  for (const auto& line : take()) EXPECT_NE(line, "+web/stays");
  EXPECT_TRUE(reflector.items().contains("web/comes"));
  EXPECT_FALSE(reflector.items().contains("web/goes"));
}

TEST_F(Followed, ABookmarkMovesTheResumePoint) {
  sim.spawn(reflector.run());
  take();
  api.put("/api/v1/nodes", parsed(R"({"metadata":{"name":"n"}})"));  // a revision that this watch does not see
  api.send_bookmarks();
  take();
  api.break_watches();
  sim.run_for(std::chrono::seconds(2));
  EXPECT_THAT(wire.requests.back(), HasSubstr("resourceVersion=101"));
}

TEST_F(Followed, BacksOffAndSaysWhyWhileTheServerIsAway) {
  wire.fault = [](const http::Request&) { return testing::Fault{.refuse = true}; };
  sim.spawn(reflector.run());
  sim.run_for(std::chrono::minutes(5));
  EXPECT_THAT(reflector.trouble(), HasSubstr("refused"));
  EXPECT_LT(wire.requests.size(), 40U);
  EXPECT_GT(wire.requests.size(), 8U);
  wire.fault = {};
  api.put(web, service("a"));
  EXPECT_TRUE(sim.run_until([&] { return reflector.synced(); }, std::chrono::seconds(31)));
  EXPECT_EQ(reflector.trouble(), "");
}

class Lease : public Kube {
 protected:
  std::vector<std::string> heard;
  std::unique_ptr<LeaderElection> candidate(const std::string& identity) {
    return std::make_unique<LeaderElection>(
        *client, sim.env(), LeaseConfig{.name = "fairway", .identity = identity},
        [this, identity](bool leading) { heard.push_back(identity + (leading ? " leads" : " ends")); });
  }
};

TEST_F(Lease, OneLeadsAndTheOtherFollowsWhenItIsGivenBack) {
  auto first = candidate("one");
  auto second = candidate("two");
  boost::asio::cancellation_signal end_first;
  boost::asio::co_spawn(sim.context(), first->run(),
                        boost::asio::bind_cancellation_slot(end_first.slot(), [](const std::exception_ptr&) {}));
  sim.settle();
  sim.spawn(second->run());
  sim.run_for(std::chrono::minutes(2));
  EXPECT_THAT(heard, ElementsAre("one leads"));
  EXPECT_EQ(second->holder(), "one");
  end_first.emit(boost::asio::cancellation_type::terminal);
  sim.settle();
  sim.run([](LeaderElection& lease) -> Task<bool> {
    co_await lease.release();
    co_return true;
  }(*first));
  sim.run_for(std::chrono::seconds(3));
  EXPECT_THAT(heard, ElementsAre("one leads", "one ends", "two leads"));
}

TEST_F(Lease, IsTakenOverWhenItsHolderFallsSilent) {
  api.put(kLeases.path("kube-system"), parsed(R"({"metadata":{"name":"fairway"},
    "spec":{"holderIdentity":"dead","leaseDurationSeconds":15,"leaseTransitions":4}})"));
  auto heir = candidate("heir");
  sim.spawn(heir->run());
  sim.run_for(std::chrono::seconds(14));
  EXPECT_THAT(heard, IsEmpty());
  sim.run_for(std::chrono::seconds(4));
  EXPECT_THAT(heard, ElementsAre("heir leads"));
  EXPECT_EQ(json::int_or(*api.find(kLeases.path("kube-system", "fairway")), "spec.leaseTransitions"), 5);
}

TEST_F(Lease, LeadershipEndsBeforeTheLeaseRunsOutWhenItCannotBeRenewed) {
  auto leader = candidate("one");
  sim.spawn(leader->run());
  sim.settle();
  wire.fault = [](const http::Request&) { return testing::Fault{.refuse = true}; };
  sim.run_for(std::chrono::seconds(13));
  EXPECT_THAT(heard, ElementsAre("one leads", "one ends"));
}

TEST_F(Lease, LeadershipEndsInTimeWhenTheServerHearsAndDoesNotAnswer) {
  auto leader = candidate("one");
  auto heir = candidate("two");
  sim.spawn(leader->run());
  sim.settle();
  wire.fault = [](const http::Request& request) {
    const bool leaders = request.body.find("\"one\"") != std::string::npos;
    return testing::Fault{.delay = leaders ? std::chrono::seconds(60) : std::chrono::seconds(0)};
  };
  sim.spawn(heir->run());
  sim.run_for(std::chrono::seconds(30));
  EXPECT_THAT(heard, ElementsAre("one leads", "one ends", "two leads"));
}

TEST_F(Followed, AServerThatIsAlwaysBehindIsNotHammered) {
  wire.fault = [](const http::Request& request) -> testing::Fault {
    if (!request.query.find("watch")) return {};
    return {.instead = http::Response::json(
                410, R"({"kind":"Status","code":410,"reason":"Expired","message":"too old resource version"})")};
  };
  sim.spawn(reflector.run());
  sim.run_for(std::chrono::minutes(1));
  EXPECT_LT(wire.requests.size(), 40U);
  wire.fault = {};
  api.put(web, service("a"));
  EXPECT_TRUE(sim.run_until([&] { return reflector.items().contains("web/a"); }, std::chrono::seconds(31)));
}

TEST_F(Kube, ARepeatedEventIsCountedNotRepeated) {
  EventRecorder events(*client, sim.env(), "host");
  const auto about = api.put(web, service("shop"));
  sim.spawn(events.run());
  for (int i = 0; i < 3; ++i) {
    events.note(about, EventType::warning, "service-controller", "SyncLoadBalancerFailed", "no quota");
    sim.settle();
  }
  events.note(about, EventType::normal, "service-controller", "EnsuringLoadBalancer", "Ensuring load balancer");
  sim.settle();
  const auto written = api.all("/api/v1/namespaces/web/events");
  ASSERT_EQ(written.size(), 2U);
  std::map<std::string, std::int64_t> counts;
  for (const auto& event : written) counts[json::string_or(event, "reason")] = json::int_or(event, "count");
  EXPECT_EQ(counts["SyncLoadBalancerFailed"], 3);
  EXPECT_EQ(counts["EnsuringLoadBalancer"], 1);
}

TEST_F(Kube, EventsNeverPileUpWhileTheServerIsAway) {
  EventRecorder events(*client, sim.env(), "host");
  const auto about = api.put(web, service("shop"));
  for (int i = 0; i < 5000; ++i) events.note(about, EventType::warning, "c", "R", std::to_string(i));
  EXPECT_LE(events.waiting(), 1000U);
}

}  // namespace
}  // namespace fairway::kube
