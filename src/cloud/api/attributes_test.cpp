#include "cloud/api/attributes.h"

#include <gtest/gtest.h>

namespace fairway::cloud {
namespace {

using enum AttributeType;

std::vector<AttributeRule> rules() {
  return {{.name = "name"},
          {.name = "network_id", .type = uuid, .put = false, .required = true},
          {.name = "up", .type = boolean},
          {.name = "port", .type = integer, .min = 1, .max = 65535},
          {.name = "kind", .type = choice, .values = {"TCP", "HTTP"}},
          {.name = "ip", .type = address, .nullable = true},
          {.name = "cidr", .type = prefix},
          {.name = "mac", .type = mac},
          {.name = "groups", .type = uuid_list},
          {.name = "info", .type = object},
          {.name = "routes", .type = object_list},
          {.name = "status", .post = false, .put = false},
          {.name = "project_id", .put = false}};
}

constexpr std::string_view kId = "11111111-1111-1111-1111-111111111111";

std::string read(std::string body, BodyMethod method = BodyMethod::put) {
  http::Request request;
  request.body = std::move(body);
  const auto object = read_neutron_body(request, "thing", rules(), method);
  return object ? json::write(*object) : object.error().type + ": " + object.error().what;
}
std::string put(std::string_view attributes) { return read(fmt::format(R"({{"thing":{{{}}}}})", attributes)); }

TEST(Attributes, ConvertsAsNeutronDoes) {
  EXPECT_EQ(put(R"("port":"80")"), R"({"port":80})");
  EXPECT_EQ(put(R"("port":80.0)"), R"({"port":80})");
  EXPECT_EQ(put(R"("up":"True")"), R"({"up":true})");
  EXPECT_EQ(put(R"("up":0)"), R"({"up":false})");
  EXPECT_EQ(put(R"("mac":"FA:16:3E:00:00:01")"), R"({"mac":"fa:16:3e:00:00:01"})");
  EXPECT_EQ(put(R"("ip":null)"), R"({"ip":null})");
  EXPECT_EQ(put(""), "{}");
  EXPECT_EQ(read(fmt::format(R"({{"thing":{{"network_id":"{}","tenant_id":"p"}}}})", kId), BodyMethod::post),
            fmt::format(R"({{"network_id":"{}","project_id":"p"}})", kId));
}

TEST(Attributes, RefusesInNeutronsWords) {
  struct Case {
    std::string got;
    std::string message;
  };
  const std::string bad = "HTTPBadRequest: ";
  for (const auto& c : std::vector<Case>{
           {read(""), "MalformedRequestBody: Malformed request body: cannot understand JSON."},
           {read("{\"thing\":"), "MalformedRequestBody: Malformed request body: cannot understand JSON."},
           {read("[]"), bad + "Resource body required"},
           {read("{\"other\":{}}"), bad + "Unable to find 'thing' in request body"},
           {read("{\"thing\":5}"), bad + "Resource body required"},
           {read("{\"thing\":{}}", BodyMethod::post),
            bad + "Failed to parse request. Required attribute 'network_id' not specified"},
           {put(R"("bogus":1,"x":2)"), bad + "Unrecognized attribute(s) 'bogus, x'"},
           {put(R"("status":"UP")"), bad + "Cannot update read-only attribute status"},
           {read(fmt::format(R"({{"thing":{{"network_id":"{}","status":"x"}}}})", kId), BodyMethod::post),
            bad + "Attribute 'status' not allowed in POST"},
           {put(R"("name":5)"), bad + "Invalid input for name. Reason: '5' is not a valid string."},
           {put(R"("up":"maybe")"), bad + "Invalid input for up. Reason: 'maybe' cannot be converted to boolean."},
           {put(R"("port":0)"), bad + "Invalid input for port. Reason: '0' is too small - must be at least '1'."},
           {put(R"("port":"70000")"),
            bad + "Invalid input for port. Reason: '70000' is too large - must be no larger than '65535'."},
           {put(R"("port":"x")"), bad + "Invalid input for port. Reason: 'x' is not an integer."},
           {put(R"("port":1.5)"), bad + "Invalid input for port. Reason: '1.5E0' is not an integer."},
           {put(R"("port":null)"), bad + "Invalid input for port. Reason: 'None' is not an integer."},
           {put(R"("port":99999999999999999999)"), bad + "Invalid input for port. Reason: '1E20' is not an integer."},
           {put(R"("kind":"UDP")"), bad + "Invalid input for kind. Reason: 'UDP' is not in ['TCP', 'HTTP']."},
           {put(R"("ip":"10.0.0")"), bad + "Invalid input for ip. Reason: '10.0.0' is not a valid IP address."},
           {put(R"("cidr":"10.0.0.0")"),
            bad + "Invalid input for cidr. Reason: '10.0.0.0' is not a valid IP subnet."},
           {put(R"("cidr":"10.0.0.1/24")"), bad + "Invalid input for cidr. Reason: '10.0.0.1/24' isn't a recognized "
                                                  "IP subnet cidr, '10.0.0.0/24' is recommended."},
           {put(R"("mac":"00:00:00:00:00:00")"),
            bad + "Invalid input for mac. Reason: '00:00:00:00:00:00' is not a valid MAC address."},
           {put(R"("groups":["x"])"), bad + "Invalid input for groups. Reason: 'x' is not a valid UUID."},
           {put(fmt::format(R"("groups":["{}","{}"])", kId, kId)),
            bad + fmt::format("Invalid input for groups. Reason: Duplicate items in the list: '{}'.", kId)},
           {put(R"("info":[])"), bad + "Invalid input for info. Reason: '[]' is not a dictionary."},
           {put(R"("routes":[1])"), bad + "Invalid input for routes. Reason: '1' is not a dictionary."},
           {put(R"("tenant_id":"a","project_id":"b")"), bad + "'project_id' and 'tenant_id' do not match"}}) {
    EXPECT_EQ(c.got, c.message);
  }
  EXPECT_NE(put(fmt::format(R"("name":"{}")", std::string(256, 'x'))).find("exceeds maximum length of 255"),
            std::string::npos);
}

TEST(Attributes, ManyAtOnce) {
  http::Request request;
  request.body = fmt::format(R"({{"things":[{{"network_id":"{}","name":"a"}},{{"network_id":"{}"}}]}})", kId, kId);
  const auto body = read_neutron_bulk_body(request, "thing", "things", rules());
  ASSERT_TRUE(body);
  EXPECT_TRUE(body->bulk);
  EXPECT_EQ(body->objects.size(), 2U);
  request.body = R"({"things":[]})";
  EXPECT_EQ(read_neutron_bulk_body(request, "thing", "things", rules()).error().what, "Resources required");
}

}  // namespace
}  // namespace fairway::cloud
