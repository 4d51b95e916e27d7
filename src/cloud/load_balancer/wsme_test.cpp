#include "cloud/api/wsme.h"

#include <gtest/gtest.h>

#include "cloud/load_balancer/requests.h"

namespace fairway::cloud {
namespace {

struct Refusal {
  std::string_view body, says;
};

void expect_refusals(const std::vector<Refusal>& cases, std::string_view argument, std::string_view root,
                     WsmeRules rules) {
  for (const auto& [body, says] : cases) {
    const auto read = read_wsme(body, argument, root, rules);
    ASSERT_FALSE(read.has_value()) << body;
    EXPECT_EQ(read.error().code, Errc::invalid) << body;
    EXPECT_EQ(read.error().what, says) << body;
  }
}

TEST(Wsme, SaysWhatIsWrongWithABody) {
  expect_refusals(
      {
          {"", R"(Missing argument: "listener_")"},
          {"{", "Request is not in valid JSON format"},
          {"\xff", "Request is not in valid JSON format"},
          {"[]", "Invalid input for field/attribute listener_. Value: '[]'. Value not a valid dict: []"},
          {"{}", "Invalid input for field/attribute listener. Value: 'None'. Mandatory field missing."},
          {R"({"listener":null})",
           "Invalid input for field/attribute listener. Value: 'None'. Mandatory field missing."},
          {R"({"listener":7})",
           "Invalid input for field/attribute listener_. Value: '{'listener': 7}'. Value not a valid dict: 7"},
          {R"({"wrong":{}})", "Unknown attribute for argument listener_: wrong"},
          {R"({"listener":{"a":1,"b":2}})", "Unknown attributes for argument listener_.listener: a, b"},
      },
      "listener_", "listener", listener_post());
}

// `attribute` in an otherwise good listener.
std::string listener_with(std::string_view attribute) {
  return fmt::format(
      R"({{"listener":{{"protocol":"TCP","protocol_port":80,"loadbalancer_id":"11111111-1111-1111-1111-111111111111",{}}}}})",
      attribute);
}

TEST(Wsme, SaysWhatIsWrongWithAnAttribute) {
  struct Case {
    std::string_view attribute, says;
  };
  for (const auto& [attribute, says] : {
           Case{R"("name":5)", "Invalid input for field/attribute name. Value: '5'. Value should be string"},
           Case{R"("admin_state_up":"maybe")", "Value not an unambiguous boolean: maybe"},
           Case{R"("connection_limit":-2)",
                "Invalid input for field/attribute connection_limit. Value: '-2'. Value should be greater or equal "
                "to -1"},
           Case{R"("connection_limit":"x")", "invalid literal for int() with base 10: 'x'"},
           Case{R"("timeout_client_data":2073600001)", "Value should be lower or equal to 2073600000"},
           Case{R"("default_pool_id":"zz")", "Value should be UUID format"},
           Case{R"("allowed_cidrs":["10.0.0.0/33"])",
                "Invalid input for field/attribute allowed_cidrs. Value: '['10.0.0.0/33']'. Value should be IPv4 or "
                "IPv6 CIDR "
                "format"},
           Case{R"("allowed_cidrs":"10.0.0.0/8")", "Value not a valid list: 10.0.0.0/8"},
           Case{R"("tags":[1])", "Value should be string"},
           Case{R"("insert_headers":[])", "Value not a valid dict: []"},
           Case{R"("alpn_protocols":["h3"])", "Value should be a valid ALPN protocol ID"},
           Case{R"("client_authentication":"SOMETIMES")", "Value should be one of: NONE, OPTIONAL, MANDATORY"},
           Case{R"("default_pool":{"members":[{"address":"x","protocol_port":1}]})",
                "Value should be IPv4 or IPv6 format"},
           Case{R"("default_pool":{"bogus":1})",
                "Unknown attribute for argument listener_.listener.default_pool: bogus"},
       }) {
    const auto read = read_wsme(listener_with(attribute), "listener_", "listener", listener_post());
    ASSERT_FALSE(read.has_value()) << attribute;
    EXPECT_NE(read.error().what.find(says), std::string::npos) << read.error().what;
  }
}

TEST(Wsme, ConvertsAsPythonDoes) {
  const auto read = read_wsme(
      R"({"member":{"address":"10.0.0.1","protocol_port":"80","weight":" 7 ","backup":"yes","admin_state_up":0,"tenant_id":"p"}})",
      "member_", "member", member_post());
  ASSERT_TRUE(read.has_value()) << read.error().what;
  EXPECT_EQ(integer_or(*read, "protocol_port", 0), 80);
  EXPECT_EQ(integer_or(*read, "weight", 0), 7);
  EXPECT_TRUE(flag_or(*read, "backup", false));
  EXPECT_FALSE(flag_or(*read, "admin_state_up", true));
  EXPECT_EQ(text_or(*read, "project_id"), "p");
}

TEST(Wsme, NormalisesCidrsAndKeepsNull) {
  const auto read =
      read_wsme(R"({"listener":{"allowed_cidrs":["10.1.2.3/8","192.0.2.7","2001:db8::1/32"],"name":null}})",
                "listener_", "listener", listener_put());
  ASSERT_TRUE(read.has_value()) << read.error().what;
  EXPECT_EQ(texts_or_empty(*read, "allowed_cidrs"),
            (std::vector<std::string>{"10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32"}));
  EXPECT_TRUE(read->contains("name"));
  EXPECT_FALSE(is_given(*read, "name"));
  EXPECT_FALSE(read->contains("description"));
}

TEST(Wsme, CountsCharactersNotBytes) {
  std::string name;
  for (int i = 0; i < 255; ++i) name += "\xc3\xa9";
  const auto body = [](const std::string& text) {
    return fmt::format(R"({{"loadbalancer":{{"name":"{}"}}}})", text);
  };
  EXPECT_TRUE(read_wsme(body(name), "load_balancer", "loadbalancer", load_balancer_put()).has_value());
  EXPECT_FALSE(read_wsme(body(name + "x"), "load_balancer", "loadbalancer", load_balancer_put()).has_value());
}

TEST(Wsme, HoldsMonitorsToTheirPatterns) {
  struct Case {
    std::string_view attribute;
    bool good;
  };
  for (const auto& [attribute, good] : {
           Case{R"("url_path":"/a?b=c")", true},        Case{R"("url_path":"a")", false},
           Case{R"("url_path":"/a b")", false},         Case{R"("url_path":"/%zz")", false},
           Case{R"("url_path":"/\n")", false},          Case{R"("url_path":"//host/path")", false},
           Case{R"("expected_codes":"200")", true},     Case{R"("expected_codes":"200,201, 404")", true},
           Case{R"("expected_codes":"200-299")", true}, Case{R"("expected_codes":"20")", false},
           Case{R"("expected_codes":"200-")", false},   Case{R"("expected_codes":"abc")", false},
           Case{R"("http_version":1.1)", true},         Case{R"("http_version":"1.0")", true},
           Case{R"("http_version":2.0)", false},        Case{R"("domain_name":"a.example.com")", true},
           Case{R"("domain_name":"a..b")", false},      Case{R"("domain_name":"")", false},
           Case{R"("max_retries":0)", false},           Case{R"("http_method":"BREW")", false},
       }) {
    const auto body = fmt::format(R"({{"healthmonitor":{{{}}}}})", attribute);
    EXPECT_EQ(read_wsme(body, "health_monitor_", "healthmonitor", health_monitor_put()).has_value(), good)
        << attribute;
  }
}

TEST(Wsme, ReadsListsOfObjects) {
  const auto read =
      read_wsme_list(R"({"members":[{"address":"10.0.0.1","protocol_port":1},{"address":"::1","protocol_port":2}]})",
                     "members_", "members", member_post());
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->size(), 2U);
  const auto none = read_wsme_list("{}", "members_", "members", member_post());
  ASSERT_TRUE(none.has_value());
  EXPECT_TRUE(none->empty());
  EXPECT_FALSE(read_wsme_list(R"({"members":{}})", "members_", "members", member_post()).has_value());
}

TEST(PythonRepr, ShowsValuesAsPythonDoes) {
  struct Case {
    std::string_view json, repr;
  };
  for (const auto& [text, repr] : {Case{"null", "None"}, Case{"true", "True"}, Case{"[1,\"a\"]", "[1, 'a']"},
                                   Case{R"({"a":{"b":false}})", "{'a': {'b': False}}"}, Case{R"("it's")", "\"it's\""},
                                   Case{R"("a\\b\n")", R"('a\\b\n')"}}) {
    EXPECT_EQ(python_repr(*json::parse(text)), repr);
  }
}

}  // namespace
}  // namespace fairway::cloud
