// The rules of secrets, config maps, service accounts and leases.
#include <fmt/format.h>

#include "base/strings.h"
#include "kube_api/kinds/object_meta.h"
#include "kube_api/kinds/rules.h"
#include "kube_api/object/object_access.h"

namespace fairway::kube_api {
namespace {

constexpr std::size_t kMaxBytes = 1024 * 1024;

std::size_t decoded_size(const json::Value& base64) {
  const auto decoded = base64_decode(std::string_view(base64.as_string()));
  return decoded ? decoded->size() : 0;
}

void default_secret(json::Object& secret) {
  set_default(secret, "type", "Opaque");
  const auto plain = map_at(secret, {"stringData"});
  if (plain.empty()) return;
  auto& data = child(secret, "data");
  for (const auto& entry : plain) data[entry.key()] = base64_encode(std::string_view(entry.value().as_string()));
  secret.erase("stringData");
}

void need_key(FieldErrors& errors, const json::Object& data, std::string_view key) {
  if (!data.contains(key)) errors.required(fmt::format("data[{}]", key));
}

void need_json(FieldErrors& errors, const json::Object& data, std::string_view key) {
  const auto* value = data.if_contains(key);
  if (value == nullptr) {
    errors.required(fmt::format("data[{}]", key));
    return;
  }
  const auto parsed = json::parse(base64_decode(std::string_view(value->as_string())).value_or(""));
  if (!parsed || !parsed->is_object())
    errors.invalid(fmt::format("data[{}]", key), "<secret contents redacted>", "invalid character");
}

void check_type(FieldErrors& errors, const json::Object& secret) {
  const auto type = text_at(secret, {"type"});
  const auto& data = map_at(secret, {"data"});
  if (type == "kubernetes.io/service-account-token") {
    if (text_at(secret, {"metadata", "annotations", "kubernetes.io/service-account.name"}).empty()) {
      errors.required("metadata.annotations[kubernetes.io/service-account.name]");
    }
  } else if (type == "kubernetes.io/dockercfg") {
    need_json(errors, data, ".dockercfg");
  } else if (type == "kubernetes.io/dockerconfigjson") {
    need_json(errors, data, ".dockerconfigjson");
  } else if (type == "kubernetes.io/basic-auth") {
    if (data.contains("username") || data.contains("password")) return;
    need_key(errors, data, "username");
    need_key(errors, data, "password");
  } else if (type == "kubernetes.io/ssh-auth") {
    if (text_at(data, {"ssh-privatekey"}).empty()) errors.required("data[ssh-privatekey]");
  } else if (type == "kubernetes.io/tls") {
    need_key(errors, data, "tls.crt");
    need_key(errors, data, "tls.key");
  }
}

void check_secret(FieldErrors& errors, const json::Object& secret) {
  std::size_t bytes = 0;
  for (const auto& entry : map_at(secret, {"data"})) {
    add_invalid(errors, fmt::format("data[{}]", std::string_view(entry.key())), json::Value(entry.key()),
                config_map_key_errors(entry.key()));
    bytes += decoded_size(entry.value());
  }
  if (bytes > kMaxBytes) errors.too_long("data", kMaxBytes);
  check_type(errors, secret);
}

// What says that it never changes does not.
void check_frozen(FieldErrors& errors, const json::Object& now, const json::Object& before,
                  std::initializer_list<std::string_view> keys) {
  constexpr std::string_view kWhy = "field is immutable when `immutable` is set";
  if (!bool_at(before, {"immutable"})) return;
  if (!bool_at(now, {"immutable"})) errors.forbidden("immutable", kWhy);
  for (const auto key : keys) {
    if (member_or_null(now, key) != member_or_null(before, key)) errors.forbidden(std::string(key), kWhy);
  }
}

FieldErrors validate_new_secret(const json::Object& secret) {
  auto errors = validate_meta(secret, true, dns1123_subdomain_errors);
  check_secret(errors, secret);
  return errors;
}

FieldErrors validate_changed_secret(const json::Object& now, const json::Object& before) {
  auto errors = validate_meta_update(now, before);
  check_immutable(errors, "type", member_or_null(now, "type"), member_or_null(before, "type"));
  check_frozen(errors, now, before, {"data"});
  errors.add(validate_new_secret(now));
  return errors;
}

// A replace that leaves the type out keeps it.
void prepare_changed_secret(json::Object& now, const json::Object& before) {
  if (text_at(now, {"type"}).empty()) copy_member(now, before, "type");
}

void check_config_map(FieldErrors& errors, const json::Object& map) {
  std::size_t bytes = 0;
  const auto& binary = map_at(map, {"binaryData"});
  for (const auto& entry : map_at(map, {"data"})) {
    const auto field = fmt::format("data[{}]", std::string_view(entry.key()));
    add_invalid(errors, field, json::Value(entry.key()), config_map_key_errors(entry.key()));
    if (binary.contains(entry.key()))
      errors.invalid(field, json::Value(entry.key()), "duplicate of key present in binaryData");
    bytes += entry.value().as_string().size();
  }
  for (const auto& entry : binary) {
    add_invalid(errors, fmt::format("binaryData[{}]", std::string_view(entry.key())), json::Value(entry.key()),
                config_map_key_errors(entry.key()));
    bytes += decoded_size(entry.value());
  }
  if (bytes > kMaxBytes) errors.too_long("[]", kMaxBytes);
}

FieldErrors validate_new_config_map(const json::Object& map) {
  auto errors = validate_meta(map, true, dns1123_subdomain_errors);
  check_config_map(errors, map);
  return errors;
}

FieldErrors validate_changed_config_map(const json::Object& now, const json::Object& before) {
  auto errors = validate_meta_update(now, before);
  check_frozen(errors, now, before, {"data", "binaryData"});
  errors.add(validate_new_config_map(now));
  return errors;
}

// Of a secret that an account refers to only the name is kept.
void prepare_new_account(json::Object& account) {
  auto* secrets = account.if_contains("secrets");
  if (secrets == nullptr || !secrets->is_array()) return;
  for (auto& secret : secrets->get_array()) {
    const auto name = member_or_null(secret.as_object(), "name");
    secret = json::Object{};
    if (!name.is_null()) secret.get_object()["name"] = name;
  }
}
void prepare_changed_account(json::Object& now, const json::Object& /*before*/) { prepare_new_account(now); }

FieldErrors validate_new_service_account(const json::Object& account) {
  return validate_meta(account, true, dns1123_subdomain_errors);
}

FieldErrors validate_changed_service_account(const json::Object& now, const json::Object& before) {
  auto errors = validate_meta_update(now, before);
  errors.add(validate_new_service_account(now));
  return errors;
}

void check_lease(FieldErrors& errors, const json::Object& lease) {
  const auto* seconds = at(lease, {"spec", "leaseDurationSeconds"});
  if (seconds != nullptr && seconds->get_int64() <= 0)
    errors.invalid("spec.leaseDurationSeconds", *seconds, "must be greater than 0");
  const auto* transitions = at(lease, {"spec", "leaseTransitions"});
  if (transitions != nullptr && transitions->get_int64() < 0)
    errors.invalid("spec.leaseTransitions", *transitions, "must be greater than or equal to 0");
}

// Coordinated leader election is off, as it is there by default: its fields are not kept.
void prepare_new_lease(json::Object& lease) {
  for (const auto* key : {"strategy", "preferredHolder"}) child(lease, "spec").erase(key);
}
void prepare_changed_lease(json::Object& now, const json::Object& /*before*/) { prepare_new_lease(now); }

FieldErrors validate_new_lease(const json::Object& lease) {
  auto errors = validate_any_meta(lease, true, dns1123_subdomain_errors);
  check_lease(errors, lease);
  return errors;
}

FieldErrors validate_changed_lease(const json::Object& now, const json::Object& before) {
  auto errors = validate_any_meta_update(now, before);
  check_lease(errors, now);
  return errors;
}

}  // namespace

Rules secret_rules() {
  return {.set_defaults = default_secret,
          .prepare_update = prepare_changed_secret,
          .validate_create = validate_new_secret,
          .validate_update = validate_changed_secret};
}
Rules config_map_rules() {
  return {.validate_create = validate_new_config_map, .validate_update = validate_changed_config_map};
}
Rules service_account_rules() {
  return {.prepare_create = prepare_new_account,
          .prepare_update = prepare_changed_account,
          .validate_create = validate_new_service_account,
          .validate_update = validate_changed_service_account};
}
Rules lease_rules() {
  return {.prepare_create = prepare_new_lease,
          .prepare_update = prepare_changed_lease,
          .validate_create = validate_new_lease,
          .validate_update = validate_changed_lease};
}

}  // namespace fairway::kube_api
