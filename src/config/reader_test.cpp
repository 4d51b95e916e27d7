#include "config/reader.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace fairway::config {
namespace {

struct Everything {
  bool on = false;
  std::string name = "default";
  std::vector<std::string> hosts;
  std::int64_t count = 7;
  std::uint16_t port = 80;
  std::size_t size = 3;
  double ratio = 0.5;
  std::chrono::milliseconds wait{1};
};

Everything read_all(File& file) {
  Everything value;
  auto root = file.root();
  auto section = root.section("s");
  section.read("on", value.on);
  section.read("name", value.name);
  section.read("hosts", value.hosts);
  section.read("count", value.count, {.min = 1, .max = 9});
  section.read("port", value.port);
  section.read("size", value.size);
  section.read("ratio", value.ratio);
  section.read("wait", value.wait);
  section.finish();
  root.finish();
  return value;
}

TEST(Config, EveryTypeIsRead) {
  auto file = File::parse(
      "f",
      "s:\n  on: yes\n  name: x\n  hosts: [a, b]\n  count: 9\n  port: 65535\n  size: 0\n  ratio: 1.25\n  wait: 2m\n");
  const auto value = read_all(file);
  EXPECT_EQ(file.report(), "");
  EXPECT_TRUE(value.on);
  EXPECT_EQ(value.name, "x");
  EXPECT_EQ(value.hosts, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(value.count, 9);
  EXPECT_EQ(value.port, 65535);
  EXPECT_EQ(value.size, 0U);
  EXPECT_EQ(value.ratio, 1.25);
  EXPECT_EQ(value.wait, std::chrono::minutes(2));
}

TEST(Config, AbsentKeysAndAbsentSectionsKeepTheDefaults) {
  auto file = File::parse("f", "");
  const auto value = read_all(file);
  EXPECT_EQ(file.report(), "");
  EXPECT_EQ(value.name, "default");
  EXPECT_EQ(value.count, 7);
}

TEST(Config, EveryProblemIsReportedAtOnceWithItsLine) {
  auto file = File::parse(
      "f.yaml",
      "s:\n  on: maybe\n  name: [x]\n  hosts: a\n  count: 10\n  prot: 80\n  size: -1\n  ratio: 1.x\n  wait: 5\n"
      "  count: 3\nother: 1\n");
  const auto value = read_all(file);
  EXPECT_EQ(file.report(),
            "f.yaml:2: s.on: 'maybe' is neither true nor false\n"
            "f.yaml:3: s.name: is a list, not text\n"
            "f.yaml:4: s.hosts: is a single value, not a list of texts\n"
            "f.yaml:5: s.count: 10 is not between 1 and 9\n"
            "f.yaml:6: s.prot: is not known here; did you mean port?\n"
            "f.yaml:7: s.size: -1 is less than 0\n"
            "f.yaml:8: s.ratio: '1.x' is not a number\n"
            "f.yaml:9: s.wait: '5' is not a duration; write 250ms, 5s, 2m or 1h\n"
            "f.yaml:10: s.count: stands here a second time; remove one\n"
            "f.yaml:11: other: is not known here\n");
  EXPECT_EQ(value.port, 80);
}

TEST(Config, MalformedYamlAndWrongShapesAreProblems) {
  EXPECT_THAT(File::parse("f", "a: [1,\nb: }").report(), testing::StartsWith("f:2: is not YAML"));
  auto list = File::parse("f", "- a\n");
  (void)list.root();
  EXPECT_EQ(list.report(), "f:1: is a list, not a section\n");
  EXPECT_EQ(File::read("/nonexistent/x.yaml").report(),
            "/nonexistent/x.yaml: cannot be read; does it exist, and may we read it?\n");
  EXPECT_EQ(File::read("/tmp").report(), "/tmp: is a directory; name the file in it\n");
}

TEST(Config, RequiredKeysAreMissedWhereTheirSectionBegins) {
  auto file = File::parse("f", "a:\n  other: 1\nb:\n  url: ''\n");
  std::string url;
  auto root = file.root();
  root.section("a").require("url", url);
  root.section("b").require("url", url);
  EXPECT_EQ(file.report(), "f:2: a.url: is missing\nf:4: b.url: must not be empty\n");
}

TEST(Config, ListsAndEntriesOfSections) {
  auto file = File::parse("f", "images:\n  nginx: {user: www}\n  sh: {}\nhosts:\n  - name: a\n  - name: b\n  - 3\n");
  auto root = file.root();
  std::string user;
  auto images = root.entries("images");
  ASSERT_EQ(images.size(), 2U);
  EXPECT_EQ(images[0].first, "nginx");
  images[0].second.read("user", user);
  EXPECT_EQ(user, "www");
  EXPECT_EQ(root.list("hosts").size(), 3U);
  EXPECT_EQ(file.report(), "f:7: hosts[2]: is a single value, not a section\n");
}

class SecretTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "/fairway-config-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // The secret that is read, or the report; the folder's name is D.
  std::string read(std::string_view content, mode_t mode, const std::string& named = "secret") {
    std::ofstream(folder_ + "/secret") << content;
    ::chmod((folder_ + "/secret").c_str(), mode);
    auto file = File::parse(folder_ + "/f.yaml", "password_file: " + named + "\n");
    std::string value;
    file.root().read_secret_file("password_file", value);
    std::string report = file.report();
    for (auto at = report.find(folder_); at != std::string::npos; at = report.find(folder_)) {
      report.replace(at, folder_.size(), "D");
    }
    return report.empty() ? value : report;
  }
  std::string folder_;
};

TEST_F(SecretTest, StandsInAFileThatOnlyItsOwnerReads) {
  EXPECT_EQ(read("s3 cret\n", 0600), "s3 cret");
  EXPECT_EQ(read("two\nlines", 0400), "two\nlines");
  EXPECT_EQ(read("x", 0600, folder_ + "/secret"), "x");
  EXPECT_EQ(read("x", 0640), "D/f.yaml:1: password_file: D/secret is open to others than its owner; chmod 600 it\n");
  EXPECT_EQ(read("\n", 0600), "D/f.yaml:1: password_file: D/secret is empty\n");
  EXPECT_EQ(read("x", 0600, "absent"),
            "D/f.yaml:1: password_file: D/absent cannot be read: No such file or directory\n");
  EXPECT_EQ(read("x", 0600, "."), "D/f.yaml:1: password_file: D/. is no file that can be read\n");
  EXPECT_EQ(read(std::string(70'000, 'x'), 0600), "D/f.yaml:1: password_file: D/secret has more than 65536 bytes\n");
}

}  // namespace
}  // namespace fairway::config
