#include "cloud/identity/identity.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "cloud/api/rig_test.h"
#include "cloud/identity/bootstrap.h"
#include "cloud/identity/stamps.h"

namespace fairway::cloud::identity {
namespace {

constexpr ScryptCost kCheap{.n = 2, .r = 1, .p = 1};

// A bootstrapped cloud; tokens are real ones.
struct IdentityTest : ::testing::Test {
  IdentityTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "fairway-identity-XXXXXX";
    directory = ::mkdtemp(pattern.data());
    EXPECT_TRUE(rig.run(bootstrap(*rig.ledger, rig.env.env, passwords, directory + "/secrets")));
    EXPECT_TRUE(rig.run(tokens.maintain()));
    add_routes(rig.router, context, tokens, passwords);
  }
  ~IdentityTest() override { std::filesystem::remove_all(directory); }

  std::string password(std::string_view name) {
    std::ifstream file(directory + "/secrets/" + std::string(name) + ".password");
    std::string text;
    file >> text;
    return text;
  }
  ApiAnswer post_token(const std::string& auth) {
    return rig.call("", "POST", "/identity/v3/auth/tokens", R"({"auth":)" + auth + "}");
  }
  static std::string by_password(std::string_view name, std::string_view password) {
    return fmt::format(
        R"("identity":{{"methods":["password"],"password":{{"user":{{"name":"{}","domain":{{"id":"default"}},"password":"{}"}}}}}})",
        name, password);
  }
  static std::string on_project(std::string_view name) {
    return fmt::format(R"("scope":{{"project":{{"name":"{}","domain":{{"name":"Default"}}}}}})", name);
  }
  static std::string token_of(const ApiAnswer& answer) {
    return std::string(answer.headers.find("X-Subject-Token").value_or(""));
  }
  std::string log_in(std::string_view name) {
    return token_of(post_token("{" + by_password(name, password(name)) + "," + on_project(name) + "}"));
  }
  ApiAnswer get(const std::string& token, const std::string& path) {
    return rig.call(token, "GET", "/identity/v3" + path);
  }
  ApiAnswer check(const std::string& token) {
    return rig.call(token, "GET", "/identity/v3/auth/tokens", "", {{"X-Subject-Token", token}});
  }
  std::string id_of(const std::string& admin, const std::string& collection, const std::string& name) {
    return get(admin, "/" + collection + "?name=" + name).at(collection + ".0.id");
  }

  std::string directory;
  ApiRig rig;
  Passwords passwords{rig.env.random, kCheap};
  Tokens tokens{*rig.ledger, rig.env.env, TokenConfig{}};
  ApiContext context{*rig.ledger, rig.env.env, tokens, "http://cloud.test"};
};

TEST_F(IdentityTest, Discovery) {
  const auto root = rig.call("", "GET", "/identity");
  EXPECT_EQ(root.status, 300);
  EXPECT_EQ(root.at("versions.values.0.id"), "v3.14");
  EXPECT_EQ(root.at("versions.values.0.links.0.href"), "http://cloud.test/identity/v3/");
  const auto version = rig.call("", "GET", "/identity/v3/");
  EXPECT_EQ(version.status, 200);
  EXPECT_EQ(version.at("version.status"), "stable");
}

TEST_F(IdentityTest, BootstrapWritesPrivatePasswordsAndRunsOnce) {
  struct stat about{};
  ASSERT_EQ(::stat((directory + "/secrets/admin.password").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
  const auto revision = rig.ledger->revision();
  EXPECT_TRUE(rig.run(bootstrap(*rig.ledger, rig.env.env, passwords, directory + "/secrets")));
  EXPECT_EQ(rig.ledger->revision(), revision);
  for (const auto& [id, row] : rig.ledger->state().table<User>().rows())
    EXPECT_TRUE(row.object->password_hash.starts_with("scrypt$"));
}

TEST_F(IdentityTest, ATokenSaysWhoForWhatAndWhere) {
  const auto answer = post_token("{" + by_password("admin", password("admin")) + "," + on_project("admin") + "}");
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.at("token.user.name"), "admin");
  EXPECT_EQ(answer.at("token.user.domain.name"), "Default");
  EXPECT_EQ(answer.at("token.project.name"), "admin");
  EXPECT_EQ(answer.at("token.methods"), R"(["password"])");
  EXPECT_EQ(answer.at("token.issued_at"), "2026-01-01T00:00:00.000000Z");
  EXPECT_EQ(answer.at("token.expires_at"), "2026-01-01T01:00:00.000000Z");
  EXPECT_EQ(answer.at("token.catalog.2.type"), "load-balancer");
  EXPECT_EQ(answer.at("token.catalog.2.endpoints.0.url"), "http://cloud.test/load-balancer");
  EXPECT_EQ(answer.at("token.catalog.1.endpoints.2.interface"), "admin");
  std::vector<std::string> roles;
  for (const auto& role : json::array_or_empty(answer.body, "token.roles"))
    roles.push_back(json::string_or(role, "name"));
  EXPECT_EQ(roles, (std::vector<std::string>{"admin", "member", "reader"}));
}

TEST_F(IdentityTest, ScopesOfALogin) {
  const auto with = [&](const std::string& scope) {
    return post_token("{" + by_password("demo", password("demo")) + scope + "}");
  };
  EXPECT_EQ(with("").at("token.project.name"), "demo");  // the default project
  EXPECT_EQ(with(R"(,"scope":"unscoped")").at("token.project"), "(absent)");
  EXPECT_EQ(with(R"(,"scope":"unscoped")").at("token.catalog"), "(absent)");
  const auto project = id_of(log_in("admin"), "projects", "demo");
  EXPECT_EQ(with(R"(,"scope":{"project":{"id":")" + project + "\"}}").at("token.project.id"), project);
  EXPECT_EQ(with("," + on_project("admin")).status, 401);
  EXPECT_EQ(with("," + on_project("nosuch")).status, 401);
  EXPECT_EQ(with(R"(,"scope":{"domain":{"id":"default"}})").status, 401);
  EXPECT_EQ(with(R"(,"scope":{"system":{"all":true}})").status, 401);
  EXPECT_EQ(with(R"(,"scope":{"OS-TRUST:trust":{"id":"x"}})").status, 501);
  EXPECT_EQ(post_token("{" + by_password("admin", password("admin")) + "," + on_project("demo") + "}").status, 201);
}

TEST_F(IdentityTest, EveryWrongLoginIsTheSame401) {
  const auto wrong = post_token("{" + by_password("demo", "wrong") + "}");
  const auto unknown = post_token("{" + by_password("nosuch", "wrong") + "}");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(wrong.text, unknown.text);
  EXPECT_EQ(wrong.at("error.message"), "The request you have made requires authentication.");
  EXPECT_EQ(unknown.status, 401);
  EXPECT_EQ(post_token("{" + by_password("demo", "") + "}").status, 401);
  EXPECT_EQ(post_token(R"({"identity":{"methods":["token"],"token":{"id":"fw1.x.y"}}})").status, 401);
  EXPECT_EQ(
      post_token(
          R"({"identity":{"methods":["application_credential"],"application_credential":{"id":"x","secret":"y"}}})")
          .status,
      401);
}

TEST_F(IdentityTest, AUserWithoutADomainIsOfTheDefaultOne) {
  const auto unknown =
      post_token(R"({"identity":{"methods":["password"],"password":{"user":{"name":"x","password":"y"}}}})");
  EXPECT_EQ(unknown.status, 401);
}

TEST_F(IdentityTest, MalformedLoginsAre400) {
  EXPECT_EQ(rig.call("", "POST", "/identity/v3/auth/tokens", "{").status, 400);
  EXPECT_EQ(rig.call("", "POST", "/identity/v3/auth/tokens", "").status, 400);
  const auto no_auth = rig.call("", "POST", "/identity/v3/auth/tokens", "{}");
  EXPECT_EQ(no_auth.status, 400);
  EXPECT_TRUE(no_auth.at("error.message").starts_with("Expecting to find auth in request body."));
  for (const auto* auth : {"[]", "{}", R"({"identity":5})", R"({"identity":{}})", R"({"identity":{"methods":[]}})",
                           R"({"identity":{"methods":["password"]}})",
                           R"({"identity":{"methods":["password"],"password":{"user":{"id":7,"password":"x"}}}})",
                           R"({"identity":{"methods":["password"],"password":{"user":{"id":"x"}}}})",
                           R"({"identity":{"methods":["token"],"token":{"id":"x"}},"scope":5})"}) {
    EXPECT_EQ(post_token(auth).status, 400) << auth;
  }
  EXPECT_EQ(post_token(R"({"identity":{"methods":["totp"]}})").status, 401);
}

TEST_F(IdentityTest, TokensAreCheckedRescopedAndRevoked) {
  const auto token = log_in("demo");
  EXPECT_EQ(check(token).status, 200);
  EXPECT_EQ(check(token).at("token.user.name"), "demo");
  EXPECT_EQ(rig.call(token, "HEAD", "/identity/v3/auth/tokens", "", {{"X-Subject-Token", token}}).status, 200);
  rig.env.clock.advance(std::chrono::minutes(10));
  const auto rescoped = post_token(
      fmt::format(R"({{"identity":{{"methods":["token"],"token":{{"id":"{}"}}}},{}}})", token, on_project("demo")));
  EXPECT_EQ(rescoped.status, 201);
  EXPECT_EQ(rescoped.at("token.methods"), R"(["password","token"])");
  EXPECT_EQ(rescoped.at("token.expires_at"), "2026-01-01T01:00:00.000000Z");  // not later than the first
  const auto admin = log_in("admin");
  EXPECT_EQ(rig.call(token, "GET", "/identity/v3/auth/tokens", "", {{"X-Subject-Token", admin}}).status, 403);
  EXPECT_EQ(rig.call(admin, "GET", "/identity/v3/auth/tokens", "", {{"X-Subject-Token", token}}).status, 200);
  EXPECT_EQ(rig.call(admin, "GET", "/identity/v3/auth/tokens", "", {{"X-Subject-Token", "fw1.a.b"}}).status, 404);
  EXPECT_EQ(rig.call(token, "DELETE", "/identity/v3/auth/tokens", "", {{"X-Subject-Token", token}}).status, 204);
  EXPECT_EQ(check(token).status, 401);
  // Another process with the same store knows, too.
  const auto reopened = rig.run(Ledger::open(rig.store, rig.env.env)).value();
  const Tokens others(*reopened, rig.env.env, TokenConfig{});
  EXPECT_FALSE(others.verify(token));
  EXPECT_TRUE(others.verify(admin));
}

TEST_F(IdentityTest, TokensEndWithTheirTimeAndTheirUser) {
  const auto demo = log_in("demo"), admin = log_in("admin");
  const auto user = id_of(admin, "users", "demo"), project = id_of(admin, "projects", "demo");
  EXPECT_EQ(rig.call(admin, "PATCH", "/identity/v3/users/" + user, R"({"user":{"enabled":false}})").status, 200);
  EXPECT_EQ(check(demo).status, 401);
  EXPECT_EQ(rig.call(admin, "PATCH", "/identity/v3/users/" + user, R"({"user":{"enabled":true}})").status, 200);
  EXPECT_EQ(check(demo).status, 401);  // enabling brings no old token back
  const auto again = log_in("demo");
  EXPECT_EQ(check(again).status, 200);
  EXPECT_EQ(rig.call(admin, "PATCH", "/identity/v3/projects/" + project, R"({"project":{"enabled":false}})").status,
            200);
  EXPECT_EQ(check(again).status, 401);
  EXPECT_EQ(check(admin).status, 200);
  rig.env.clock.advance(std::chrono::minutes(61));
  EXPECT_EQ(check(admin).status, 401);
}

TEST_F(IdentityTest, TokensOfAnOlderKeyLiveOnAndKeysAreRotated) {
  const auto key_count = [&] { return rig.ledger->state().table<SigningKey>().size(); };
  EXPECT_EQ(key_count(), 1U);
  rig.env.clock.advance(std::chrono::hours(24 * 7) - std::chrono::minutes(5));
  const auto old = log_in("demo");
  rig.env.clock.advance(std::chrono::minutes(10));
  const auto fresh = log_in("demo");
  EXPECT_EQ(key_count(), 2U);
  EXPECT_EQ(check(old).status, 200);
  EXPECT_EQ(check(fresh).status, 200);
  rig.env.clock.advance(std::chrono::hours(24 * 8));
  EXPECT_NE(log_in("demo"), "");
  EXPECT_EQ(key_count(), 1U);  // what the others signed has expired
}

TEST_F(IdentityTest, ATamperedTokenIsNobodys) {
  const auto token = log_in("demo");
  for (const std::size_t at : {std::size_t{0}, std::size_t{5}, std::size_t{40}, token.size() - 10}) {
    auto tampered = token;
    tampered[at] = tampered[at] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(tokens.verify(tampered)) << at;
  }
  EXPECT_FALSE(tokens.verify(""));
  EXPECT_FALSE(tokens.verify(std::string(100'000, 'x')));
  EXPECT_FALSE(tokens.verify(token + "."));
}

TEST_F(IdentityTest, UsersProjectsRolesAndAssignments) {
  const auto admin = log_in("admin");
  const auto user = rig.call(admin, "POST", "/identity/v3/users",
                             R"({"user":{"name":"tester","password":"@~#%&","domain_id":"default"}})");
  EXPECT_EQ(user.status, 201);
  EXPECT_EQ(user.at("user.password"), "(absent)");
  const auto project =
      rig.call(admin, "POST", "/identity/v3/projects", R"({"project":{"name":"tests","description":"d"}})");
  EXPECT_EQ(project.at("project.parent_id"), "default");
  const auto role = rig.call(admin, "POST", "/identity/v3/roles", R"({"role":{"name":"odd"}})");
  EXPECT_EQ(role.status, 201);
  const auto path = fmt::format("/identity/v3/projects/{}/users/{}/roles/{}", project.at("project.id"),
                                user.at("user.id"), id_of(admin, "roles", "member"));
  EXPECT_EQ(rig.call(admin, "HEAD", path).status, 404);
  EXPECT_EQ(rig.call(admin, "PUT", path).status, 204);
  EXPECT_EQ(rig.call(admin, "PUT", path).status, 204);
  EXPECT_EQ(rig.call(admin, "HEAD", path).status, 204);
  const auto assignments = get(admin, "/role_assignments?include_names=true&user.id=" + user.at("user.id"));
  EXPECT_EQ(assignments.at("role_assignments.0.role.name"), "member");
  EXPECT_EQ(assignments.at("role_assignments.0.scope.project.name"), "tests");
  EXPECT_EQ(get(admin, "/role_assignments?effective&user.id=" + user.at("user.id")).at("role_assignments.1.role.id"),
            id_of(admin, "roles", "reader"));
  const auto token = token_of(post_token("{" + by_password("tester", "@~#%&") + "," + on_project("tests") + "}"));
  EXPECT_EQ(check(token).at("token.project.name"), "tests");
  EXPECT_EQ(rig.call(admin, "DELETE", path).status, 204);
  EXPECT_EQ(check(token).status, 401);  // no role, no token
  EXPECT_EQ(rig.call(admin, "DELETE", path).status, 404);
  EXPECT_EQ(rig.call(admin, "DELETE", "/identity/v3/users/" + user.at("user.id")).status, 204);
  EXPECT_EQ(rig.call(admin, "DELETE", "/identity/v3/projects/" + project.at("project.id")).status, 204);
  EXPECT_EQ(get(admin, "/users/" + user.at("user.id")).at("error.message"),
            "Could not find user: " + user.at("user.id") + ".");
}

TEST_F(IdentityTest, NamesAreTakenOnce) {
  const auto admin = log_in("admin");
  EXPECT_EQ(rig.call(admin, "POST", "/identity/v3/users", R"({"user":{"name":"demo"}})").status, 409);
  EXPECT_EQ(rig.call(admin, "POST", "/identity/v3/projects", R"({"project":{"name":"demo"}})").status, 409);
  EXPECT_EQ(rig.call(admin, "POST", "/identity/v3/roles", R"({"role":{"name":"admin"}})").status, 409);
  EXPECT_EQ(rig.call(admin, "POST", "/identity/v3/domains", R"({"domain":{"name":"Default"}})").status, 409);
  EXPECT_EQ(rig.call(admin, "POST", "/identity/v3/users", R"({"user":{"name":5}})").status, 400);
  EXPECT_EQ(rig.call(admin, "POST", "/identity/v3/users", R"({"user":{}})").status, 400);
  EXPECT_EQ(rig.call(admin, "POST", "/identity/v3/users", R"({"user":{"name":"x","domain_id":"nosuch"}})").status,
            404);
}

TEST_F(IdentityTest, OthersSeeOnlyThemselves) {
  const auto demo = log_in("demo");
  for (const auto* path : {"/users", "/projects", "/roles", "/domains", "/services", "/role_assignments"})
    EXPECT_EQ(get(demo, path).status, 403) << path;
  EXPECT_EQ(get(demo, "/auth/projects").at("projects.0.name"), "demo");
  EXPECT_EQ(get(demo, "/auth/projects").at("projects.1"), "(absent)");
  EXPECT_EQ(get(demo, "/auth/catalog").at("catalog.0.type"), "identity");
  EXPECT_EQ(get("", "/users").status, 401);
  const auto me = check(demo).at("token.user.id");
  EXPECT_EQ(get(demo, "/users/" + me).at("user.name"), "demo");
  EXPECT_EQ(get(demo, "/users/" + me + "/projects").at("projects.0.name"), "demo");
}

TEST_F(IdentityTest, PeopleChangeTheirPasswords) {
  const auto demo = log_in("demo");
  const auto path = "/identity/v3/users/" + check(demo).at("token.user.id") + "/password";
  EXPECT_EQ(rig.call(demo, "POST", path, R"({"user":{"original_password":"wrong","password":"new"}})").status, 401);
  EXPECT_EQ(rig.call(demo, "POST", path,
                     fmt::format(R"({{"user":{{"original_password":"{}","password":"new"}}}})", password("demo")))
                .status,
            204);
  EXPECT_EQ(check(demo).status, 401);
  EXPECT_EQ(post_token("{" + by_password("demo", password("demo")) + "}").status, 401);
  EXPECT_EQ(post_token("{" + by_password("demo", "new") + "}").status, 201);
}

struct CredentialTest : IdentityTest {
  CredentialTest() { user = check(demo).at("token.user.id"); }
  ApiAnswer create(const std::string& body, const std::string& as = "") {
    return rig.call(as.empty() ? demo : as, "POST", "/identity/v3/users/" + user + "/application_credentials",
                    R"({"application_credential":)" + body + "}");
  }
  ApiAnswer log_in_with(const ApiAnswer& made, const std::string& more = "") {
    return post_token(fmt::format(
        R"({{"identity":{{"methods":["application_credential"],"application_credential":{{"id":"{}","secret":"{}"}}}}{}}})",
        made.at("application_credential.id"), made.at("application_credential.secret"), more));
  }
  std::string demo = log_in("demo");
  std::string user;
};

TEST_F(CredentialTest, LogsInForItsProjectWithItsRoles) {
  const auto made = create(R"({"name":"ac1","roles":[{"name":"reader"}]})");
  EXPECT_EQ(made.status, 201);
  const auto login = log_in_with(made);
  EXPECT_EQ(login.status, 201);
  EXPECT_EQ(login.at("token.project.name"), "demo");
  EXPECT_EQ(login.at("token.roles.0.name"), "reader");
  EXPECT_EQ(login.at("token.roles.1"), "(absent)");
  EXPECT_EQ(login.at("token.application_credential.restricted"), "true");
  EXPECT_EQ(log_in_with(made, "," + on_project("admin")).status, 401);
  const auto by_name = post_token(fmt::format(
      R"({{"identity":{{"methods":["application_credential"],"application_credential":{{"name":"ac1","secret":"{}","user":{{"id":"{}"}}}}}}}})",
      made.at("application_credential.secret"), user));
  EXPECT_EQ(by_name.status, 201);
}

TEST_F(CredentialTest, ShowsItsSecretOnce) {
  const auto made = create(R"({"name":"ac1"})");
  const auto path = "/users/" + user + "/application_credentials";
  EXPECT_NE(made.at("application_credential.secret"), "(absent)");
  EXPECT_EQ(get(demo, path).at("application_credentials.0.secret"), "(absent)");
  EXPECT_EQ(get(demo, path + "/" + made.at("application_credential.id")).at("application_credential.secret"),
            "(absent)");
  EXPECT_EQ(create(R"({"name":"ac1"})").status, 409);
}

TEST_F(CredentialTest, DiesWhenDeletedExpiredOrItsRolesAreTaken) {
  const auto made = create(R"({"name":"ac1","expires_at":"2026-01-01T00:30:00"})");
  const auto login = log_in_with(made);
  EXPECT_EQ(login.at("token.expires_at"), "2026-01-01T00:30:00.000000Z");
  const auto token = token_of(login);
  EXPECT_EQ(create(R"({"name":"ac2"})", token).status, 403);  // restricted
  rig.env.clock.advance(std::chrono::minutes(31));
  EXPECT_EQ(log_in_with(made).status, 401);
  const auto second = create(R"({"name":"ac2","secret":"mine","unrestricted":true})");
  EXPECT_EQ(second.at("application_credential.secret"), "mine");
  const auto second_token = token_of(log_in_with(second));
  EXPECT_EQ(check(second_token).status, 200);
  EXPECT_EQ(create(R"({"name":"ac3"})", second_token).status, 201);
  const auto path =
      "/identity/v3/users/" + user + "/application_credentials/" + second.at("application_credential.id");
  EXPECT_EQ(rig.call(demo, "DELETE", path).status, 204);
  EXPECT_EQ(check(second_token).status, 401);
  EXPECT_EQ(rig.call(demo, "DELETE", path).status, 404);
}

TEST_F(CredentialTest, RefusesWhatItsUserMayNot) {
  EXPECT_EQ(create(R"({"name":"x","roles":[{"name":"admin"}]})").status, 400);
  EXPECT_EQ(create(R"({"name":"x","expires_at":"yesterday"})").status, 400);
  EXPECT_EQ(create(R"({"name":"x","expires_at":"2020-01-01T00:00:00"})").status, 400);
  EXPECT_EQ(create(R"({"name":"x","access_rules":[{"path":"/"}]})").status, 501);
  EXPECT_EQ(create(R"({"roles":[]})").status, 400);
  EXPECT_EQ(create(R"({"name":"x"})", log_in("admin")).status, 403);
}

TEST(Passwords, VerifyOnlyTheRightOne) {
  testing::CountingRandom random;
  Passwords passwords(random, kCheap);
  boost::asio::io_context io;
  const auto stored = testing::run_on(io, passwords.hash("secret"));
  for (int twice = 0; twice < 2; ++twice) {
    EXPECT_TRUE(testing::run_on(io, passwords.verify(stored, "secret")));
    EXPECT_FALSE(testing::run_on(io, passwords.verify(stored, "Secret")));
  }
  EXPECT_NE(testing::run_on(io, passwords.hash("secret")), stored);  // salted
  for (const auto* broken :
       {"", "scrypt", "scrypt$2$1$1$x$y", "scrypt$3$1$1$AAAA$AAAA", "scrypt$0$0$0$$", "plain$secret"}) {
    EXPECT_FALSE(testing::run_on(io, passwords.verify(broken, "secret"))) << broken;
  }
}

TEST(Stamps, RoundTrip) {
  EXPECT_EQ(to_stamp(from_stamp("2026-01-31T12:00:00").value()), "2026-01-31T12:00:00.000000Z");
  EXPECT_EQ(to_stamp(from_stamp("2026-01-31T12:00:00.25Z").value()), "2026-01-31T12:00:00.250000Z");
  EXPECT_EQ(to_stamp(from_stamp("2026-01-31 12:00:00+00:00").value()), "2026-01-31T12:00:00.000000Z");
  for (const auto* text : {"", "2026", "2026-13-01T00:00:00", "2026-02-30T00:00:00", "2026-01-01T25:00:00",
                           "2026-01-01T00:00:00x", "2026-01-01T00:00:00."}) {
    EXPECT_FALSE(from_stamp(text)) << text;
  }
}

}  // namespace
}  // namespace fairway::cloud::identity
