#include "app/explain.h"

#include <gtest/gtest.h>

namespace fairway::app {
namespace {

TEST(RoleState, SaysWhatARoleWaitsFor) {
  EXPECT_EQ(role_state(200, "[+]serving ok\nready\n"), "ready");
  EXPECT_EQ(role_state(503, "[-]cloud: connection refused\n[+]serving ok\nnot ready\n"),
            "not ready: cloud: connection refused");
  EXPECT_EQ(role_state(503, "[-]cloud: away\n[-]serving: starting\nnot ready\n"),
            "not ready: cloud: away; serving: starting");
  EXPECT_EQ(role_state(404, "no such page"), "not ready: it answers 404");
}

TEST(ParseService, TakesANameWithItsNamespaceOrWithout) {
  const auto of = [](std::string_view text) {
    const auto name = parse_service(text);
    return name ? name->ns + " " + name->name : name.error().what;
  };
  EXPECT_EQ(of("web/shop"), "web shop");
  EXPECT_EQ(of("shop"), "default shop");
  for (const std::string wrong : {"web/", "/shop", "a/b/c", ""})
    EXPECT_TRUE(of(wrong).contains("names no Service: give NAMESPACE/NAME")) << wrong;
}

}  // namespace
}  // namespace fairway::app
