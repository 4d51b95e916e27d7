#include "controller/neutron/wait.h"

#include <gtest/gtest.h>

namespace fairway::controller::neutron {
namespace {

TEST(Wait, LittleIsLostAfterTheWorkIsDone) {
  // Simulated: how long after `work` is it noticed, and after how many looks of `look` each?
  const auto notice = [](Duration work, Duration look, std::optional<Duration> expected) {
    Duration now{0};
    int looks = 0;
    do {
      now += next_look(now, look, expected) + look;
      ++looks;
    } while (now - look < work);
    return std::pair(std::chrono::duration<double>(now - look - work) / std::chrono::duration<double>(work), looks);
  };
  using std::chrono::milliseconds;
  for (const int ms : {50, 300, 1000, 4200, 30'000, 90'000}) {
    const auto [late, looks] = notice(milliseconds(ms), milliseconds(ms >= 1000 ? 40 : 1), std::nullopt);
    EXPECT_LT(late, 0.20) << ms;
    EXPECT_LT(looks, 130) << ms;
  }
  const auto [late, looks] = notice(milliseconds(4200), milliseconds(40), milliseconds(4000));
  EXPECT_LT(late, 0.05);
  EXPECT_LT(looks, 16);
}

TEST(Wait, ExpectationsFollowWhatIsSeen) {
  Expectations known;
  EXPECT_EQ(known.of("create"), std::nullopt);
  known.learn("create", std::chrono::seconds(10));
  known.learn("create", std::chrono::seconds(20));
  EXPECT_EQ(known.of("create"), std::chrono::seconds(13));
  EXPECT_EQ(known.of("update"), std::nullopt);
}

}  // namespace
}  // namespace fairway::controller::neutron
