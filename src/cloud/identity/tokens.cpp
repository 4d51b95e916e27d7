#include "cloud/identity/tokens.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/strings.h"
#include "cloud/identity/passwords.h"

namespace fairway::cloud::identity {
namespace {

constexpr std::string_view kVersion = "fw1";
constexpr std::size_t kMaxTokenBytes = 4096;
constexpr std::int64_t kMicros = 1'000'000;

std::string to_url_safe(std::string text) {
  for (char& c : text) c = c == '+' ? '-' : (c == '/' ? '_' : c);
  std::erase(text, '=');
  return text;
}

std::optional<std::string> from_url_safe(std::string_view text) {
  std::string plain(text);
  for (char& c : plain) c = c == '-' ? '+' : (c == '_' ? '/' : c);
  plain.append((4 - plain.size() % 4) % 4, '=');
  return base64_decode(plain);
}

// Fields between bars; none of them can hold one: ids are hexadecimal or URL-safe, methods are ours.
std::string to_payload(const TokenClaims& claims, std::string_view key_id) {
  return fmt::format("{}|{}|{}|{}|{}|{}|{}|{}|{}", key_id, claims.audit_id, claims.user_id, claims.project_id,
                     claims.application_credential_id, join(claims.methods, ","), claims.epoch, claims.issued_us,
                     claims.expires_us);
}

struct Opened {
  std::string key_id;
  TokenClaims claims;
};

std::optional<Opened> from_payload(std::string_view payload) {
  const auto parts = split(payload, '|');
  if (parts.size() != 9) return std::nullopt;
  const auto epoch = parse_int(parts[6]), issued = parse_int(parts[7]), expires = parse_int(parts[8]);
  if (!epoch || !issued || !expires) return std::nullopt;
  Opened opened{std::string(parts[0]), {}};
  auto& claims = opened.claims;
  claims.audit_id = parts[1];
  claims.user_id = parts[2];
  claims.project_id = parts[3];
  claims.application_credential_id = parts[4];
  for (const auto method : split(parts[5], ',')) claims.methods.emplace_back(method);
  claims.epoch = *epoch;
  claims.issued_us = *issued;
  claims.expires_us = *expires;
  return opened;
}

std::unexpected<Error> unauthenticated() {
  return fail(Errc::unauthenticated, "The request you have made requires authentication.");
}

std::string signature(const SigningKey& key, std::string_view payload) {
  return hmac_sha256(base64_decode(key.secret).value_or(""), payload);
}

bool domain_enabled(const State& state, std::string_view domain_id) {
  const auto* domain = state.find<Domain>(domain_id);
  return domain != nullptr && domain->enabled;
}

const Project* usable_project(const State& state, std::string_view id) {
  const auto* project = state.find<Project>(id);
  return project != nullptr && project->enabled && domain_enabled(state, project->domain_id) ? project : nullptr;
}

const User* usable_user(const State& state, std::string_view id) {
  const auto* user = state.find<User>(id);
  return user != nullptr && user->enabled && domain_enabled(state, user->domain_id) ? user : nullptr;
}

const Role* role_named(const State& state, std::string_view name) {
  for (const auto& [id, row] : state.table<Role>().rows()) {
    if (row.object->name == name) return row.object.get();
  }
  return nullptr;
}

// admin > member > reader, as Keystone's bootstrap has it.
void add_implied(const State& state, std::vector<GrantedRole>& roles) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kImplied{
      {{"admin", "member"}, {"member", "reader"}}};
  for (const auto& [role, implied] : kImplied) {
    const auto has = [&](std::string_view name) {
      return std::ranges::find(roles, name, &GrantedRole::name) != roles.end();
    };
    if (!has(role) || has(implied)) continue;
    if (const auto* found = role_named(state, implied)) roles.push_back({found->id, found->name});
  }
}

}  // namespace

std::vector<GrantedRole> granted_roles(const State& state, std::string_view user_id, std::string_view project_id,
                                       std::string_view application_credential_id) {
  std::vector<GrantedRole> roles;
  for (const auto* assignment : state.table<RoleAssignment>().find_by("user_id", user_id)) {
    if (assignment->project_id != project_id) continue;
    if (const auto* role = state.find<Role>(assignment->role_id)) roles.push_back({role->id, role->name});
  }
  add_implied(state, roles);
  if (!application_credential_id.empty()) {
    const auto* credential = state.find<ApplicationCredential>(application_credential_id);
    std::erase_if(roles, [&](const GrantedRole& role) {
      return credential == nullptr || std::ranges::find(credential->role_ids, role.id) == credential->role_ids.end();
    });
    add_implied(state, roles);
  }
  return roles;
}

std::int64_t Tokens::now_us() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(env_.clock.wall().time_since_epoch()).count();
}

const SigningKey* Tokens::newest_key() const {
  const SigningKey* newest = nullptr;
  for (const auto& [id, row] : ledger_.state().table<SigningKey>().rows()) {
    if (newest == nullptr || row.object->created_unix > newest->created_unix) newest = row.object.get();
  }
  return newest;
}

Task<Result<>> Tokens::maintain() {
  const auto now = now_us() / kMicros;
  const auto* newest = newest_key();
  if (newest != nullptr && newest->created_unix + config_.key_lifetime.count() > now) co_return Result<>{};
  auto done = co_await ledger_.change<bool>([&](Work& work) -> Result<bool> {
    SigningKey key{make_hex_id(env_.random), "", now};
    std::string secret(32, '\0');
    env_.random.fill(std::as_writable_bytes(std::span(secret)));
    key.secret = base64_encode(secret);
    // A key is of use as long as a token that it signed may live.
    const auto useful_until = [&](const SigningKey& old) {
      return old.created_unix + config_.key_lifetime.count() + config_.lifetime.count();
    };
    std::vector<std::string> old_keys;
    for (const auto& [id, row] : work.table<SigningKey>().rows()) {
      if (useful_until(*row.object) <= now) old_keys.push_back(id);
    }
    for (auto& id : old_keys) work.erase<SigningKey>(std::move(id));
    work.put(std::move(key));
    return true;
  });
  if (!done) co_return std::unexpected(std::move(done).error());
  co_return Result<>{};
}

std::string Tokens::issue(TokenClaims& claims) const {
  const auto* key = newest_key();
  FW_CHECK(key != nullptr);
  claims.audit_id = make_secret(env_.random, 16);
  claims.issued_us = now_us();
  const auto latest = claims.issued_us + config_.lifetime.count() * kMicros;
  if (claims.expires_us == 0 || claims.expires_us > latest) claims.expires_us = latest;
  const auto payload = to_payload(claims, key->id);
  return fmt::format("{}.{}.{}", kVersion, to_url_safe(base64_encode(payload)),
                     to_url_safe(base64_encode(signature(*key, payload))));
}

Result<TokenClaims> Tokens::open(std::string_view token) const {
  if (token.size() > kMaxTokenBytes) return unauthenticated();
  const auto parts = split(token, '.');
  if (parts.size() != 3 || parts[0] != kVersion) return unauthenticated();
  const auto payload = from_url_safe(parts[1]), signed_as = from_url_safe(parts[2]);
  if (!payload || !signed_as) return unauthenticated();
  auto opened = from_payload(*payload);
  const auto* key = opened ? ledger_.state().find<SigningKey>(opened->key_id) : nullptr;
  if (key == nullptr || !equal_in_constant_time(signature(*key, *payload), *signed_as)) return unauthenticated();
  return std::move(opened->claims);
}

Result<TokenClaims> Tokens::check(std::string_view token) const {
  FW_TRY(auto claims, open(token));
  if (claims.expires_us <= now_us()) return unauthenticated();
  if (ledger_.state().find<RevokedToken>(claims.audit_id) != nullptr) return unauthenticated();
  FW_TRY_DO(caller_of(claims));
  return claims;
}

Result<Caller> Tokens::verify(std::string_view token) const {
  FW_TRY(const auto claims, open(token));
  if (claims.expires_us <= now_us()) return unauthenticated();
  if (ledger_.state().find<RevokedToken>(claims.audit_id) != nullptr) return unauthenticated();
  return caller_of(claims);
}

Result<Caller> Tokens::caller_of(const TokenClaims& claims) const {
  const auto& state = ledger_.state();
  const auto* user = usable_user(state, claims.user_id);
  if (user == nullptr || user->epoch != claims.epoch) return unauthenticated();
  Caller caller{
      .user_id = user->id, .user_name = user->name, .application_credential_id = claims.application_credential_id};
  if (!claims.application_credential_id.empty()) {
    const auto* credential = state.find<ApplicationCredential>(claims.application_credential_id);
    if (credential == nullptr || credential->user_id != user->id || credential->project_id != claims.project_id)
      return unauthenticated();
    caller.restricted = !credential->unrestricted;
  }
  if (claims.project_id.empty()) return caller;
  const auto* project = usable_project(state, claims.project_id);
  if (project == nullptr) return unauthenticated();
  caller.project_id = project->id;
  caller.project_name = project->name;
  for (auto& role : granted_roles(state, user->id, project->id, claims.application_credential_id)) {
    caller.roles.push_back(std::move(role.name));
  }
  if (caller.roles.empty()) return unauthenticated();
  caller.is_admin = caller.has_role("admin");
  return caller;
}

Task<Result<>> Tokens::revoke(TokenClaims claims) {
  auto done = co_await ledger_.change<bool>([&](Work& work) -> Result<bool> {
    std::vector<std::string> expired;
    for (const auto& [id, row] : work.table<RevokedToken>().rows()) {
      if (row.object->expires_unix <= now_us() / kMicros) expired.push_back(id);
    }
    for (auto& id : expired) work.erase<RevokedToken>(std::move(id));
    work.put(RevokedToken{claims.audit_id, claims.expires_us / kMicros + 1});
    return true;
  });
  if (!done) co_return std::unexpected(std::move(done).error());
  co_return Result<>{};
}

}  // namespace fairway::cloud::identity
