#include "cloud/network/security_groups.h"

#include "cloud/network/ports.h"

namespace fairway::cloud {
namespace {

constexpr std::string_view kDefault = "default";

SecurityGroupRule new_rule(Env& env, std::string_view direction, std::string_view ethertype) {
  SecurityGroupRule rule;
  rule.id = make_uuid(env.random);
  rule.direction = direction;
  rule.ethertype = ethertype;
  rule.created_at = to_iso8601(env.clock.wall(), Stamp::seconds_z);
  return rule;
}

}  // namespace

SecurityGroup new_security_group(Env& env, std::string_view project_id, std::string_view name,
                                 std::string_view description) {
  SecurityGroup group;
  stamp_new(group, env);
  group.project_id = project_id;
  group.name = name;
  group.description = description;
  for (const auto* ethertype : {"IPv4", "IPv6"}) {
    group.rules.push_back(new_rule(env, "egress", ethertype));
    if (name != kDefault) continue;
    auto inside = new_rule(env, "ingress", ethertype);
    inside.remote_group_id = group.id;
    group.rules.push_back(std::move(inside));
  }
  return group;
}

const SecurityGroup* find_default_group(const State& state, std::string_view project_id) {
  for (const auto* group : state.table<SecurityGroup>().find_by("project_id", project_id)) {
    if (group->name == kDefault) return group;
  }
  return nullptr;
}

const SecurityGroup& ensure_default_group(Work& work, Env& env, std::string_view project_id) {
  if (const auto* group = find_default_group(work.state(), project_id)) return *group;
  auto group = new_security_group(env, project_id, kDefault, "Default security group");
  const auto id = group.id;
  work.put(std::move(group));
  return *work.find<SecurityGroup>(id);
}

}  // namespace fairway::cloud
