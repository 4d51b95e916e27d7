#include "testing/fake_openstack.h"

#include "base/strings.h"

namespace fairway::testing {
namespace {

using json::Object;
using json::Value;

std::string text(const Object& row, std::string_view key) { return json::string_or(Value(row), key); }

http::Response neutron_fault(int code, std::string_view type, std::string message) {
  return http::Response::json(
      code,
      json::write(Object{{"NeutronError", Object{{"type", type}, {"message", std::move(message)}, {"detail", ""}}}}));
}

http::Response good(int code, std::string_view root, const Object& row) {
  return http::Response::json(code, json::write(Object{{root, row}}));
}

http::Response unauthorized() {
  return http::Response::json(
      401,
      R"({"error":{"code":401,"message":"The request you have made requires authentication.","title":"Unauthorized"}})");
}

http::Response list(const http::Request& request, const std::string& collection, const Rows& rows) {
  json::Array items;
  for (const auto& row : rows) {
    bool wanted = true;
    for (const auto& [key, value] : request.query) {
      if (key == "fields") continue;
      const auto* has = row.if_contains(key);
      wanted =
          wanted && has != nullptr &&
          (has->is_string() ? std::string_view(has->get_string()) == value : json::write(*has) == to_lower(value));
    }
    if (wanted) items.push_back(row);
  }
  return http::Response::json(200, json::write(Object{{collection, std::move(items)}}));
}

}  // namespace

FakeOpenStack::FakeOpenStack(Env& env) : octavia(env), lbaas_v1(env), env_(env) {
  networks.push_back(Object{
      {"id", "net-public"}, {"name", "public"}, {"router:external", true}, {"subnets", json::Array{"sub-public"}}});
  networks.push_back(Object{{"id", "net-private"},
                            {"name", "private"},
                            {"router:external", false},
                            {"subnets", json::Array{"sub-private"}}});
  subnets.push_back(
      Object{{"id", "sub-public"}, {"network_id", "net-public"}, {"ip_version", 4}, {"cidr", "172.24.4.0/24"}});
  subnets.push_back(
      Object{{"id", "sub-private"}, {"network_id", "net-private"}, {"ip_version", 4}, {"cidr", "10.0.0.0/24"}});
  octavia.on_port_gone = [this](const std::string& port) {
    for (auto& row : floating_ips) {
      if (text(row, "port_id") != port) continue;
      row["port_id"] = nullptr;
      row["fixed_ip_address"] = nullptr;
      row["status"] = "DOWN";
    }
  };
  lbaas_v1.on_port_gone = octavia.on_port_gone;
}

std::function<Result<std::unique_ptr<http::Client>>(http::ClientConfig)> FakeOpenStack::connect() {
  return [this](const http::ClientConfig& config) -> Result<std::unique_ptr<http::Client>> {
    return make_loopback(env_, wire, "", handler_of(config.origin));
  };
}

http::Handler FakeOpenStack::handler_of(std::string_view origin) {
  if (origin.find("identity") != std::string_view::npos) {
    return [this](http::Request& request) { return keystone(request); };
  }
  if (origin.find("network") != std::string_view::npos) {
    return [this](http::Request& request) { return neutron(request); };
  }
  return [this](http::Request& request) -> Task<http::Response> {
    if (!knows(request) && request.path != "/") co_return unauthorized();
    auto answer = co_await octavia.handle(request);
    co_return answer;
  };
}

bool FakeOpenStack::knows(const http::Request& request) const {
  const auto token = request.headers.find("X-Auth-Token");
  return token && valid_tokens_.contains(*token);
}

Task<http::Response> FakeOpenStack::keystone(http::Request& request) {
  const auto body = json::parse(request.body);
  const auto secret = body ? json::string_or(*body, "auth.identity.application_credential.secret",
                                             json::string_or(*body, "auth.identity.password.user.password"))
                           : "";
  if (secret != "secret") co_return unauthorized();
  const auto token = fmt::format("token-{}", ++logins_);
  valid_tokens_.insert(token);
  const auto service = [](std::string_view type, std::string_view url) {
    return Object{
        {"type", type},
        {"endpoints", json::Array{Object{{"interface", "public"}, {"region_id", "RegionOne"}, {"url", url}}}}};
  };
  Object scoped{{"project", Object{{"id", "project-1"}}},
                {"catalog", json::Array{service("network", "http://network:9696/v2.0"),
                                        service("load-balancer", "http://octavia:9876")}}};
  http::Response response = good(201, "token", scoped);
  response.headers.set("X-Subject-Token", token);
  co_return response;
}

Object& FakeOpenStack::allocate_floating_ip(const std::string& address) {
  floating_ips.push_back(Object{{"id", make_uuid(env_.random)},
                                {"floating_ip_address", address},
                                {"floating_network_id", "net-public"},
                                {"fixed_ip_address", nullptr},
                                {"port_id", nullptr},
                                {"status", "DOWN"},
                                {"description", ""}});
  return floating_ips.back();
}

std::string FakeOpenStack::fixed_address(const std::string& port_id) {
  for (const auto& lb : octavia.load_balancers()) {
    if (text(lb, "vip_port_id") == port_id) return text(lb, "vip_address");
  }
  return lbaas_v1.address_of_port(port_id);
}

http::Response FakeOpenStack::update_floating_ip(Object& row, const Object& wanted) {
  if (const auto* description = wanted.if_contains("description")) row["description"] = *description;
  const auto port = text(wanted, "port_id");
  if (port.empty()) {
    row["port_id"] = nullptr;
    row["fixed_ip_address"] = nullptr;
    row["status"] = "DOWN";
    return good(200, "floatingip", row);
  }
  for (const auto& other : floating_ips) {
    if (&other != &row && text(other, "port_id") == port) {
      return neutron_fault(409, "FloatingIPPortAlreadyAssociated",
                           "Cannot associate floating IP: the port already has one");
    }
  }
  const auto fixed = fixed_address(port);
  if (fixed.empty()) return neutron_fault(404, "PortNotFound", fmt::format("Port {} could not be found.", port));
  row["port_id"] = port;
  row["fixed_ip_address"] = fixed;
  row["status"] = "ACTIVE";
  return good(200, "floatingip", row);
}

http::Response FakeOpenStack::create_floating_ip(const Object& wanted) {
  if (floating_ips_exhausted) {
    return neutron_fault(409, "IpAddressGenerationFailure", "No more IP addresses available on network net-public.");
  }
  auto address = text(wanted, "floating_ip_address");
  if (address.empty()) address = fmt::format("172.24.4.{}", next_floating_++);
  for (const auto& row : floating_ips) {
    if (text(row, "floating_ip_address") == address) {
      return neutron_fault(409, "IpAddressAlreadyAllocated",
                           fmt::format("IP address {} already allocated in subnet sub-public", address));
    }
  }
  auto& row = allocate_floating_ip(address);
  auto updated = update_floating_ip(row, wanted);
  if (updated.status != 200) {
    floating_ips.pop_back();
    return updated;
  }
  updated.status = 201;
  return updated;
}

http::Response FakeOpenStack::floating_ip_request(const http::Request& request, const std::string& id,
                                                  const Value& body) {
  if (request.method == "POST") return create_floating_ip(body.at("floatingip").as_object());
  const auto row = std::ranges::find_if(floating_ips, [&](const auto& item) { return text(item, "id") == id; });
  if (row == floating_ips.end())
    return neutron_fault(404, "FloatingIPNotFound", fmt::format("Floating IP {} could not be found", id));
  if (request.method == "PUT") return update_floating_ip(*row, body.at("floatingip").as_object());
  if (request.method == "GET") return good(200, "floatingip", *row);
  floating_ips.erase(row);
  return http::Response::empty(204);
}

Task<http::Response> FakeOpenStack::neutron(http::Request& request) {
  if (!knows(request)) co_return unauthorized();
  static_cast<void>(octavia.load_balancers());  // deletions that are due take their ports with them
  static_cast<void>(lbaas_v1.rows("vips"));
  const auto parts = split(request.path, '/');  // "", "v2.0", collection, id?
  const std::string collection = parts.size() > 2 ? std::string(parts[2]) : "";
  if (collection == "lb") co_return lbaas_v1.handle(request);
  const std::string id = parts.size() > 3 ? std::string(parts[3]) : "";
  Value body;
  if (auto parsed = json::parse(request.body.empty() ? "null" : request.body)) body = std::move(*parsed);
  if (collection == "floatingips" && (request.method != "GET" || !id.empty()))
    co_return floating_ip_request(request, id, body);
  const std::map<std::string, const Rows*> collections{
      {"floatingips", &floating_ips}, {"networks", &networks}, {"subnets", &subnets}, {"ports", &ports}};
  const auto rows = collections.find(collection);
  if (rows == collections.end() || request.method != "GET")
    co_return neutron_fault(404, "NotFound", "no such path " + request.path);
  if (id.empty()) co_return list(request, collection, *rows->second);
  for (const auto& row : *rows->second) {
    if (text(row, "id") == id) co_return good(200, collection.substr(0, collection.size() - 1), row);
  }
  co_return neutron_fault(404, "NotFound", fmt::format("{} {} could not be found.", collection, id));
}

}  // namespace fairway::testing
