#include "kube/manifest.h"

#include <gtest/gtest.h>

namespace fairway::kube {
namespace {

TEST(Manifest, IsReadAsTheApiTakesIt) {
  struct Case {
    std::string text, json;
  };
  const std::vector<Case> cases{
      {"kind: Pod\nmetadata:\n  name: nginx\n", R"({"kind":"Pod","metadata":{"name":"nginx"}})"},
      {"port: 80\nquoted: \"80\"\non: true\nword: yes\nnone: ~\nhalf: 0.5\n",
       R"({"port":80,"quoted":"80","on":true,"word":"yes","none":null,"half":5E-1})"},
      {"---\nlist:\n- a\n- b: 1\n---\n", R"({"list":["a",{"b":1}]})"},
      {R"({"kind": "Pod", "spec": {"n": 1}})", R"({"kind":"Pod","spec":{"n":1}})"}};
  for (const auto& one : cases) {
    const auto read = read_manifest(one.text);
    ASSERT_TRUE(read.has_value()) << one.text;
    EXPECT_EQ(json::write(*read), one.json);
  }
}

TEST(Manifest, ThatIsNoneIsRefusedWithTheReason) {
  EXPECT_EQ(read_manifest("a: 1\n---\nb: 2\n").error().what,
            "the manifest has several documents; one is taken at a time");
  EXPECT_EQ(read_manifest("- a\n").error().what, "the manifest is no object: it begins with apiVersion and kind");
  EXPECT_EQ(read_manifest("").error().what, "the manifest is no object: it begins with apiVersion and kind");
  EXPECT_TRUE(read_manifest("a: [1\n").error().what.starts_with("the manifest is no YAML: line "));
}

}  // namespace
}  // namespace fairway::kube
