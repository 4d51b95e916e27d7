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
      {"a/b/c",
       "unable to parse requirement: <nil>: Invalid value: \"a/b/c\": a valid label key must consist of alphanumeric "
       "characters, '-', '_' or '.', "
       "and must start "
       "and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
       "validation is "
       "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. "
       "'example.com/MyName')"},
      {"a=b,", "found '', expected: identifier after ','"}};
  for (const auto& [text, wanted] : cases) {
    const auto selector = LabelSelector::parse(text);
    EXPECT_EQ(selector ? (selector->matches(labels) ? "yes" : "no") : selector.error().what, wanted) << text;
  }
}

}  // namespace
}  // namespace fairway::kube_api
