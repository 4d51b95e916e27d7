#include "app/up_help.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/env.h"
#include "testing/temporary_folder.h"

namespace fairway::app {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(UpHelp, WhatIsToBeTypedCanBeTyped) {
  const testing::TemporaryFolder folder;
  const auto line_of = [&](const std::string& name) {
    const auto instance = Instance::open(folder.file(name), system_random());
    const std::string text = up_help(*instance, {}, std::chrono::milliseconds(5));
    const auto begin = text.find("  . ");
    return text.substr(begin, text.find("  (the demo", begin) - begin);
  };
  EXPECT_THAT(line_of("demo"), ::testing::StartsWith("  . " + folder.file("demo/openrc ")));
  EXPECT_THAT(line_of("my demo"), ::testing::StartsWith("  . '" + folder.file("my demo/openrc'")));
  EXPECT_THAT(line_of("bob's"), ::testing::StartsWith("  . '" + folder.file("bob'\\''s/openrc'")));
}

TEST(LastWords, AreThoseOfARoleThatGaveUp) {
  EXPECT_EQ(last_words("{\"message\":\"a\"}\n"
                       "{\"level\":\"error\",\"message\":\"the role could not serve\",\"why\":\"no port\"}\n"),
            "no port");
  EXPECT_EQ(last_words("{\"message\":\"the role could not serve\",\"why\":\"no port\"}\n{\"message\":\"later\"}\n"),
            "");
  EXPECT_EQ(last_words("terminate called\n"), "");
  EXPECT_EQ(last_words(""), "");
}

TEST(WhyNotReady, IsTheRolesOwnReasonOrTheEndOfItsLog) {
  const testing::TemporaryFolder folder;
  const auto instance = Instance::open(folder.file("d"), system_random());
  ASSERT_TRUE(instance);
  EXPECT_EQ(why_not_ready(*instance, "lab", "it ended three times"),
            "lab did not become ready: it ended three times; its log is " + instance->role_log("lab"));
  std::ofstream(instance->role_log("lab")) << "{\"message\":\"one\"}\n{\"message\":\"two\"}\n";
  EXPECT_THAT(why_not_ready(*instance, "lab", "it ended three times"), HasSubstr("\n    {\"message\":\"two\"}"));
  std::ofstream(instance->role_log("lab")) << "{\"message\":\"the role could not serve\",\"why\":\"no port\"}\n";
  EXPECT_THAT(why_not_ready(*instance, "lab", "it ended three times"),
              AllOf(HasSubstr("lab could not serve: no port; its log is "), Not(HasSubstr("{"))));
}

}  // namespace
}  // namespace fairway::app
