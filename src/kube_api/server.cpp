#include "kube_api/server.h"

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>

#include "kube_api/controllers/controllers.h"
#include "kube_api/requests/rest.h"

namespace fairway::kube_api {
namespace {

Task<http::Response> answer_request(Api& api, const bool& ready, http::Request& request) {
  auto response = co_await answer(api, ready, request);
  co_return response;
}

// What the HTTP server refuses before anything is read here.
http::Response server_fault(std::size_t limit, int status, std::string_view what) {
  if (status == 413) return fault_response(too_large(fmt::format("Request entity too large: limit is {}", limit)));
  return fault_response({status, status == 400 ? "BadRequest" : "", std::string(what), nullptr});
}

class RunningKubeApi final : public KubeApi {
 public:
  RunningKubeApi(boost::asio::io_context& context, Env& env, KubeApiConfig config, std::unique_ptr<Objects> objects,
                 ServiceRanges ranges)
      : context_(context),
        config_(std::move(config)),
        objects_(std::move(objects)),
        allocation_(*objects_, env.random, ranges),
        api_{env, config_, *objects_, allocation_} {}

  Task<Result<>> begin() {
    auto server =
        http::Server::listen(context_, api_.env, "kube-api", config_.server,
                             {[this](http::Request& request) { return answer_request(api_, ready_, request); },
                              [limit = config_.server.max_body_bytes](int status, std::string_view what) {
                                return server_fault(limit, status, what);
                              }});
    if (!server) co_return fail(server.error().code, server.error().what);
    server_ = *std::move(server);
    if (config_.advertise_address.empty()) config_.advertise_address = config_.server.bind;
    if (config_.advertise_port == 0) config_.advertise_port = server_->port();
    FW_CO_TRY_DO(co_await bootstrap(api_, config_.advertise_address, config_.advertise_port));
    for (const auto controller : {keep_endpoints, bind_pods, keep_namespaces, keep_nodes, expire_events,
                                  keep_replica_sets, keep_deployments, collect_garbage})
      run(controller);
    ready_ = true;
    co_return Result<>{};
  }

  [[nodiscard]] std::uint16_t port() const override { return server_->port(); }

  Task<> stop(Duration patience) override {
    ready_ = false;
    // Watches end with the server; writes under way still need the store to be followed.
    co_await server_->stop(patience);
    co_await objects_->stop();
    co_await controllers_.close(patience);
  }

 private:
  boost::asio::io_context& context_;
  KubeApiConfig config_;
  std::unique_ptr<Objects> objects_;
  ServiceAllocation allocation_;
  Api api_;
  Gate controllers_;
  bool ready_ = false;
  std::unique_ptr<http::Server> server_;

  void run(Task<> (*controller)(Api&)) {
    auto pass = std::make_shared<std::optional<Gate::Pass>>(controllers_.try_enter());
    boost::asio::co_spawn(context_, controller(api_), [this, pass](std::exception_ptr thrown) {
      pass->reset();
      if (!thrown || objects_->stopping()) return;
      std::rethrow_exception(thrown);
    });
  }
};

}  // namespace

Task<Result<std::unique_ptr<KubeApi>>> KubeApi::start(boost::asio::io_context& context, Env& env, store::Store& store,
                                                      KubeApiConfig config) {
  FW_CO_TRY(const auto ranges,
            parse_ranges(config.service_cluster_ip_range, config.node_port_min, config.node_port_max));
  FW_CO_TRY(auto objects, co_await Objects::load(env, store));
  auto api = std::make_unique<RunningKubeApi>(context, env, std::move(config), std::move(objects), ranges);
  FW_CO_TRY_DO(co_await api->begin());
  co_return std::unique_ptr<KubeApi>(std::move(api));
}

}  // namespace fairway::kube_api
