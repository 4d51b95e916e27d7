// Request bodies in Neutron's way (networking and LBaaS v1): which attributes a resource takes, their types and
// bounds, Neutron's conversions ("80" is 80, "true" is true) and Neutron's words for what is wrong.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/message.h"
#include "json/value.h"

namespace fairway::cloud {

enum class AttributeType {
  text,  // at most `max` characters (default 255)
  boolean,
  integer,  // from min to max
  choice,   // one of `values`
  uuid,     // also 32 hexadecimal digits
  address,  // IPv4 or IPv6
  mac,
  prefix,     // CIDR
  name_list,  // strings of at most 255
  uuid_list,
  address_list,
  object,       // checked by its owner
  object_list,  // checked by its owner
  any,          // checked by its owner
};

struct AttributeRule {
  std::string_view name;
  AttributeType type = AttributeType::text;
  bool post = true;  // may stand in a POST
  bool put = true;   // may stand in a PUT
  bool required = false;
  bool nullable = false;
  std::int64_t min = 0;
  std::int64_t max = 255;
  std::vector<std::string_view> values = {};
};

enum class BodyMethod { post, put };

// The one object under `root`, checked and converted; tenant_id has become project_id. Absent attributes stay absent.
// Errors: invalid with Neutron's types and texts ("Unrecognized attribute(s) 'x'", "Invalid input for name. Reason:
// …").
[[nodiscard]] Result<json::Object> read_neutron_body(const http::Request& request, std::string_view root,
                                                     const std::vector<AttributeRule>& rules, BodyMethod method);
// As above for {"networks":[{…},{…}]} or a single one; `bulk` says which it was.
struct BulkBody {
  std::vector<json::Object> objects;
  bool bulk = false;
};
[[nodiscard]] Result<BulkBody> read_neutron_bulk_body(const http::Request& request, std::string_view root,
                                                      std::string_view collection,
                                                      const std::vector<AttributeRule>& rules);

// Any API: the body as JSON. An empty body is an error. The message is the parser's; the caller words it.
[[nodiscard]] Result<json::Value> read_json_body(const http::Request& request);

}  // namespace fairway::cloud
