#include "base/backoff.h"

namespace fairway {
namespace {

class Dice final : public Random {
 public:
  explicit Dice(std::uint8_t value) : value_(value) {}
  void fill(std::span<std::byte> bytes) override { std::ranges::fill(bytes, std::byte{value_}); }

 private:
  std::uint8_t value_;
};

using std::chrono::seconds;

TEST(Backoff, DoublesUpToTheLimitAndStartsAgainAfterASuccess) {
  Dice highest(0xff);
  Backoff backoff(highest, seconds(1), seconds(5));
  for (const int wanted : {1, 2, 4, 5, 5}) EXPECT_EQ(backoff.next(), seconds(wanted));
  EXPECT_EQ(backoff.failures(), 5);
  backoff.reset();
  EXPECT_EQ(backoff.next(), seconds(1));
}

TEST(Backoff, WaitsAtLeastHalfOfTheStep) {
  Dice lowest(0);
  Backoff backoff(lowest, seconds(2), seconds(60));
  EXPECT_EQ(backoff.next(), seconds(1));
  EXPECT_EQ(backoff.next(), seconds(2));
}

}  // namespace
}  // namespace fairway
