#include "store/check.h"

#include <gtest/gtest.h>

namespace fairway::store {
namespace {

std::string verdict(const Transaction& transaction) {
  const auto result = check(transaction);
  return result ? "ok" : std::string(name(result.error().code)) + ": " + result.error().what;
}

TEST(Check, AKeyIsWrittenOnceAndHasAName) {
  EXPECT_EQ(verdict({}), "ok");
  EXPECT_EQ(verdict({.when = {{"a", 0}}, .puts = {{"a", "1"}, {"b", "2"}}, .deletes = {"c"}}), "ok");
  EXPECT_EQ(verdict({.when = {}, .puts = {{"a", "1"}, {"a", "2"}}, .deletes = {}}),
            "invalid: write to the store: a is written twice; one transaction writes a key once");
  EXPECT_EQ(verdict({.when = {}, .puts = {{"a", "1"}}, .deletes = {"a"}}),
            "invalid: write to the store: a is written twice; one transaction writes a key once");
  EXPECT_EQ(verdict({.when = {}, .puts = {{"", "1"}}, .deletes = {}}),
            "invalid: write to the store: a key is empty; every key needs a name");
  EXPECT_EQ(verdict({.when = {{"", 1}}, .puts = {}, .deletes = {}}),
            "invalid: write to the store: the key of a comparison is empty");
}

TEST(Check, AFailedComparisonSaysWhatWasFound) {
  EXPECT_EQ(comparison_failed({"a", 0}, 7).what, "a should not exist, and is at revision 7; read it again and retry");
  EXPECT_EQ(comparison_failed({"a", 3}, 0).what,
            "a should be at revision 3, and does not exist; read it again and retry");
}

TEST(Check, APrefixEndsBeforeTheNextText) {
  EXPECT_EQ(end_of_prefix("/a/"), "/a0");
  EXPECT_EQ(end_of_prefix(""), "");
  EXPECT_EQ(end_of_prefix("a\xff"), "b");
  EXPECT_EQ(end_of_prefix("\xff\xff"), "");
}

}  // namespace
}  // namespace fairway::store
