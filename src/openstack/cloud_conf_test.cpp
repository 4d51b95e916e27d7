#include "openstack/cloud_conf.h"

#include <filesystem>
#include <fstream>

#include "base/clock.h"

namespace fairway::openstack {
namespace {

using std::chrono::milliseconds;

TEST(CloudConf, ReadsTheFilesOfTheOldController) {
  const auto conf = CloudConf::parse(
      "# comment\n[Global]\nAuth-URL = \"https://k:5000/v3\" ; here\nusername=me\npassword = \"a;b \\\" \\\\c\"\n"
      "use-octavia = true\ntls-insecure\n[LoadBalancerClass \"inner\"]\nsubnet-id = s1\nsubnet-id = "
      "s2\n[loadbalancer]\nlb-method = ROUND_ROBIN # x\n",
      "cloud.conf");
  ASSERT_TRUE(conf) << conf.error().what;
  EXPECT_EQ(conf->value("global", "auth-url"), "https://k:5000/v3");
  EXPECT_EQ(conf->value("global", "password"), "a;b \" \\c");
  EXPECT_EQ(conf->value("global", "tls-insecure"), "true");
  EXPECT_EQ(conf->find("loadbalancerclass", "subnet-id", "inner"), "s2");
  EXPECT_EQ(conf->value("loadbalancer", "lb-method"), "ROUND_ROBIN");
  EXPECT_EQ(conf->subsections("loadbalancerclass"), std::vector<std::string>{"inner"});
  EXPECT_EQ(conf->find("global", "token"), std::nullopt);
}

struct Malformed {
  std::string text, says;
};

TEST(CloudConf, ErrorsNameTheLine) {
  for (const auto& [text, says] :
       std::vector<Malformed>{{"[Global\n", "c:1: not a section"},
                              {"x = 1\n", "c:1: a key before"},
                              {"[Global]\n\npassword = \"a\n", "c:3: password: an open quote"},
                              {"[Global]\n= 1\n", "c:2: no key"}}) {
    const auto conf = CloudConf::parse(text, "c");
    ASSERT_FALSE(conf) << text;
    EXPECT_THAT(conf.error().what, ::testing::HasSubstr(says));
  }
}

TEST(GoDuration, IsReadAsGoReadsIt) {
  EXPECT_EQ(parse_go_duration("5s"), milliseconds(5000));
  EXPECT_EQ(parse_go_duration("1m30.5s"), milliseconds(90500));
  EXPECT_EQ(parse_go_duration("250ms"), milliseconds(250));
  for (const char* bad : {"5", "", "s", "5 s", "-5s", "1.2.3s", "5x"})
    EXPECT_EQ(parse_go_duration(bad), std::nullopt) << bad;
}

Result<Credentials> from(const std::string& text, const std::vector<std::string>& clouds = {}) {
  return credentials_from(*CloudConf::parse(text, "cloud.conf"), clouds);
}

TEST(Credentials, DomainsSpreadToUserAndProject) {
  const auto got = from(
      "[Global]\nauth-url=http://k\nusername=u\npassword=p\ntenant-name=t\ndomain-name=d\ntenant-domain-id=pd\n");
  ASSERT_TRUE(got) << got.error().what;
  EXPECT_EQ(got->user_domain_name, "d");
  EXPECT_EQ(got->project_domain_id, "pd");
  EXPECT_EQ(got->project_domain_name, "");
}

TEST(Credentials, SayWhatIsMissing) {
  for (const auto& [text, says] : std::vector<Malformed>{
           {"[Global]\nusername=u\n", "no address of Keystone"},
           {"[Global]\nauth-url=http://k\n", "no user"},
           {"[Global]\nauth-url=http://k\nusername=u\n", "without a password"},
           {"[Global]\nauth-url=http://k\nusername=u\npassword=p\n", "no project"},
           {"[Global]\nauth-url=http://k\napplication-credential-id=a\n", "without its secret"},
           {"[Global]\nauth-url=http://k\napplication-credential-name=a\napplication-credential-secret=s\n",
            "needs its user"},
           {"[Global]\nauth-url=http://k\nusername=u\npassword=p\ntenant-name=t\n[Metadata]\nrequest-timeout=60\n",
            "not a duration"}}) {
    const auto got = from(text);
    ASSERT_FALSE(got) << text;
    EXPECT_THAT(got.error().what, ::testing::HasSubstr(says));
  }
}

class CloudsYaml : public ::testing::Test {
 protected:
  CloudsYaml()
      : path_((std::filesystem::temp_directory_path() / ("fairway_clouds_" + make_hex_id(system_random()) + ".yaml"))
                  .string()) {
    std::ofstream(path_) << "clouds:\n  demo:\n    region_name: R1\n    interface: internal\n    verify: false\n    "
                            "auth:\n      auth_url: http://k/v3\n"
                            "      application_credential_id: a\n      application_credential_secret: s\n"
                            "  other:\n    auth: {auth_url: http://o, username: u, password: p, project_name: x, "
                            "domain_name: Default}\n";
  }
  ~CloudsYaml() override { std::filesystem::remove(path_); }
  std::string path_;
};

TEST_F(CloudsYaml, IsReadByName) {
  const auto got = read_clouds_yaml(path_, "demo");
  ASSERT_TRUE(got) << got.error().what;
  EXPECT_EQ(got->application_credential_id, "a");
  EXPECT_EQ(got->region, "R1");
  EXPECT_EQ(got->interface, "internal");
  EXPECT_TRUE(got->insecure);
  EXPECT_THAT(read_clouds_yaml(path_, "").error().what, ::testing::HasSubstr("several clouds"));
  EXPECT_THAT(read_clouds_yaml(path_, "none").error().what, ::testing::HasSubstr("no cloud \"none\""));
}

TEST_F(CloudsYaml, CloudConfMayPointToItAndWins) {
  const auto got = from("[Global]\nuse-clouds=true\ncloud=other\nusername=me\n", {path_});
  ASSERT_TRUE(got) << got.error().what;
  EXPECT_EQ(got->auth_url, "http://o");
  EXPECT_EQ(got->username, "me");
  EXPECT_EQ(got->user_domain_name, "Default");
}

TEST_F(CloudsYaml, TheEnvironmentMayNameACloudAndAddsToIt) {
  const auto got =
      credentials_from({{"OS_CLIENT_CONFIG_FILE", path_}, {"OS_CLOUD", "other"}, {"OS_REGION_NAME", "R2"}});
  ASSERT_TRUE(got) << got.error().what;
  EXPECT_EQ(got->password, "p");
  EXPECT_EQ(got->region, "R2");
}

TEST(Credentials, ComeFromTheEnvironment) {
  const auto got = credentials_from({{"OS_AUTH_URL", "http://k"},
                                     {"OS_USERNAME", "u"},
                                     {"OS_PASSWORD", "p"},
                                     {"OS_PROJECT_NAME", "t"},
                                     {"OS_USER_DOMAIN_ID", "default"},
                                     {"OS_INTERFACE", "publicURL"}});
  ASSERT_TRUE(got) << got.error().what;
  EXPECT_EQ(got->project_name, "t");
  EXPECT_EQ(got->interface, "public");
}

}  // namespace
}  // namespace fairway::openstack
