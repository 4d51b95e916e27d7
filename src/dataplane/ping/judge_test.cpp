#include "dataplane/ping/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fairway::dataplane::ping {
namespace {

// What is said after each of a row: + answered, . silent; U up, D down.
struct JudgeCase {
  const char* name;
  Limits limits;
  const char* row;
  const char* said;
};

class JudgeCases : public ::testing::TestWithParam<JudgeCase> {};

TEST_P(JudgeCases, SaysAfterEach) {
  const auto& [name, limits, row, said] = GetParam();
  Standing standing;
  std::string heard;
  for (const char one : std::string_view(row)) {
    standing = after(standing, one == '+', limits);
    heard += standing.health == Health::up ? 'U' : 'D';
  }
  EXPECT_EQ(heard, said);
}

const JudgeCase kCases[] = {
    {"TheFirstAnswerBringsUp", {3, 3}, "+", "U"},
    {"TheFirstSilenceTakesDown", {3, 3}, ".", "D"},
    {"FallCountsSilencesInARow", {1, 3}, "+...", "UUUD"},
    {"AnAnswerBetweenBeginsTheCountAnew", {1, 3}, "+..+..+...", "UUUUUUUUUD"},
    {"RiseCountsAnswersInARow", {3, 1}, ".+++", "DDDU"},
    {"ASilenceBetweenBeginsTheCountAnew", {3, 1}, ".++.+++", "DDDDDDU"},
    {"OneOfEachFlipsEachTime", {1, 1}, "+.+.", "UDUD"},
    {"UpAgainMayFallAgain", {2, 2}, "+..++..", "UUDDUUD"},
};

INSTANTIATE_TEST_SUITE_P(All, JudgeCases, ::testing::ValuesIn(kCases),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(Judge, NothingIsSaidBeforeTheFirst) {
  EXPECT_EQ(to_word(Standing{}.health), "pending");
  EXPECT_EQ(to_word(Health::up), "up");
  EXPECT_EQ(to_word(Health::down), "down");
}

}  // namespace
}  // namespace fairway::dataplane::ping
