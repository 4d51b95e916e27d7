#include "base/files.h"

#include <sys/stat.h>

#include <gtest/gtest.h>

#include "testing/temporary_folder.h"

namespace fairway {
namespace {

mode_t mode_of(const std::string& path) {
  struct stat found{};
  EXPECT_EQ(::stat(path.c_str(), &found), 0) << path;
  return found.st_mode & 07777;
}

TEST(Files, AreTheirOwnersAlone) {
  const testing::TemporaryFolder folder;
  ASSERT_TRUE(write_private_file(folder.file("key"), "secret"));
  EXPECT_EQ(read_whole_file(folder.file("key")).value(), "secret");
  EXPECT_EQ(mode_of(folder.file("key")), 0600U);
}

TEST(Files, ScriptsCanBeRunFromTheFirstMoment) {
  const testing::TemporaryFolder folder;
  for (const char* text : {"#!/bin/sh\nexit 0\n", "#!/bin/sh\nexit 1\n"}) {
    ASSERT_TRUE(write_private_script(folder.file("service"), text));
    EXPECT_EQ(read_whole_file(folder.file("service")).value(), text);
    EXPECT_EQ(mode_of(folder.file("service")), 0700U);
  }
}

TEST(Files, NamesWhatCannotBeWritten) {
  const auto done = write_private_file("/does/not/exist", "");
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().what.find("/does/not/exist"), std::string::npos);
}

}  // namespace
}  // namespace fairway
