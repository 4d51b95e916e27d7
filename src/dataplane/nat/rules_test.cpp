#include "dataplane/nat/rules.h"

#include "net/nft.h"
#include "testing/namespaces.h"
#include "testing/results.h"

namespace fairway::dataplane::nat {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

std::string gone(const char* name, const char* elements) {
  return fmt::format("{} element ip fairway {} {{ {} }}\n", "delete", name, elements);
}

forwarding::RouterTable seed() {
  forwarding::RouterTable table;
  table.router_id = "r1";
  table.legs = {{"public", "aaaaaaaa-1111", "172.24.4.2/24", "", true, "172.24.4.1", ""},
                {"private", "bbbbbbbb-2222", "10.0.0.1/24", "", false, "", ""}};
  table.vips = {{"lb1", "10.0.0.5", "private", "", 24}};
  table.nat = {{"f1", "172.24.4.9", "10.0.0.5"}, {"f2", "172.24.4.10", "10.0.0.4"}};
  forwarding::Frontend frontend;
  frontend.listener_id = "li1";
  frontend.vip_address = "10.0.0.5";
  frontend.port = 80;
  frontend.pool_id = "p1";
  table.frontends = {frontend};
  return table;
}

TEST(Rules, AListenerIsReachedByItsVipAndByItsFloatingIp) {
  const auto rules = to_rules(seed(), {{"li1", 10000}});
  EXPECT_THAT(rules.listeners, UnorderedElementsAre(Pair("10.0.0.5 . 80", "10.0.0.5 . 10000"),
                                                    Pair("172.24.4.9 . 80", "10.0.0.5 . 10000")));
  // Of the VIP only its listeners: any other port would lead to HAProxy's slots.
  EXPECT_THAT(rules.floating, UnorderedElementsAre(Pair("172.24.4.10", "10.0.0.4")));
  EXPECT_THAT(rules.fixed, UnorderedElementsAre(Pair("10.0.0.5", "172.24.4.9"), Pair("10.0.0.4", "172.24.4.10")));
  EXPECT_THAT(rules.inside, ElementsAre("10.0.0.0/24"));
  EXPECT_EQ(rules.snat_to, "172.24.4.2");
}

TEST(Rules, AListenerWithoutAPoolOrASlotIsLedNowhere) {
  auto table = seed();
  EXPECT_THAT(to_rules(table, {}).listeners, IsEmpty());
  table.frontends[0].pool_id.clear();
  EXPECT_THAT(to_rules(table, {{"li1", 10000}}).listeners, IsEmpty());
}

TEST(Rules, SourcesThatLieInAnotherAreLeftOut) {
  auto table = seed();
  table.frontends[0].settings.allowed_cidrs = {"10.1.0.0/16", "10.0.0.0/8", "192.0.2.7/32", "10.0.0.0/8"};
  const auto rules = to_rules(table, {{"li1", 10000}});
  EXPECT_THAT(rules.restricted, ElementsAre("10000"));
  EXPECT_THAT(rules.allowed, UnorderedElementsAre("10000 . 10.0.0.0/8", "10000 . 192.0.2.7"));
}

TEST(Rules, AChangeTouchesElementsOnly) {
  const auto before = to_rules(seed(), {{"li1", 10000}});
  auto table = seed();
  table.nat.erase(table.nat.begin());
  const auto after = to_rules(table, {{"li1", 10000}});
  EXPECT_EQ(to_nft(before, before), "");
  EXPECT_EQ(to_nft(before, after), gone("listeners", "172.24.4.9 . 80") + gone("fixed", "10.0.0.5"));
  EXPECT_EQ(to_nft(after, before),
            "add element ip fairway listeners { 172.24.4.9 . 80 : 10.0.0.5 . 10000 }\n"
            "add element ip fairway fixed { 10.0.0.5 : 172.24.4.9 }\n");
}

TEST(Rules, AFloatingIpLedElsewhereIsTakenOutAndPutInAtOnce) {
  const auto before = to_rules(seed(), {});
  auto table = seed();
  table.nat[1].internal = "10.0.0.6";
  EXPECT_EQ(to_nft(before, to_rules(table, {})), gone("floating", "172.24.4.10") + gone("fixed", "10.0.0.4") +
                                                     "add element ip fairway floating { 172.24.4.10 : 10.0.0.6 }\n"
                                                     "add element ip fairway fixed { 10.0.0.6 : 172.24.4.10 }\n");
}

TEST(Rules, WithoutSnatPrefixesAreRouted) {
  auto table = seed();
  table.snat = false;
  const auto text = to_nft(to_rules(table, {}));
  EXPECT_THAT(text, Not(HasSubstr("drop\nadd chain ip fairway prerouting")));
  EXPECT_THAT(text, Not(HasSubstr("snat to 172")));
}

TEST(Rules, LegNamesFitAnInterface) {
  EXPECT_EQ(leg_name({"n", "0123abcd-4567-89ab-cdef", "", "", true, "", ""}), "ext0123abcd456");
  EXPECT_EQ(leg_name({"0123abcd-4567", "", "", "", false, "", ""}), "int0123abcd456");
}

// The kernel is the judge: every transaction goes through, and ends where a fresh table would.
TEST(Rules, TheKernelTakesEachTransaction) {
  FW_SKIP_UNLESS_ROOT();
  testing::Namespaces mine;
  const auto stepwise = mine.make("a");
  const auto fresh = mine.make("b");
  auto table = seed();
  std::vector<Rules> steps{to_rules(table, {{"li1", 10000}})};
  table.frontends[0].settings.allowed_cidrs = {"10.0.0.0/8", "192.0.2.7/32"};
  steps.push_back(to_rules(table, {{"li1", 10001}}));
  table.nat[1].internal = "10.0.0.6";
  table.frontends[0].settings.allowed_cidrs = {"10.0.0.0/9"};
  steps.push_back(to_rules(table, {{"li1", 10001}}));
  table.snat = false;
  steps.push_back(to_rules(table, {{"li1", 10001}}));
  table.nat.clear();
  table.frontends.clear();
  steps.push_back(to_rules(table, {}));
  FW_ASSERT_OK(net::run_nft(stepwise, to_nft(steps[0])));
  for (std::size_t i = 1; i < steps.size(); ++i) {
    FW_ASSERT_OK(net::run_nft(stepwise, to_nft(steps[i - 1], steps[i])));
    FW_ASSERT_OK(net::run_nft(fresh, to_nft(steps[i])));
    EXPECT_EQ(*net::query_nft(stepwise, "list ruleset"), *net::query_nft(fresh, "list ruleset")) << "step " << i;
  }
}

}  // namespace
}  // namespace fairway::dataplane::nat
