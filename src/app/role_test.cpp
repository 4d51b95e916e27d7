#include "app/role.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/common_config.h"
#include "testing/temporary_folder.h"

namespace fairway::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// What `fairway ROLE --help` shows has no wrong key and lacks none. Files that it names need not be on this machine.
TEST(Roles, TheExampleOfEachRoleIsAConfigurationOfIt) {
  for (const RoleSpec& role : roles()) {
    config::File file = config::File::parse(std::string(role.name), role.example);
    ASSERT_EQ(file.report(), "") << role.name;
    config::Section root = file.root();
    static_cast<void>(read_common_config(root));
    static_cast<void>(role.configure(root));
    root.finish();
    EXPECT_THAT(file.report(), Not(HasSubstr("is not known here"))) << role.name;
    EXPECT_THAT(file.report(), Not(HasSubstr("is missing"))) << role.name;
  }
}

TEST(Roles, AFileThatIsNotThereIsTheOnlyComplaint) {
  const testing::TemporaryFolder folder;
  ::testing::internal::CaptureStdout();
  const int code = check_config(roles().front(), folder.file("absent.yaml"));
  EXPECT_EQ(::testing::internal::GetCapturedStdout(),
            folder.file("absent.yaml") + ": cannot be read; does it exist, and may we read it?\n");
  EXPECT_EQ(code, 2);
}

}  // namespace
}  // namespace fairway::app
