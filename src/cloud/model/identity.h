// Identity's objects (Keystone v3): plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/describe.hpp>

namespace fairway::cloud {

struct Domain {
  static constexpr std::string_view kKind = "domain";
  std::string id, name, description;
  bool enabled = true;
};
BOOST_DESCRIBE_STRUCT(Domain, (), (id, name, description, enabled))

struct Project {
  static constexpr std::string_view kKind = "project";
  std::string id, name, domain_id, description;
  bool enabled = true;
  std::vector<std::string> tags;
  [[nodiscard]] std::vector<std::pair<std::string_view, std::string>> indexed() const { return {{"name", name}}; }
};
BOOST_DESCRIBE_STRUCT(Project, (), (id, name, domain_id, description, enabled, tags))

struct User {
  static constexpr std::string_view kKind = "user";
  std::string id, name, domain_id, default_project_id, description, email;
  std::string password_hash;  // "scrypt$…"; empty: cannot log in by password
  std::int64_t epoch = 0;     // counts up when all tokens of this user must die: password changed, disabled
  bool enabled = true;
  [[nodiscard]] std::vector<std::pair<std::string_view, std::string>> indexed() const { return {{"name", name}}; }
};
BOOST_DESCRIBE_STRUCT(User, (),
                      (id, name, domain_id, default_project_id, description, email, password_hash, epoch, enabled))

struct Role {
  static constexpr std::string_view kKind = "role";
  std::string id, name, description;
};
BOOST_DESCRIBE_STRUCT(Role, (), (id, name, description))

// id is "<user>/<project>/<role>": an assignment exists once.
struct RoleAssignment {
  static constexpr std::string_view kKind = "role_assignment";
  std::string id, user_id, project_id, role_id;
  [[nodiscard]] std::vector<std::pair<std::string_view, std::string>> indexed() const {
    return {{"user_id", user_id}, {"project_id", project_id}, {"role_id", role_id}};
  }
};
BOOST_DESCRIBE_STRUCT(RoleAssignment, (), (id, user_id, project_id, role_id))

struct ApplicationCredential {
  static constexpr std::string_view kKind = "application_credential";
  std::string id, name, description, user_id, project_id, secret_hash;
  std::vector<std::string> role_ids;
  std::string expires_at;  // empty: never
  bool unrestricted = false;
  [[nodiscard]] std::vector<std::pair<std::string_view, std::string>> indexed() const {
    return {{"user_id", user_id}};
  }
};
BOOST_DESCRIBE_STRUCT(ApplicationCredential, (),
                      (id, name, description, user_id, project_id, secret_hash, role_ids, expires_at, unrestricted))

struct SigningKey {
  static constexpr std::string_view kKind = "signing_key";
  std::string id, secret;         // base64; never leaves the store
  std::int64_t created_unix = 0;  // seconds; the newest key signs
};
BOOST_DESCRIBE_STRUCT(SigningKey, (), (id, secret, created_unix))

struct RevokedToken {
  static constexpr std::string_view kKind = "revoked_token";
  std::string id;                 // the token's audit id
  std::int64_t expires_unix = 0;  // from then on the row may go
};
BOOST_DESCRIBE_STRUCT(RevokedToken, (), (id, expires_unix))

}  // namespace fairway::cloud
