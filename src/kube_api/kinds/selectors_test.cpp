#include "kube_api/kinds/selectors.h"

namespace fairway::kube_api {
namespace {

TEST(LabelSelector, ChoosesAndRefuses) {
  const auto labels = json::parse(R"({"app":"web","n":"5"})")->as_object();
  const std::vector<std::pair<std::string_view, std::string_view>> cases{
      {"", "yes"},
      {"app=web", "yes"},
      {"app==web,n", "yes"},
      {"app!=web", "no"},
      {"!app", "no"},
      {"!x", "yes"},
      {"app in (db, web)", "yes"},
      {"app notin (web)", "no"},
      {"x notin (a)", "yes"},
      {"n>4", "yes"},
      {"n<4", "no"},
      {"a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"},
      {"=b", "found '=', expected: !, identifier, or 'end of string'"},
      {"a=b,", "found '', expected: identifier after ','"}};
  for (const auto& [text, wanted] : cases) {
    const auto selector = LabelSelector::parse(text);
    EXPECT_EQ(selector ? (selector->matches(labels) ? "yes" : "no") : selector.error().what, wanted) << text;
  }
}

}  // namespace
}  // namespace fairway::kube_api
