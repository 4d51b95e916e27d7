#include "gateway_link/messages.h"

#include "messaging/channel.h"

namespace fairway::gateway_link {
namespace {

// Calls visit(kind, member) for each table of a World, so that no function below can forget one.
template <class Visit>
void for_each_table(const Visit& visit) {
  visit("network", &World::networks);
  visit("subnet", &World::subnets);
  visit("router", &World::routers);
  visit("floating_ip", &World::floating_ips);
  visit("load_balancer", &World::load_balancers);
  visit("listener", &World::listeners);
  visit("pool", &World::pools);
}

}  // namespace

std::string encode(const Message& message) { return messaging::encode(message); }

Result<Message> decode(std::string_view line) { return within(messaging::decode<Message>(line), "gateway link"); }

bool ChangeSet::empty() const {
  bool nothing = deleted.empty();
  for_each_table([&](std::string_view, auto table) { nothing = nothing && (put.*table).empty(); });
  return nothing;
}

void apply(World& world, const ChangeSet& change) {
  for_each_table([&](std::string_view kind, auto table) {
    for (const auto& [id, object] : change.put.*table) (world.*table).insert_or_assign(id, object);
    for (const auto& gone : change.deleted) {
      if (gone.kind == kind) (world.*table).erase(gone.id);
    }
  });
  world.revision = change.revision;
}

ChangeSet diff(const World& before, const World& after) {
  ChangeSet change{.revision = after.revision, .put = {}, .deleted = {}};
  for_each_table([&](std::string_view kind, auto table) {
    for (const auto& [id, object] : after.*table) {
      const auto at = (before.*table).find(id);
      if (at == (before.*table).end() || !(at->second == object)) (change.put.*table).emplace(id, object);
    }
    for (const auto& [id, object] : before.*table) {
      if (!(after.*table).contains(id)) change.deleted.push_back({std::string(kind), id});
    }
  });
  return change;
}

}  // namespace fairway::gateway_link
