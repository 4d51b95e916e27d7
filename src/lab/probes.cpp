#include "lab/probes.h"

#include <fmt/format.h>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/namespace.h"
#include "runtime/process.h"

namespace fairway::lab {

using boost::asio::ip::tcp;

namespace {

// A number, or the name of one of the container's ports.
std::optional<std::uint16_t> port_of(const json::Value& action, const json::Value& container) {
  const json::Value* port = json::find(action, "port");
  if (port == nullptr) return std::nullopt;
  if (port->is_int64() || port->is_uint64()) return static_cast<std::uint16_t>(json::int_or(action, "port"));
  for (const auto& one : json::array_or_empty(container, "ports")) {
    if (json::string_or(one, "name") == json::string_or(action, "port"))
      return static_cast<std::uint16_t>(json::int_or(one, "containerPort"));
  }
  return std::nullopt;
}

std::string last_line(std::string_view text) {
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  const auto line = text.rfind('\n');
  return std::string(line == std::string_view::npos ? text : text.substr(line + 1));
}

Task<Result<>> probe_http(Env& env, json::Value action, ProbeTarget target, std::chrono::seconds timeout) {
  const auto port = port_of(action, target.container);
  if (!port) co_return fail(Errc::invalid, "the probe names a port that the container does not have");
  const std::string host = json::string_or(action, "host", target.address);
  std::string path = json::string_or(action, "path", "/");
  if (!path.starts_with('/')) path.insert(0, "/");
  const std::string scheme = json::string_or(action, "scheme", "HTTP") == "HTTPS" ? "https" : "http";
  ProcessSpec curl;
  curl.argv = {"curl",
               "-sS",
               "-k",
               "-o",
               "/dev/null",
               "-w",
               "%{http_code}",
               "-A",
               "kube-probe/1.36",
               "--max-time",
               std::to_string(timeout.count())};
  for (const auto& header : json::array_or_empty(action, "httpHeaders")) {
    curl.argv.emplace_back("-H");
    curl.argv.push_back(json::string_or(header, "name") + ": " + json::string_or(header, "value"));
  }
  curl.argv.push_back(fmt::format("{}://{}:{}{}", scheme, host, *port, path));
  curl.network_namespace = target.network_namespace;
  FW_CO_TRY(const CommandOutput done, co_await run_command(env, std::move(curl), timeout + std::chrono::seconds(1)));
  if (done.exit_code != 0)
    co_return fail(Errc::unavailable,
                   fmt::format("Get \"{}://{}:{}{}\": {}", scheme, host, *port, path, last_line(done.err)));
  if (done.out.size() == 3 && (done.out[0] == '2' || done.out[0] == '3')) co_return Result<>{};
  co_return fail(Errc::unavailable, "HTTP probe failed with statuscode: " + done.out);
}

Task<Result<>> probe_exec(Env& env, json::Value action, ProbeTarget target, std::chrono::seconds timeout) {
  ProcessSpec enter;
  enter.argv = {"nsenter", "--target", std::to_string(target.pid), "--mount", "--uts", "--ipc", "--net",
                "--pid",   "--"};
  for (const auto& word : json::array_or_empty(action, "command")) {
    if (word.is_string()) enter.argv.emplace_back(word.get_string());
  }
  FW_CO_TRY(const CommandOutput done, co_await run_command(env, std::move(enter), timeout));
  if (done.exit_code == 0) co_return Result<>{};
  co_return fail(Errc::unavailable, done.out + done.err);
}

}  // namespace

ProbeTiming probe_timing(const json::Value& probe) {
  ProbeTiming timing;
  timing.initial_delay = std::chrono::seconds(json::int_or(probe, "initialDelaySeconds", 0));
  timing.period = std::chrono::seconds(std::max<std::int64_t>(1, json::int_or(probe, "periodSeconds", 10)));
  timing.timeout = std::chrono::seconds(std::max<std::int64_t>(1, json::int_or(probe, "timeoutSeconds", 1)));
  timing.success_threshold = static_cast<int>(json::int_or(probe, "successThreshold", 1));
  timing.failure_threshold = static_cast<int>(json::int_or(probe, "failureThreshold", 3));
  return timing;
}

bool ProbeVerdict::note(bool success) {
  row_ = success == last_ ? row_ + 1 : 1;
  last_ = success;
  if (success == good_) return false;
  if (row_ < (success ? timing_.success_threshold : timing_.failure_threshold)) return false;
  good_ = success;
  return true;
}

Task<Result<tcp::socket>> connect_in(std::string network_namespace, std::string address, std::uint16_t port,
                                     Duration limit) {
  using namespace boost::asio::experimental::awaitable_operators;
  tcp::socket socket(co_await boost::asio::this_coro::executor);
  boost::system::error_code error;
  const auto to = boost::asio::ip::make_address(address, error);
  if (error) co_return fail(Errc::invalid, address + " is no address");
  const Result<> opened = net::in_namespace(network_namespace, [&]() -> Result<> {
    boost::system::error_code wrong;
    socket.open(to.is_v4() ? tcp::v4() : tcp::v6(), wrong);
    if (wrong) return fail(Errc::unavailable, "open a socket: " + wrong.message());
    return {};
  });
  if (!opened) co_return std::unexpected(opened.error());
  boost::asio::steady_timer timer(socket.get_executor(), limit);
  auto first =
      co_await (socket.async_connect({to, port}, boost::asio::redirect_error(boost::asio::use_awaitable, error)) ||
                timer.async_wait(boost::asio::use_awaitable));
  if (first.index() == 1) co_return fail(Errc::timeout, fmt::format("dial tcp {}:{}: i/o timeout", address, port));
  if (error) co_return fail(Errc::unavailable, fmt::format("dial tcp {}:{}: {}", address, port, error.message()));
  co_return std::move(socket);
}

Task<Result<>> probe_once(Env& env, json::Value probe, ProbeTarget target) {
  const std::chrono::seconds timeout = probe_timing(probe).timeout;
  if (const json::Value* action = json::find(probe, "httpGet")) {
    Result<> done = co_await probe_http(env, *action, target, timeout);
    co_return done;
  }
  if (const json::Value* action = json::find(probe, "exec")) {
    Result<> done = co_await probe_exec(env, *action, target, timeout);
    co_return done;
  }
  if (const json::Value* action = json::find(probe, "tcpSocket")) {
    const auto port = port_of(*action, target.container);
    if (!port) co_return fail(Errc::invalid, "the probe names a port that the container does not have");
    const std::string host = json::string_or(*action, "host", target.address);
    auto connected = co_await connect_in(target.network_namespace, host, *port, timeout);
    if (!connected) co_return std::unexpected(std::move(connected).error());
    co_return Result<>{};
  }
  co_return fail(Errc::unsupported, "only httpGet, tcpSocket and exec probes are made here");
}

}  // namespace fairway::lab
