#include "app/network_setup.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "net/address.h"

namespace fairway::app {

namespace {

using openstack::Service;

// The id of the first object of a collection that has this name, or nothing.
Task<Result<std::string>> find_id(openstack::Client& cloud, std::string collection, std::string name) {
  FW_CO_TRY(const openstack::Answer answer,
            co_await cloud.send(Service::network, "GET",
                                fmt::format("/v2.0/{}?name={}", collection, percent_encode(name))));
  const json::Array& found = json::array_or_empty(answer.body, collection);
  co_return found.empty() ? std::string() : json::string_or(found.front(), "id");
}

// Finds it by name or makes it; returns its id.
Task<Result<std::string>> ensure(openstack::Client& cloud, std::string kind, json::Object object) {
  const std::string name = json::string_or(object, "name");
  FW_CO_TRY(const std::string found, co_await find_id(cloud, kind + "s", name));
  if (!found.empty()) co_return found;
  json::Object body{{kind, std::move(object)}};
  auto made =
      co_await cloud.send(Service::network, "POST", fmt::format("/v2.0/{}s", kind), json::Value(std::move(body)));
  if (!made) co_return std::unexpected(std::move(made).error().within(fmt::format("make the {} {}", kind, name)));
  co_return json::string_or(made->body, kind + ".id");
}

struct Pool {
  net::Address first, last;
};

Result<net::Prefix> range_of(std::string_view option, const std::string& text) {
  const auto prefix = net::Prefix::parse(text);
  if (!prefix || !prefix->is_v4() || prefix->length() > 28)
    return fail(Errc::invalid, fmt::format("{}: {} is no IPv4 network of a /28 or more", option, text));
  return *prefix;
}

// "172.24.4.100-172.24.4.250", or .100 to .250 of a /24; without room for that, all but the first ten addresses.
Result<Pool> pool_of(const UpOptions& options) {
  FW_TRY(const auto range, range_of("--public-cidr", options.public_cidr));
  if (options.public_pool.empty()) {
    const std::uint32_t base = range.network().to_v4();
    const bool wide = range.length() <= 24;
    return Pool{net::Address::v4(base + (wide ? 100 : 4)),
                net::Address::v4(wide ? base + 250 : range.last().to_v4() - 1)};
  }
  const auto parts = split(options.public_pool, '-');
  const auto first = net::Address::parse(parts.front()), last = net::Address::parse(parts.back());
  if (parts.size() != 2 || !first || !last || !first->is_v4() || !last->is_v4() || last->to_v4() < first->to_v4())
    return fail(Errc::invalid, fmt::format("--public-pool: {} is no pool: give FIRST-LAST, such as 172.24.4.100-"
                                           "172.24.4.250",
                                           options.public_pool));
  if (!range.contains(*first) || !range.contains(*last))
    return fail(Errc::invalid, fmt::format("--public-pool: {} does not lie in the public network {}",
                                           options.public_pool, range.text()));
  return Pool{*first, *last};
}

Task<Result<std::string>> ensure_public(openstack::Client& admin, UpOptions options) {
  json::Object network{{"name", "public"}, {"router:external", true}};
  FW_CO_TRY(const std::string id, co_await ensure(admin, "network", std::move(network)));
  FW_CO_TRY(const Pool pool, pool_of(options));
  const auto gateway = net::Prefix::parse(options.public_cidr)->network().plus(1);
  json::Object subnet{
      {"name", "public-subnet"},
      {"network_id", id},
      {"ip_version", 4},
      {"cidr", options.public_cidr},
      {"gateway_ip", gateway->text()},
      {"enable_dhcp", false},
      {"allocation_pools", json::Array{json::Object{{"start", pool.first.text()}, {"end", pool.last.text()}}}}};
  FW_CO_TRY_DO(co_await ensure(admin, "subnet", std::move(subnet)));
  co_return id;
}

Task<Result<>> ensure_private(openstack::Client& demo, std::string public_id, UpOptions options) {
  json::Object network{{"name", "private"}};
  FW_CO_TRY(const std::string id, co_await ensure(demo, "network", std::move(network)));
  json::Object subnet{
      {"name", "private-subnet"}, {"network_id", id}, {"ip_version", 4}, {"cidr", options.private_cidr}};
  FW_CO_TRY(const std::string subnet_id, co_await ensure(demo, "subnet", std::move(subnet)));
  json::Object router{{"name", "router"}, {"external_gateway_info", json::Object{{"network_id", public_id}}}};
  FW_CO_TRY(const std::string router_id, co_await ensure(demo, "router", std::move(router)));
  FW_CO_TRY(const openstack::Answer interfaces,
            co_await demo.send(Service::network, "GET",
                               fmt::format("/v2.0/ports?device_id={}&network_id={}", router_id, id)));
  if (!json::array_or_empty(interfaces.body, "ports").empty()) co_return Result<>{};
  json::Object interface{{"subnet_id", subnet_id}};
  FW_CO_TRY_DO(co_await demo.send(Service::network, "PUT",
                                  fmt::format("/v2.0/routers/{}/add_router_interface", router_id),
                                  json::Value(std::move(interface))));
  co_return Result<>{};
}

}  // namespace

openstack::Credentials person_credentials(const Instance& instance, const Person& person) {
  openstack::Credentials credentials;
  credentials.auth_url = auth_url(instance);
  credentials.region = "RegionOne";
  credentials.username = person.user;
  credentials.password = person.password;
  credentials.user_domain_id = "default";
  credentials.project_name = person.project;
  credentials.project_domain_id = "default";
  return credentials;
}

Task<Result<std::string>> find_user(openstack::Client& admin, std::string name) {
  FW_CO_TRY(const openstack::Answer answer,
            co_await admin.send(Service::identity, "GET", "/v3/users?name=" + percent_encode(name)));
  const json::Array& users = json::array_or_empty(answer.body, "users");
  if (users.empty()) co_return fail(Errc::not_found, fmt::format("the cloud has no user {}", name));
  co_return json::string_or(users.front(), "id");
}

Task<Result<ComponentLogin>> make_component_login(Env& env, openstack::Client& cloud, std::string user_id,
                                                  std::string component) {
  ComponentLogin login{.credential_id = {}, .credential_secret = make_secret(env.random)};
  json::Object credential{{"name", fmt::format("fairway-{}-{}", component, make_suffix(env.random, 6))},
                          {"description", "Of the component " + component + "; made by fairway up"},
                          {"secret", login.credential_secret}};
  json::Object body{{"application_credential", std::move(credential)}};
  FW_CO_TRY(
      const openstack::Answer answer,
      co_await cloud.send(Service::identity, "POST", fmt::format("/v3/users/{}/application_credentials", user_id),
                          json::Value(std::move(body))));
  login.credential_id = json::string_or(answer.body, "application_credential.id");
  co_return login;
}

Result<> check_networks(const UpOptions& options) {
  FW_TRY(const auto outside, range_of("--public-cidr", options.public_cidr));
  FW_TRY(const auto inside, range_of("--private-cidr", options.private_cidr));
  FW_TRY_DO(pool_of(options));
  if (!outside.overlaps(inside)) return {};
  return fail(Errc::invalid, fmt::format("--public-cidr {} and --private-cidr {} overlap: a router stands between "
                                         "them, so choose another for one of them",
                                         outside.text(), inside.text()));
}

Task<Result<>> make_networks(openstack::Client& admin, openstack::Client& demo, UpOptions options) {
  FW_CO_TRY(const std::string public_id, co_await ensure_public(admin, options));
  FW_CO_TRY_DO(co_await ensure_private(demo, public_id, options));
  co_return Result<>{};
}

}  // namespace fairway::app
