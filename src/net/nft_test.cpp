#include "net/nft.h"

#include <unistd.h>

#include "testing/namespaces.h"
#include "testing/results.h"

namespace fairway::net {
namespace {

using ::testing::HasSubstr;
using testing::Namespaces;
using ::testing::Not;

class Nft : public ::testing::Test {
 protected:
  void SetUp() override {
    FW_SKIP_UNLESS_ROOT();
    ns_ = mine_.make("a");
  }
  Namespaces mine_;
  std::string ns_;
};

TEST_F(Nft, ATransactionIsAllOrNothing) {
  FW_ASSERT_OK(run_nft(ns_, "add table ip one; add map ip one m { type ipv4_addr : ipv4_addr; }"));
  FW_ASSERT_OK(run_nft(ns_, "add element ip one m { 10.0.0.1 : 10.0.0.2 }"));
  const auto failed = run_nft(ns_, "add table ip two\nadd element ip nosuch m { 1.1.1.1 : 2.2.2.2 }");
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().what, HasSubstr("No such file or directory"));
  const auto list = query_nft(ns_, "list ruleset");
  ASSERT_TRUE(list);
  EXPECT_THAT(*list, HasSubstr("10.0.0.1 : 10.0.0.2"));
  EXPECT_THAT(*list, Not(HasSubstr("table ip two")));
}

TEST_F(Nft, ErrorsOfOneCallAreNotShownInTheNext) {
  EXPECT_FALSE(run_nft(ns_, "nonsense"));
  const auto list = query_nft(ns_, "list ruleset");
  ASSERT_TRUE(list);
  EXPECT_EQ(*list, "");
}

TEST_F(Nft, AnswersInJsonWhereAsked) {
  FW_ASSERT_OK(run_nft(ns_, "add table ip one"));
  EXPECT_THAT(*query_nft(ns_, "list tables", true), HasSubstr("\"nftables\""));
  EXPECT_THAT(*query_nft(ns_, "list tables"), HasSubstr("table ip one"));
}

TEST_F(Nft, NamespacesHaveRulesOfTheirOwnAlsoWhenMadeAnew) {
  const auto other = mine_.make("b");
  FW_ASSERT_OK(run_nft(ns_, "add table ip one"));
  EXPECT_EQ(*query_nft(other, "list tables"), "");
  FW_ASSERT_OK(remove_namespace(ns_));
  EXPECT_EQ(run_nft(ns_, "list tables").error().code, Errc::not_found);
  FW_ASSERT_OK(make_namespace(ns_));
  EXPECT_EQ(*query_nft(ns_, "list tables"), "");
}

}  // namespace
}  // namespace fairway::net
