#include "gateway_link/messages.h"

#include "json/described.h"

namespace fairway::gateway_link {
namespace {

template <class T>
constexpr std::string_view type_of = "";
template <>
constexpr std::string_view type_of<Hello> = "hello";
template <>
constexpr std::string_view type_of<WholeWorld> = "world";
template <>
constexpr std::string_view type_of<ChangeSet> = "change";
template <>
constexpr std::string_view type_of<Applied> = "applied";
template <>
constexpr std::string_view type_of<Health> = "health";
template <>
constexpr std::string_view type_of<Counters> = "counters";

// Tries each alternative of the variant until one bears this type.
template <std::size_t I = 0>
Result<Message> decode_as(std::string_view type, const json::Value& body) {
  if constexpr (I == std::variant_size_v<Message>) {
    return fail(Errc::unsupported, fmt::format("gateway link: messages of type '{}' are unknown here", type));
  } else {
    using Kind = std::variant_alternative_t<I, Message>;
    if (type != type_of<Kind>) return decode_as<I + 1>(type, body);
    FW_TRY(auto message, within(json::decode<Kind>(body), fmt::format("gateway link: read a '{}' message", type)));
    return Message(std::move(message));
  }
}

// Calls visit(kind, member) for each table of a World, so that no function below can forget one.
template <class Visit>
void for_each_table(Visit&& visit) {
  visit("network", &World::networks);
  visit("subnet", &World::subnets);
  visit("router", &World::routers);
  visit("floating_ip", &World::floating_ips);
  visit("load_balancer", &World::load_balancers);
  visit("listener", &World::listeners);
  visit("pool", &World::pools);
}

}  // namespace

std::string encode(const Message& message) {
  return std::visit(
      []<class Kind>(const Kind& body) {
        json::Object line;
        line.emplace("type", type_of<Kind>);
        line.emplace("body", json::encode(body));
        return json::write(line);
      },
      message);
}

Result<Message> decode(std::string_view line) {
  FW_TRY(const auto value, within(json::parse(line), "gateway link: read a message"));
  const auto* body = json::find(value, "body");
  if (body == nullptr) return fail(Errc::invalid, "gateway link: a message without a body");
  return decode_as(json::string_or(value, "type"), *body);
}

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
