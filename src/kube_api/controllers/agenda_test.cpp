#include "kube_api/controllers/agenda.h"

#include <gtest/gtest.h>

namespace fairway::kube_api {
namespace {

using std::chrono::seconds;

TEST(AgendaTest, GivesEachObjectOnceWhenItsTimeHasCome) {
  Agenda agenda;
  const SteadyTime begin{seconds(100)};
  EXPECT_EQ(agenda.wait(begin), std::nullopt);
  agenda.add({"a", "x"});
  agenda.add({"a", "x"});
  agenda.add_later({"a", "y"}, begin + seconds(5));
  agenda.add_later({"a", "y"}, begin + seconds(9));
  EXPECT_EQ(agenda.wait(begin), Duration::zero());
  EXPECT_EQ(agenda.take(begin), (std::vector<Agenda::Key>{{"a", "x"}}));
  EXPECT_EQ(agenda.wait(begin), seconds(5));
  EXPECT_TRUE(agenda.take(begin + seconds(4)).empty());
  EXPECT_EQ(agenda.take(begin + seconds(5)), (std::vector<Agenda::Key>{{"a", "y"}}));
  EXPECT_TRUE(agenda.take(begin + seconds(9)).empty());
}

TEST(AgendaTest, WaitsLongerAfterEachFailure) {
  Agenda agenda;
  const Agenda::Key key{"a", "x"};
  const SteadyTime begin{seconds(100)};
  for (const int wanted : {1, 2, 4, 8, 16, 32, 64, 64}) {
    agenda.retry(key, begin);
    EXPECT_EQ(agenda.wait(begin), seconds(wanted));
    (void)agenda.take(begin + seconds(wanted));
  }
  agenda.good(key);
  agenda.retry(key, begin);
  EXPECT_EQ(agenda.wait(begin), seconds(1));
}

}  // namespace
}  // namespace fairway::kube_api
