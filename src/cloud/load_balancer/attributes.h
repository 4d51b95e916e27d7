// What every load-balancing object takes from a request.
#pragma once

#include "cloud/api/wsme.h"
#include "cloud/load_balancer/decision.h"
#include "cloud/load_balancer/transitions.h"

namespace fairway::cloud {

// A new object: its id, project and creation stamp, and what the request says of name, description, admin_state_up,
// tags.
void fill_new(const Decision& decision, LbAttributes& object, std::string_view project_id,
              const json::Object& request);
// A changed one: what the request says replaces what was; null resets. Stamped, and PENDING_UPDATE.
void fill_changed(const Decision& decision, LbAttributes& object, const json::Object& request);

// It goes when a gateway has acknowledged that it is not there any more.
template <class T>
void mark_deleted(const Decision& decision, T object) {
  object.provisioning_status = kPendingDelete;
  object.updated_at = stamp(decision.env);
  decision.work.put(std::move(object));
}

// tls_ciphers, tls_versions, alpn_protocols, which are kept as they are given.
template <class T>
void fill_tls_preferences(T& object, const json::Object& request) {
  const auto list = [&](std::string_view name, std::optional<std::vector<std::string>>& value) {
    if (!request.contains(name)) return;
    value.reset();
    if (is_given(request, name)) value = texts_or_empty(request, name);
  };
  if (request.contains("tls_ciphers")) object.tls_ciphers.reset();
  if (is_given(request, "tls_ciphers")) object.tls_ciphers = text_or(request, "tls_ciphers");
  list("tls_versions", object.tls_versions);
  list("alpn_protocols", object.alpn_protocols);
}

}  // namespace fairway::cloud
