// Security groups and their rules, as objects (security_groups.h says what they do here).
#include <algorithm>

#include "cloud/network/network.h"
#include "cloud/network/quotas.h"
#include "cloud/network/resource.h"
#include "cloud/network/security_groups.h"
#include "json/value.h"

namespace fairway::cloud::network {
namespace {

using enum AttributeType;

std::vector<AttributeRule> group_rules() {
  return {{.name = "name"},
          {.name = "description"},
          {.name = "stateful", .type = boolean},
          {.name = "project_id", .put = false}};
}

std::vector<AttributeRule> rule_rules() {
  return {{.name = "security_group_id", .type = uuid, .put = false, .required = true},
          {.name = "direction", .type = choice, .put = false, .required = true, .values = {"ingress", "egress"}},
          {.name = "ethertype", .type = choice, .put = false, .values = {"IPv4", "IPv6"}},
          {.name = "protocol", .type = any, .put = false},
          {.name = "port_range_min", .type = integer, .put = false, .nullable = true, .min = -1, .max = 65535},
          {.name = "port_range_max", .type = integer, .put = false, .nullable = true, .min = -1, .max = 65535},
          {.name = "remote_ip_prefix", .type = prefix, .put = false, .nullable = true},
          {.name = "remote_group_id", .type = uuid, .put = false, .nullable = true},
          {.name = "remote_address_group_id", .type = any, .put = false},
          {.name = "description", .nullable = true},
          {.name = "project_id", .put = false}};
}

std::unexpected<Error> no_group(std::string_view id) {
  return fault(Errc::not_found, "SecurityGroupNotFound", fmt::format("Security group {} does not exist", id));
}

std::unexpected<Error> no_rule(std::string_view id) {
  return fault(Errc::not_found, "SecurityGroupRuleNotFound",
               fmt::format("Security group rule {} does not exist", id));
}

Result<SecurityGroup> create_group(Change& change, const json::Object& body) {
  FW_TRY(const auto project, project_for(change.caller, body, "create_security_group:tenant_id"));
  const auto name = text_or(body, "name", "");
  ensure_default_group(change.work, change.env, project);
  if (name == "default")
    return fault(Errc::conflict, "SecurityGroupDefaultAlreadyExists", "Default security group already exists.");
  FW_TRY_DO(check_quota<SecurityGroup>(change.work.state(), project, "security_group"));
  auto group = new_security_group(change.env, project, name, text_or(body, "description", ""));
  group.stateful = flag_or(body, "stateful", true);
  change.work.put(group);
  return group;
}

Result<SecurityGroup> update_group(Change& change, const SecurityGroup& before, const json::Object& body) {
  auto group = before;
  group.name = text_or(body, "name", group.name);
  if (group.name != before.name && before.name == "default") {
    return fault(Errc::conflict, "SecurityGroupCannotUpdateDefault", "Updating default security group not allowed.");
  }
  group.description = text_or(body, "description", group.description);
  group.stateful = flag_or(body, "stateful", group.stateful);
  stamp_change(group, change.env);
  change.work.put(group);
  return group;
}

bool in_use(const State& state, const SecurityGroup& group) {
  const auto has = [&](const auto& row) {
    const auto& groups = row.second.object->security_groups;
    return std::ranges::find(groups, group.id) != groups.end();
  };
  return std::ranges::any_of(state.table<Port>().rows(), has);
}

Result<> remove_group(Change& change, const SecurityGroup& group) {
  if (group.name == "default" && !allowed(change.caller, "network:admin")) {
    return fault(Errc::conflict, "SecurityGroupCannotRemoveDefault",
                 "Insufficient rights for removing default security group.");
  }
  if (in_use(change.work.state(), group)) {
    return fault(Errc::conflict, "SecurityGroupInUse", fmt::format("Security Group {} in use.", group.id));
  }
  change.work.erase<SecurityGroup>(group.id);
  return {};
}

// ---- rules: rows inside their group

Result<std::string> protocol_of(const json::Object& body) {
  const auto* value = body.if_contains("protocol");
  if (value == nullptr || value->is_null()) return std::string();
  auto text = value->is_string() ? to_lower(value->get_string()) : json::write(*value);
  constexpr std::array kNames{"any", "tcp", "udp", "icmp", "icmpv6",  "ipv6-icmp", "sctp",
                              "ah",  "esp", "gre", "vrrp", "udplite", "igmp"};
  const auto number = parse_int(text);
  const bool known = std::ranges::find(kNames, text) != kNames.end() || (number && *number >= 0 && *number <= 255);
  if (known) return text == "any" ? std::string() : text;
  return fault(Errc::invalid, "SecurityGroupRuleInvalidProtocol",
               fmt::format("Security group rule protocol {} not supported. Only protocol values {} and integer "
                           "representations [0 to 255] are supported.",
                           text, fmt::join(kNames, ", ")));
}

Result<> check_ports(const SecurityGroupRule& rule) {
  if (!rule.port_range_min && !rule.port_range_max) return {};
  if (rule.protocol.empty()) {
    return fault(Errc::invalid, "SecurityGroupProtocolRequiredWithPorts",
                 "Must also specify protocol if port range is given.");
  }
  const bool icmp = rule.protocol.find("icmp") != std::string::npos;
  if (!icmp && (!rule.port_range_min || !rule.port_range_max || *rule.port_range_min > *rule.port_range_max ||
                *rule.port_range_min < 0)) {
    return fault(Errc::invalid, "SecurityGroupInvalidPortRange",
                 "For TCP/UDP protocols, port_range_min must be <= port_range_max");
  }
  return {};
}

std::optional<std::int64_t> number_of(const json::Object& body, std::string_view key) {
  const auto* value = body.if_contains(key);
  if (value == nullptr || !value->is_int64()) return std::nullopt;
  return value->get_int64();
}

Result<SecurityGroupRule> read_rule(const Change& change, const json::Object& body) {
  FW_TRY_DO(refuse_set(body, {"remote_address_group_id"}));
  SecurityGroupRule rule;
  rule.direction = text_or(body, "direction", "ingress");
  rule.ethertype = text_or(body, "ethertype", "IPv4");
  FW_TRY(rule.protocol, protocol_of(body));
  rule.port_range_min = number_of(body, "port_range_min");
  rule.port_range_max = number_of(body, "port_range_max");
  rule.remote_ip_prefix = text_or(body, "remote_ip_prefix", "");
  rule.remote_group_id = text_or(body, "remote_group_id", "");
  rule.description = text_or(body, "description", "");
  FW_TRY_DO(check_ports(rule));
  if (!rule.remote_ip_prefix.empty() && !rule.remote_group_id.empty()) {
    return fault(Errc::invalid, "SecurityGroupRemoteGroupAndRemoteIpPrefix",
                 "Only remote_ip_prefix or remote_group_id may be provided.");
  }
  if (!rule.remote_group_id.empty() && change.work.find<SecurityGroup>(rule.remote_group_id) == nullptr)
    return no_group(rule.remote_group_id);
  const auto remote = net::Prefix::parse(rule.remote_ip_prefix);
  if (remote && remote->is_v4() != (rule.ethertype == "IPv4")) {
    return fault(Errc::invalid, "SecurityGroupRuleParameterConflict",
                 fmt::format("Conflicting value ethertype {} for CIDR {}", rule.ethertype, rule.remote_ip_prefix));
  }
  return rule;
}

bool same(const SecurityGroupRule& a, const SecurityGroupRule& b) {
  return std::tie(a.direction, a.ethertype, a.protocol, a.port_range_min, a.port_range_max, a.remote_ip_prefix,
                  a.remote_group_id) == std::tie(b.direction, b.ethertype, b.protocol, b.port_range_min,
                                                 b.port_range_max, b.remote_ip_prefix, b.remote_group_id);
}

struct GroupAndRule {
  SecurityGroup group;
  SecurityGroupRule rule;
};

Result<GroupAndRule> create_rule(Change& change, const json::Object& body) {
  const auto group_id = text_or(body, "security_group_id", "");
  const auto* found = change.work.find<SecurityGroup>(group_id);
  if (found == nullptr || !change.scope.sees(found->project_id)) return no_group(group_id);
  FW_TRY(auto rule, read_rule(change, body));
  const auto twin =
      std::ranges::find_if(found->rules, [&](const SecurityGroupRule& other) { return same(other, rule); });
  if (twin != found->rules.end()) {
    return fault(Errc::conflict, "SecurityGroupRuleExists",
                 fmt::format("Security group rule already exists. Rule id is {}.", twin->id));
  }
  std::int64_t count = 0;
  for (const auto* group : change.work.table<SecurityGroup>().find_by("project_id", found->project_id)) {
    count += static_cast<std::int64_t>(group->rules.size());
  }
  const auto limit = quota_of(change.work.state(), found->project_id, "security_group_rule");
  if (limit >= 0 && count >= limit) return over_quota("security_group_rule");
  rule.id = make_uuid(change.env.random);
  rule.created_at = to_iso8601(change.env.clock.wall(), Stamp::seconds_z);
  auto group = *found;
  group.rules.push_back(rule);
  stamp_change(group, change.env);
  change.work.put(group);
  return GroupAndRule{group, rule};
}

Result<GroupAndRule> find_rule(const State& state, std::string_view id, const Scope& scope) {
  const auto groups = state.table<SecurityGroup>().find_by("rule_id", id);
  if (groups.empty() || !scope.sees(groups.front()->project_id)) return no_rule(id);
  return GroupAndRule{*groups.front(), *std::ranges::find(groups.front()->rules, id, &SecurityGroupRule::id)};
}

http::Response rule_answer(const Call& call, int status, const GroupAndRule& found) {
  return rooted(status, "security_group_rule", select_fields(call.request, show_rule(found.group, found.rule)));
}

Task<Result<http::Response>> post_rule(ApiContext& context, Call& call) {
  FW_CO_TRY(const auto body,
            read_neutron_bulk_body(call.request, "security_group_rule", "security_group_rules", rule_rules()));
  auto done =
      co_await context.ledger.change<std::vector<GroupAndRule>>([&](Work& work) -> Result<std::vector<GroupAndRule>> {
        Change change{work, context.env, call.caller, scope_for(call.caller, "network:read_all")};
        std::vector<GroupAndRule> made;
        for (const auto& object : body.objects) {
          FW_TRY(auto one, create_rule(change, object));
          made.push_back(std::move(one));
        }
        return made;
      });
  if (!done) co_return std::unexpected(std::move(done).error());
  if (!body.bulk) co_return rule_answer(call, 201, done->front());
  json::Array list;
  for (const auto& one : *done) list.push_back(show_rule(one.group, one.rule));
  co_return http::Response::json(201, json::write(json::Object{{"security_group_rules", std::move(list)}}));
}

Task<Result<http::Response>> delete_rule(ApiContext& context, Call& call) {
  auto done = co_await context.ledger.change<bool>([&](Work& work) -> Result<bool> {
    FW_TRY(auto found, find_rule(work.state(), call.parameter("id"), scope_for(call.caller, "network:read_all")));
    std::erase_if(found.group.rules, [&](const SecurityGroupRule& rule) { return rule.id == found.rule.id; });
    stamp_change(found.group, context.env);
    work.put(std::move(found.group));
    return true;
  });
  if (!done) co_return std::unexpected(std::move(done).error());
  co_return http::Response::empty(204);
}

Result<http::Response> list_rules(const ApiContext& context, const Call& call) {
  const auto scope = scope_for(call.caller, "network:read_all");
  std::vector<ListItem> items;
  for (const auto& [id, row] : context.ledger.state().table<SecurityGroup>().rows()) {
    if (!scope.sees(row.object->project_id)) continue;
    for (const auto& rule : row.object->rules) items.push_back({show_rule(*row.object, rule)});
  }
  const ListRules rules{.api = Api::neutron,
                        .collection = "security_group_rules",
                        .attributes = {"id", "security_group_id", "direction", "ethertype", "protocol",
                                       "port_range_min", "port_range_max", "remote_ip_prefix", "remote_group_id",
                                       "project_id", "tenant_id", "description", "revision_number"}};
  FW_TRY(const auto page,
         list_page(call.request, rules, std::move(items), context.public_url + "/network/v2.0/security-group-rules"));
  return http::Response::json(200, json::write(page));
}

// Everybody who looks at groups has a default one.
Task<Result<http::Response>> with_default_group(ApiContext& context, Call& call, PlainHandler list) {
  const auto& project = call.caller.project_id;
  if (!project.empty() && find_default_group(context.ledger.state(), project) == nullptr) {
    auto done = co_await context.ledger.change<bool>([&](Work& work) -> Result<bool> {
      ensure_default_group(work, context.env, project);
      return true;
    });
    if (!done) co_return std::unexpected(std::move(done).error());
  }
  co_return list(call);
}

}  // namespace

void add_security_group_routes(Routes& routes, ApiContext& context) {
  ResourceRoutes<SecurityGroup>::add(
      routes, context,
      {.root = "security_group",
       .collection = "security_groups",
       .path = "security-groups",
       .missing_type = "SecurityGroupNotFound",
       .missing_text = "Security group {} does not exist",
       .rules = group_rules(),
       .before_list = [&context](Call& call,
                                 PlainHandler list) { return with_default_group(context, call, std::move(list)); },
       .visible = [](const State&, const SecurityGroup& group,
                     const Scope& scope) { return scope.sees(group.project_id); },
       .create = create_group,
       .update = update_group,
       .remove = remove_group});
  routes.add_plain("GET", "/v2.0/security-group-rules", "network:read",
                   [&context](Call& call) { return list_rules(context, call); });
  routes.add_plain(
      "GET", "/v2.0/security-group-rules/{id}", "network:read", [&context](Call& call) -> Result<http::Response> {
        FW_TRY(const auto found,
               find_rule(context.ledger.state(), call.parameter("id"), scope_for(call.caller, "network:read_all")));
        return rule_answer(call, 200, found);
      });
  routes.add("POST", "/v2.0/security-group-rules", "network:write",
             [&context](Call& call) { return post_rule(context, call); });
  routes.add("DELETE", "/v2.0/security-group-rules/{id}", "network:write",
             [&context](Call& call) { return delete_rule(context, call); });
}

}  // namespace fairway::cloud::network
