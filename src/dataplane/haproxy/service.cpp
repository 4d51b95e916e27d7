#include "dataplane/haproxy/service.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/strings.h"
#include "gateway_link/monitors.h"

namespace fairway::dataplane::haproxy {
namespace {

constexpr int kUsualCheckTimeout = 3;
// HAProxy counts milliseconds in 31 bits, and connections too; more is no limit that anybody comes to.
constexpr int kMostSeconds = 24 * 24 * 3600;
constexpr std::int64_t kMostConnections = 1'000'000'000;

int affordable_seconds(int seconds) { return std::clamp(seconds, 1, kMostSeconds); }

using gateway_link::HealthMonitor;
using gateway_link::Listener;
using gateway_link::Member;
using gateway_link::Pool;

// One word of a configuration line, whatever is in it. Control characters never come here: the compiler refuses them.
std::string word(std::string_view text) {
  constexpr std::string_view kSafe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,%+@?&*~";
  std::string out;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x80 && kSafe.find(c) == std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

class Lines {
 public:
  template <class... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    text_ += "    ";
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
    text_ += '\n';
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

bool wants_header(const Listener& listener, const std::string& name) {
  const auto found = listener.insert_headers.find(name);
  return found != listener.insert_headers.end() && to_lower(found->second) == "true";
}

std::string frontend_lines(const forwarding::Frontend& frontend) {
  const Listener& listener = frontend.settings;
  Lines lines;
  lines.add("mode {}", frontend.http ? "http" : "tcp");
  lines.add("timeout client {}ms", listener.timeout_client_data_ms);
  if (listener.timeout_tcp_inspect_ms > 0)
    lines.add("tcp-request inspect-delay {}ms", listener.timeout_tcp_inspect_ms);
  if (!frontend.http) return lines.take();
  // Keep-alive connections that a reload finds idle are told so in their next answer instead of being cut.
  lines.add("option idle-close-on-response");
  if (wants_header(listener, "X-Forwarded-For")) lines.add("option forwardfor");
  if (wants_header(listener, "X-Forwarded-Port")) lines.add("http-request set-header X-Forwarded-Port %[dst_port]");
  if (wants_header(listener, "X-Forwarded-Proto")) lines.add("http-request set-header X-Forwarded-Proto http");
  return lines.take();
}

// Stickiness by source is a consistent hash, not a table: it survives reloads and restarts and needs no memory. The
// map of a plain hash could not be changed while HAProxy runs.
void add_balance(Lines& lines, const Pool& pool) {
  const auto type = pool.persistence ? pool.persistence->type : "";
  if (type == "SOURCE_IP" || pool.algorithm == "SOURCE_IP") {
    lines.add("balance source");
    lines.add("hash-type consistent");
  } else {
    lines.add("balance {}", pool.algorithm == "LEAST_CONNECTIONS" ? "leastconn" : "roundrobin");
  }
  if (type == "HTTP_COOKIE") lines.add("cookie SRV insert indirect nocache");
  if (type == "APP_COOKIE") {
    lines.add("stick-table type string len 64 size 10k");
    lines.add("stick store-response res.cook({})", word(pool.persistence->cookie_name));
    lines.add("stick match req.cook({})", word(pool.persistence->cookie_name));
  }
}

bool is_tls(const HealthMonitor& monitor) { return monitor.type == "HTTPS"; }

void add_request(Lines& lines, const HealthMonitor& monitor) {
  std::string codes = monitor.expected_codes;
  std::erase(codes, ' ');
  auto send = fmt::format("http-check send meth {} uri {}", word(monitor.http_method), word(monitor.url_path));
  if (!monitor.http_version.empty()) send += fmt::format(" ver HTTP/{}", word(monitor.http_version));
  if (!monitor.domain_name.empty()) send += fmt::format(" hdr Host {}", word(monitor.domain_name));
  lines.add("{}", send);
  lines.add("http-check expect status {}", word(codes));
}

// What HAProxy checks. PING is not its business: the gateway asks the members (dataplane/ping) and HAProxy is told.
struct Checks {
  std::vector<const HealthMonitor*> http;  // each a request of the one check, on a connection of its own
  const HealthMonitor* first = nullptr;    // whose rhythm, a member's address and TLS are the server's
  bool all_tls = false;

  explicit Checks(const Pool& pool) {
    for (const auto* check : gateway_link::checks_of(pool)) {
      if (first == nullptr) first = check;
      // A request by HTTP begins with the connection that a TCP monitor asks for.
      if (check->type == "HTTP" || is_tls(*check)) http.push_back(check);
    }
    if (http.empty()) return;
    first = http.front();
    all_tls = std::ranges::all_of(http, [](const auto* check) { return is_tls(*check); });
  }
};

void add_checks(Lines& lines, const Checks& checks) {
  if (checks.first != nullptr && checks.first->type == "TLS-HELLO") lines.add("option ssl-hello-chk");
  if (checks.http.empty()) return;
  lines.add("option httpchk");
  for (const auto* check : checks.http) {
    std::string connect = "http-check connect default";
    if (!checks.all_tls && is_tls(*check)) connect += " ssl";
    if (is_tls(*check) && !check->domain_name.empty()) connect += " sni " + word(check->domain_name);
    if (checks.http.size() > 1) lines.add("{}", connect);
    add_request(lines, *check);
  }
}

std::string backend_lines(const forwarding::Frontend& frontend, const Pool& pool) {
  Lines lines;
  lines.add("mode {}", frontend.http ? "http" : "tcp");
  add_balance(lines, pool);
  lines.add("timeout connect {}ms", frontend.settings.timeout_member_connect_ms);
  lines.add("timeout server {}ms", frontend.settings.timeout_member_data_ms);
  // Also without a monitor, so that a member's TCP check with the usual timeout needs no other shape.
  const Checks checks(pool);
  lines.add("timeout check {}s",
            checks.first != nullptr ? affordable_seconds(checks.first->timeout_s) : kUsualCheckTimeout);
  add_checks(lines, checks);
  return lines.take();
}

std::string check_options(const Member& member, const Checks& checks) {
  const HealthMonitor& monitor = *checks.first;
  auto text = fmt::format(" check inter {}s fall {} rise {}", affordable_seconds(monitor.delay_s),
                          std::max(1, monitor.max_retries_down), std::max(1, monitor.max_retries));
  if (!member.monitor_address.empty()) text += " addr " + member.monitor_address;
  if (member.monitor_port != 0) text += fmt::format(" port {}", member.monitor_port);
  if (checks.all_tls) {
    text += " check-ssl verify none";
    if (!monitor.domain_name.empty()) text += " check-sni " + word(monitor.domain_name);
  }
  return text;
}

Server to_server(const Member& member, const Pool& pool) {
  Server server;
  server.options = fmt::format("{}:{}", member.address, member.port);
  if (member.backup) server.options += " backup";
  if (pool.protocol == "PROXY") server.options += " send-proxy";
  if (pool.protocol == "PROXYV2") server.options += " send-proxy-v2";
  const Checks checks(pool);
  server.checked = checks.first != nullptr;
  if (server.checked) server.options += check_options(member, checks);
  if (pool.persistence && pool.persistence->type == "HTTP_COOKIE") server.cookie = member.id;
  server.weight = member.weight;
  server.enabled = member.admin_state_up;
  if (!gateway_link::pings_of(pool).empty()) server.probe = "pending";
  return server;
}

Shape plain(bool http) {
  forwarding::Frontend frontend;
  frontend.http = http;
  Pool pool;
  pool.algorithm = "ROUND_ROBIN";
  return {frontend_lines(frontend), backend_lines(frontend, pool)};
}

}  // namespace

Service to_service(const forwarding::Frontend& frontend, const Pool& pool) {
  Service service;
  service.listener_id = frontend.listener_id;
  service.pool_id = pool.id;
  service.shape = {frontend_lines(frontend), backend_lines(frontend, pool)};
  service.connection_limit = std::min(frontend.settings.connection_limit, kMostConnections);
  for (const auto& member : pool.members) service.servers.emplace(member.id, to_server(member, pool));
  return service;
}

Shape plain_tcp() { return plain(false); }
Shape plain_http() { return plain(true); }

}  // namespace fairway::dataplane::haproxy
