// Which attributes templates and clusters take from a request, and what they may be. Pure but for the lookups.
#pragma once

#include <vector>

#include "cloud/api/wsme.h"
#include "cloud/container_infra/parts.h"

namespace fairway::cloud::container_infra {

[[nodiscard]] WsmeRules template_rules();
[[nodiscard]] WsmeRules cluster_rules();
[[nodiscard]] WsmeRules resize_rules();
[[nodiscard]] WsmeRules node_group_rules();

// The object with what was checked laid over it; null and absent leave what is there.
[[nodiscard]] Result<ClusterTemplate> fill_template(ClusterTemplate base, const json::Object& checked);

// What is offered, and whether what it names is there for the caller. Errors: invalid, unsupported, in Magnum's words
// where it has some.
[[nodiscard]] Result<> check_template(const State& state, const Caller& caller, const ClusterTemplate& wanted);

// "brave-7-cluster": for an object that was given no name. `kind`: "cluster", "template".
[[nodiscard]] std::string generated_name(Random& random, std::string_view kind);

// From a checked body.
[[nodiscard]] Labels labels_of(const json::Object& checked, std::string_view key);
[[nodiscard]] std::optional<std::string> optional_text(const json::Object& checked, std::string_view key);
[[nodiscard]] std::optional<std::int64_t> optional_integer(const json::Object& checked, std::string_view key);

}  // namespace fairway::cloud::container_infra
