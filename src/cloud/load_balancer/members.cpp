#include <map>

#include <fmt/format.h>

#include "cloud/load_balancer/attributes.h"
#include "cloud/load_balancer/pools.h"
#include "cloud/load_balancer/transitions.h"
#include "cloud/load_balancer/vip.h"
#include "net/address.h"

namespace fairway::cloud {
namespace {

using Place = std::pair<std::string, std::int64_t>;

// "10.0.0.3" and "::0" as the table holds them: one text for one address.
std::string normal_address(const json::Object& request) {
  return net::Address::parse(text_or(request, "address"))->text();
}

Place place_of(const json::Object& request) {
  return {normal_address(request), integer_or(request, "protocol_port", 0)};
}

std::map<Place, std::string> places_of(const Work& work, std::string_view pool_id) {
  std::map<Place, std::string> places;
  for (const auto* member : work.table<Member>().find_by("pool_id", pool_id)) {
    places.emplace(Place{member->address, member->protocol_port}, member->id);
  }
  return places;
}

Result<> check_address(std::string_view address) {
  // Where clouds answer questions about an instance: no member of anybody's pool.
  if (address == "169.254.169.254") return not_an_option(address, "member address");
  return {};
}

std::unexpected<Error> place_taken(const Place& place) {
  return fail(Errc::conflict, fmt::format("Another member on this pool is already using ip {} on protocol_port {}",
                                          place.first, place.second));
}

Result<> check_subnet(const Decision& decision, const json::Object& request) {
  const auto subnet_id = text_or(request, "subnet_id");
  if (subnet_id.empty() || find_usable_subnet(decision, subnet_id) != nullptr) return {};
  return unknown_subresource("Subnet", subnet_id);
}

void fill_monitoring(Member& member, const json::Object& request) {
  if (request.contains("monitor_address")) member.monitor_address.reset();
  if (is_given(request, "monitor_address")) member.monitor_address = text_or(request, "monitor_address");
  if (request.contains("monitor_port")) member.monitor_port.reset();
  if (is_given(request, "monitor_port")) member.monitor_port = integer_or(request, "monitor_port", 0);
}

Result<std::string> put_new_member(const Decision& decision, const Pool& pool, const json::Object& request) {
  const auto place = place_of(request);
  FW_TRY_DO(check_address(place.first));
  FW_TRY_DO(check_subnet(decision, request));
  Member member;
  fill_new(decision, member, pool.project_id, request);
  member.pool_id = pool.id;
  member.address = place.first;
  member.protocol_port = place.second;
  member.subnet_id = text_or(request, "subnet_id");
  member.weight = integer_or(request, "weight", 1);
  member.backup = flag_or(request, "backup", false);
  fill_monitoring(member, request);
  const auto id = member.id;
  decision.work.put(std::move(member));
  return id;
}

// An existing member in a batch: what the request leaves out has the default again, but for name and tags.
void put_changed_member(const Decision& decision, const std::string& id, const json::Object& request) {
  Member member = *decision.work.find<Member>(id);
  member.weight = integer_or(request, "weight", 1);
  member.backup = flag_or(request, "backup", false);
  member.admin_state_up = true;
  member.monitor_address.reset();
  member.monitor_port.reset();
  if (is_given(request, "subnet_id")) member.subnet_id = text_or(request, "subnet_id");
  fill_monitoring(member, request);
  fill_changed(decision, member, request);
  decision.work.put(std::move(member));
}

Result<Member> find_member(const Decision& decision, std::string_view pool_id, std::string_view id) {
  FW_TRY(const auto* member, find_writable<Member>(decision, id));
  if (member->pool_id != pool_id) return not_found("Member", id);
  return *member;
}

}  // namespace

Result<std::string> add_member(const Decision& decision, const Pool& pool, const json::Object& request) {
  const auto place = place_of(request);
  for (const auto* other : decision.work.table<Member>().find_by("pool_id", pool.id)) {
    if (Place{other->address, other->protocol_port} == place) return place_taken(place);
  }
  return put_new_member(decision, pool, request);
}

Result<std::string> create_member(const Decision& decision, std::string_view pool_id, const json::Object& request) {
  FW_TRY(const auto* found, find_writable<Pool>(decision, pool_id));
  const Pool pool = *found;
  FW_TRY_DO(check_address(normal_address(request)));
  FW_TRY_DO(check_subnet(decision, request));
  FW_TRY_DO(check_quota<Member>(decision.work, pool.project_id));
  FW_TRY_DO(lock_for_pool_content(decision.work, decision.env, pool.id));
  return add_member(decision, pool, request);
}

Result<std::string> update_member(const Decision& decision, std::string_view pool_id, std::string_view id,
                                  const json::Object& request) {
  FW_TRY(auto member, find_member(decision, pool_id, id));
  FW_TRY_DO(lock_for_pool_content(decision.work, decision.env, member.pool_id));
  if (request.contains("weight")) member.weight = integer_or(request, "weight", 1);
  member.backup = flag_or(request, "backup", member.backup);
  fill_monitoring(member, request);
  fill_changed(decision, member, request);
  decision.work.put(member);
  return member.id;
}

Result<> delete_member(const Decision& decision, std::string_view pool_id, std::string_view id) {
  FW_TRY(const auto member, find_member(decision, pool_id, id));
  FW_TRY_DO(lock_for_pool_content(decision.work, decision.env, member.pool_id));
  mark_deleted(decision, *decision.work.find<Member>(member.id));
  return {};
}

Result<> replace_members(const Decision& decision, std::string_view pool_id,
                         const std::vector<json::Object>& requests, bool additive) {
  FW_TRY(const auto* found, find_writable<Pool>(decision, pool_id));
  const Pool pool = *found;
  const auto before = places_of(decision.work, pool_id);
  std::map<Place, std::string> leaving = before;
  std::vector<const json::Object*> fresh;
  for (const auto& request : requests) {
    const auto place = place_of(request);
    if (!before.contains(place)) fresh.push_back(&request);
    leaving.erase(place);
  }
  if (additive) leaving.clear();
  if (requests.empty() && leaving.empty()) {
    Work& work = decision.work;  // nothing to do; but only where something could be done
    const auto* balancer = work.find<LoadBalancer>(pool.load_balancer_id);
    if (pool.provisioning_status == kActive && balancer != nullptr && balancer->provisioning_status == kActive)
      return {};
  }
  FW_TRY_DO(lock_for_pool_content(decision.work, decision.env, pool.id));
  for (const auto* request : fresh) FW_TRY_DO(check_address(place_of(*request).first));
  if (fresh.size() > leaving.size()) {
    FW_TRY_DO(check_quota<Member>(decision.work, pool.project_id, fresh.size() - leaving.size()));
  }
  std::map<Place, std::string> made;
  for (const auto& request : requests) {
    const auto place = place_of(request);
    if (const auto at = before.find(place); at != before.end()) {
      put_changed_member(decision, at->second, request);
      continue;
    }
    if (made.contains(place)) return place_taken(place);
    FW_TRY(made[place], put_new_member(decision, pool, request));
  }
  for (const auto& [place, id] : leaving) mark_deleted(decision, *decision.work.find<Member>(id));
  return {};
}

}  // namespace fairway::cloud
