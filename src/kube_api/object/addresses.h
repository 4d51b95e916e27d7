// IP addresses and CIDRs in objects, judged as the real server judges old fields: strictly for new values. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"
#include "kube_api/object/field_errors.h"
#include "net/address.h"

namespace fairway::kube_api {

// `old`: values that the object already has stay allowed.
void check_ip(FieldErrors& errors, const std::string& field, std::string_view value,
              const std::vector<std::string>& old = {});
void check_cidr(FieldErrors& errors, const std::string& field, std::string_view value,
                const std::vector<std::string>& old = {});
// An address that traffic may be sent to: none of the special ones.
void check_endpoint_ip(FieldErrors& errors, const std::string& field, std::string_view value);
// What is valid but not written as it should be.
[[nodiscard]] std::vector<std::string> ip_warnings(const std::string& field, std::string_view value);
[[nodiscard]] std::vector<std::string> cidr_warnings(const std::string& field, std::string_view value);

[[nodiscard]] inline bool is_ipv6(std::string_view text) { return text.find(':') != std::string_view::npos; }

}  // namespace fairway::kube_api
