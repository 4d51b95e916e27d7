#include "lab/publish.h"

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "lab/probes.h"

namespace fairway::lab {

using boost::asio::ip::tcp;

namespace {

// Copies one direction until its end, then says so to the other side.
Task<> copy(tcp::socket& from, tcp::socket& to) {
  std::array<char, 16384> buffer;
  boost::system::error_code error;
  for (;;) {
    const std::size_t got = co_await from.async_read_some(
        boost::asio::buffer(buffer), boost::asio::redirect_error(boost::asio::use_awaitable, error));
    if (error) break;
    co_await boost::asio::async_write(to, boost::asio::buffer(buffer.data(), got),
                                      boost::asio::redirect_error(boost::asio::use_awaitable, error));
    if (error) break;
  }
  boost::system::error_code ignored;
  to.shutdown(tcp::socket::shutdown_send, ignored);
}

class Forwarder final : public Publisher {
 public:
  Forwarder(Env& env, PublishConfig config, std::string client_namespace, const kube::Reflector& services,
            openstack::Client& cloud, tcp::acceptor acceptor)
      : env_(env),
        config_(std::move(config)),
        client_namespace_(std::move(client_namespace)),
        services_(services),
        cloud_(cloud),
        acceptor_(std::move(acceptor)) {}

  Task<> run() override {
    for (;;) {
      boost::system::error_code error;
      tcp::socket peer =
          co_await acceptor_.async_accept(boost::asio::redirect_error(boost::asio::use_awaitable, error));
      if (error == boost::asio::error::operation_aborted) co_return;
      if (error) {
        co_await env_.timers.sleep(std::chrono::milliseconds(50));  // no descriptors left, say
        continue;
      }
      boost::asio::co_spawn(acceptor_.get_executor(), serve(std::move(peer)), boost::asio::detached);
    }
  }

 private:
  // The Service's own address; for one that only the private network knows, its floating IP.
  Task<Result<std::string>> address() {
    const auto service = services_.items().find(config_.service);
    if (service == services_.items().end())
      co_return fail(Errc::not_found, fmt::format("there is no Service {}", config_.service));
    const json::Array& ingress = json::array_or_empty(service->second, "status.loadBalancer.ingress");
    if (ingress.empty())
      co_return fail(Errc::unavailable, fmt::format("Service {} has no address yet", config_.service));
    const std::string ip = json::string_or(ingress.front(), "ip");
    const auto answer =
        co_await cloud_.send(openstack::Service::network, "GET", "/v2.0/floatingips?fixed_ip_address=" + ip);
    if (answer) {
      for (const auto& floating : json::array_or_empty(answer->body, "floatingips"))
        co_return json::string_or(floating, "floating_ip_address", ip);
    }
    co_return ip;
  }

  Task<> serve(tcp::socket peer) {
    const auto to = co_await address();
    if (!to) {
      env_.log.warn("a published connection could not be carried on", {{"why", to.error().what}});
      co_return;
    }
    auto service = co_await connect_in(client_namespace_, *to, config_.service_port, std::chrono::seconds(10));
    if (!service) {
      env_.log.warn("a published connection could not be carried on", {{"why", service.error().what}});
      co_return;
    }
    using namespace boost::asio::experimental::awaitable_operators;
    co_await (copy(peer, *service) && copy(*service, peer));
  }

  Env& env_;
  PublishConfig config_;
  std::string client_namespace_;
  const kube::Reflector& services_;
  openstack::Client& cloud_;
  tcp::acceptor acceptor_;
};

}  // namespace

Result<std::unique_ptr<Publisher>> Publisher::listen(boost::asio::io_context& context, Env& env, PublishConfig config,
                                                     std::string client_namespace, const kube::Reflector& services,
                                                     openstack::Client& cloud) {
  boost::system::error_code error;
  const tcp::endpoint at(boost::asio::ip::make_address(config.bind), config.port);
  tcp::acceptor acceptor(context);
  acceptor.open(at.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(at, error);
  if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
  if (error)
    return fail(Errc::unavailable, fmt::format("publish {} on {}:{}: {}; choose another port", config.service,
                                               config.bind, config.port, error.message()));
  return std::make_unique<Forwarder>(env, std::move(config), std::move(client_namespace), services, cloud,
                                     std::move(acceptor));
}

}  // namespace fairway::lab
