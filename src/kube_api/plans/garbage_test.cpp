#include "kube_api/plans/garbage.h"

#include <gtest/gtest.h>

#include "kube_api/object/object_access.h"

namespace fairway::kube_api {
namespace {

using enum GarbageVerdict::Action;

struct VerdictCase {
  std::string why;
  std::vector<OwnerState> owners;
  bool has_dependents = false;
  std::string finalizer;
  bool deleted = false;
  GarbageVerdict::Action action = keep;
  std::string policy;
};

TEST(GarbageTest, WhatBelongsToNobodyAnyMoreGoes) {
  using enum OwnerState;
  const std::vector<VerdictCase> cases{
      {"nobody's", {}},
      {"its owner is there", {solid}},
      {"its owner is gone", {absent}, false, "", false, remove, "Background"},
      {"its owner waits", {waiting}, false, "", false, remove, "Background"},
      {"its owner waits, and it has dependents of its own", {waiting}, true, "", false, remove, "Foreground"},
      {"gone, with dependents", {absent}, true, "", false, remove, "Background"},
      {"it is to leave its own behind", {absent}, true, "orphan", false, remove, "Orphan"},
      {"it waits for its own", {absent}, true, "foregroundDeletion", false, remove, "Foreground"},
      {"one of two is there", {solid, absent}, false, "", false, forget_owners, ""},
      {"one of two waits", {waiting, solid}, true, "", false, forget_owners, ""},
      {"already going", {absent}, false, "", true}};
  for (const auto& one : cases) {
    json::Array owners;
    for (std::size_t i = 0; i < one.owners.size(); ++i) owners.push_back(json::Object{{"uid", std::to_string(i)}});
    json::Object metadata{{"name", "x"}, {"ownerReferences", std::move(owners)}};
    if (!one.finalizer.empty()) metadata["finalizers"] = json::Array{json::Value(one.finalizer)};
    if (one.deleted) metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z";
    const auto state = [&](const json::Value& owner) {
      return one.owners[static_cast<std::size_t>(text_in(owner, "uid")[0] - '0')];
    };
    const auto verdict = judge_dependent({{"metadata", std::move(metadata)}}, state, one.has_dependents);
    EXPECT_EQ(verdict.action, one.action) << one.why;
    EXPECT_EQ(verdict.policy, one.policy) << one.why;
  }
}

TEST(GarbageTest, TheIndexFollowsChanges) {
  const auto owned = [](const char* uid) {
    return std::make_shared<const json::Object>(
        json::Object{{"metadata", json::Object{{"ownerReferences", json::Array{json::Object{{"uid", uid}}}}}}});
  };
  OwnerIndex index;
  const ObjectRef pod{"pods", "n", "p"};
  index.note({1, pod, owned("a"), nullptr});
  EXPECT_EQ(index.dependents("a"), (std::vector<ObjectRef>{pod}));
  index.note({2, pod, owned("b"), owned("a")});
  EXPECT_FALSE(index.has_dependents("a"));
  EXPECT_EQ(index.dependents("b"), (std::vector<ObjectRef>{pod}));
  index.note({3, pod, nullptr, owned("b")});
  EXPECT_FALSE(index.has_dependents("b"));
}

}  // namespace
}  // namespace fairway::kube_api
