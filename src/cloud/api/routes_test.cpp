#include "cloud/api/routes.h"

#include <gtest/gtest.h>

#include "cloud/api/policy.h"
#include "cloud/api/rig_test.h"

namespace fairway::cloud {
namespace {

TEST(Policy, IsDenyByDefault) {
  const auto caller = [](std::vector<std::string> roles) {
    Caller made{.user_id = "u", .project_id = "p", .roles = std::move(roles)};
    made.is_admin = made.has_role("admin");
    return made;
  };
  struct Case {
    const char* action;
    std::vector<std::string> roles;
    bool yes;
  };
  for (const auto& c : std::vector<Case>{{"network:read", {"reader"}, true},
                                         {"network:write", {"reader"}, false},
                                         {"network:write", {"member"}, true},
                                         {"network:admin", {"member"}, false},
                                         {"network:admin", {"admin"}, true},
                                         {"network:read", {"something"}, false},
                                         {"load_balancer:read", {"load-balancer_observer"}, true},
                                         {"load_balancer:write", {"load-balancer_observer"}, false},
                                         {"load_balancer:read_all", {"load-balancer_global_observer"}, true},
                                         {"load_balancer:read_all", {"member"}, false},
                                         {"load_balancer:write_quota", {"load-balancer_quota_admin"}, true},
                                         {"identity:own", {}, true},
                                         {"identity:write", {"member"}, false},
                                         {"no:such", {"admin"}, false},
                                         {"", {"admin"}, false}}) {
    EXPECT_EQ(allowed(caller(c.roles), c.action), c.yes) << c.action;
  }
  EXPECT_FALSE(allowed(Caller{}, "identity:own"));
  EXPECT_TRUE(scope_for(caller({"admin"}), "network:read_all").sees("q"));
  EXPECT_FALSE(scope_for(caller({"member"}), "network:read_all").sees("q"));
  EXPECT_FALSE(Scope{}.sees(""));
}

TEST(Fault, BecomesEachApisOwnBody) {
  const Error missing{Errc::not_found, "Pool X not found."};
  EXPECT_EQ(to_response(Api::keystone, missing).body,
            R"({"error":{"code":404,"message":"Pool X not found.","title":"Not Found"}})");
  EXPECT_EQ(to_response(Api::neutron, missing).body,
            R"({"NeutronError":{"type":"HTTPNotFound","message":"Pool X not found.","detail":""}})");
  EXPECT_EQ(to_response(Api::octavia, missing).body,
            R"({"faultcode":"Client","faultstring":"Pool X not found.","debuginfo":null})");
  const Error early{Errc::not_found, "Pool X not found.", std::string(kBeforeDispatch)};
  EXPECT_EQ(to_response(Api::octavia, early).body,
            R"({"code":404,"title":"Bad Request","description":"Pool X not found."})");
  EXPECT_EQ(to_response(Api::octavia, {Errc::internal, "x"}).body,
            R"({"faultcode":"Server","faultstring":"x","debuginfo":null})");
  EXPECT_EQ(http_status(Api::neutron, {Errc::exhausted, ""}), 409);
  EXPECT_EQ(http_status(Api::octavia, {Errc::exhausted, ""}), 403);
  EXPECT_EQ(http_status(Api::neutron, {Errc::conflict, "", "RevisionNumberConstraintFailed"}), 412);
}

struct RoutesTest : ::testing::Test {
  RoutesTest() {
    Routes routes(rig.router, rig.context, Api::neutron, "/network");
    routes.add_plain("GET", "/things/{id}", "network:read", [](Call& call) {
      return Result<http::Response>(http::Response::text(200, call.parameter("id")));
    });
    routes.add_plain("POST", "/things", "network:write",
                     [](Call&) -> Result<http::Response> { return fault(Errc::conflict, "Taken", "it is taken"); });
    routes.add_plain("HEAD", "/things", "network:read",
                     [](Call&) -> Result<http::Response> { return http::Response::text(200, "body"); });
    routes.add_open("GET", "/open", [](Call& call) -> Task<Result<http::Response>> {
      co_return http::Response::text(200, call.caller.user_id);
    });
  }
  ApiRig rig;
};

TEST_F(RoutesTest, NeedATokenAndARole) {
  const auto without = rig.call("", "GET", "/network/things/1");
  EXPECT_EQ(without.status, 401);
  EXPECT_EQ(without.at("error.title"), "Unauthorized");
  EXPECT_EQ(without.headers.find("WWW-Authenticate"), R"(Keystone uri="http://cloud.test/identity")");
  EXPECT_EQ(rig.call("wrong", "GET", "/network/things/1").status, 401);
  EXPECT_EQ(rig.call("nobody", "GET", "/network/things/1").at("NeutronError.type"), "PolicyNotAuthorized");
  EXPECT_EQ(rig.call("reader", "POST", "/network/things").status, 403);
  EXPECT_EQ(rig.call("reader", "GET", "/network/things/1").text, "1");
  EXPECT_EQ(rig.call("", "GET", "/network/open").status, 200);
}

TEST_F(RoutesTest, ErrorsBecomeBodiesAndEveryAnswerHasAnId) {
  const auto answer = rig.call("demo", "POST", "/network/things");
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.at("NeutronError.type"), "Taken");
  EXPECT_TRUE(answer.headers.find("X-Openstack-Request-Id")->starts_with("req-"));
  EXPECT_EQ(rig.call("demo", "HEAD", "/network/things").text, "");
}

TEST_F(RoutesTest, AReadFailsWhenWhatItShowsCouldNotBeWritten) {
  rig.store.fail_next_write("disk full");
  EXPECT_FALSE(rig.run(rig.ledger->change<bool>([](Work& work) -> Result<bool> {
    work.put(Role{.id = "r", .name = "n"});
    return true;
  })));
  const auto answer = rig.call("demo", "GET", "/network/things/1");
  EXPECT_EQ(answer.status, 503);
}

}  // namespace
}  // namespace fairway::cloud
