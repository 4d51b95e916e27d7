#include "app/adopt.h"

#include <iostream>

#include <fmt/format.h>

#include "app/command.h"
#include "app/instance.h"
#include "base/strings.h"
#include "cluster_driver/foreign.h"
#include "cluster_driver/left_behind.h"
#include "cluster_driver/requests.h"
#include "openstack/cloud_conf.h"

namespace fairway::app {

namespace {

using cluster_driver::Placement;
using openstack::Service;

constexpr std::chrono::milliseconds kLookPause{100};

// What a person asked for and what they may do it with.
struct Asked {
  boost::asio::io_context& context;
  Env& env;
  Instance instance;
  std::unique_ptr<openstack::Client> cloud;
};

Result<Asked> ask_as_person(boost::asio::io_context& context, Env& env, const std::string& dir) {
  FW_TRY(auto instance, choose_instance(dir));
  FW_TRY(auto login, openstack::credentials_from(environment()));
  login.request_timeout = std::chrono::seconds(20);
  FW_TRY(auto cloud, openstack::make_client(context, env, std::move(login)));
  return Asked{context, env, std::move(instance), std::move(cloud)};
}

Result<json::Object> read_labels(const std::vector<std::string>& given) {
  json::Object labels;
  for (const std::string& label : given) {
    const auto equals = label.find('=');
    if (equals == std::string::npos || equals == 0)
      return fail(Errc::invalid, fmt::format("the label {} is not NAME=VALUE", label));
    labels.insert_or_assign(label.substr(0, equals), label.substr(equals + 1));
  }
  return labels;
}

std::string path_of(std::string_view name) { return "/v1/clusters/" + percent_encode(name); }

// Nothing: there is none of that name.
Task<Result<std::optional<json::Value>>> find_cluster(openstack::Client& cloud, std::string name) {
  const auto answer = co_await cloud.send(Service::container_infra, "GET", path_of(name));
  if (answer) co_return std::optional(answer->body);
  if (answer.error().code == Errc::not_found && answer.error().what.contains("HTTP 404"))
    co_return std::optional<json::Value>();
  co_return std::unexpected(answer.error());
}

Task<Result<Placement>> examine(Asked& asked, kube::Config config, AdoptOptions options) {
  const std::string server = config.server;
  FW_CO_TRY(const auto kube, kube::make_client(asked.context, asked.env, std::move(config)));
  // Rights first: whatever is missing is said at once.
  FW_CO_TRY_DO(co_await cluster_driver::check_rights(*kube, server));
  FW_CO_TRY(const cluster_driver::ForeignCluster found, co_await cluster_driver::ask_foreign(*kube, server));
  if (!options.take_over) FW_CO_TRY_DO(co_await cluster_driver::check_unserved(*kube, asked.env));
  FW_CO_TRY(const cluster_driver::ProjectNetworks project,
            co_await cluster_driver::read_project_networks(*asked.cloud));
  co_return cluster_driver::place(found.nodes, project, options.place);
}

json::Value request_of(const AdoptOptions& options, const Placement& place, json::Object labels) {
  json::Object body{{"name", options.name},
                    {"fixed_network", place.subnet.network_id},
                    {"fixed_subnet", place.subnet.id},
                    {"labels", std::move(labels)}};
  if (!place.outside.id.empty()) body.emplace("external_network_id", place.outside.id);
  return body;
}

// The cluster's id.
Task<Result<std::string>> ask_cloud(openstack::Client& cloud, json::Value request) {
  const auto made = co_await cloud.send(Service::container_infra, "POST", "/v1/clusters/adopt", std::move(request));
  if (made) co_return json::string_or(made->body, "uuid");
  if (made.error().code == Errc::not_found || made.error().what.contains("HTTP 405"))
    co_return fail(Errc::unsupported,
                   fmt::format("the cloud of this login adopts no clusters: {}; use the openrc of `fairway up`",
                               made.error().what));
  co_return std::unexpected(made.error());
}

Error no_driver(const Asked& asked, const Error& why) {
  return {Errc::unavailable, fmt::format("the driver of clusters in {} does not answer: {}; is `fairway up` running?",
                                         asked.instance.dir(), why.what)};
}

// Before the cloud is asked for what only the driver can do.
Task<Result<>> check_driver(Asked& asked) {
  const auto channel = co_await messaging::connect<cluster_driver::Request>(
      cluster_driver::request_socket(asked.instance.machine_run_dir()));
  if (!channel) co_return std::unexpected(no_driver(asked, channel.error()));
  co_return Result<>{};
}

Task<Result<>> hand_over(Asked& asked, std::string id, std::string kubeconfig) {
  auto answer = co_await cluster_driver::ask(asked.instance.machine_run_dir(),
                                             cluster_driver::KubeconfigRequest{std::move(id), std::move(kubeconfig)});
  if (!answer) co_return std::unexpected(no_driver(asked, answer.error()));
  if (answer->exit_code == 0) co_return Result<>{};
  co_return fail(Errc::invalid, std::string(trim(answer->text)));
}

// Until its status is final; says each step.
Task<Result<int>> wait_adopted(Asked& asked, std::string id, AdoptOptions options) {
  const SteadyTime begun = asked.env.clock.steady();
  std::string said;
  for (;;) {
    FW_CO_TRY(const auto cluster, co_await find_cluster(*asked.cloud, id));
    if (!cluster) co_return fail(Errc::not_found, fmt::format("cluster {} was deleted meanwhile", options.name));
    const std::string status = json::string_or(*cluster, "status"),
                      reason = json::string_or(*cluster, "status_reason");
    if (status == "ADOPT_COMPLETE") {
      std::cout << fmt::format("cluster {} ({}) is adopted: {} nodes and {} of the control plane, {}\n", options.name,
                               id, json::int_or(*cluster, "node_count"), json::int_or(*cluster, "master_count"),
                               json::string_or(*cluster, "api_address"));
      co_return 0;
    }
    if (std::exchange(said, reason) != reason && !reason.empty()) std::cerr << reason << "\n";
    const bool failed = status.ends_with("_FAILED"), late = asked.env.clock.steady() - begun > options.patience;
    if (failed || late) {
      std::cerr << fmt::format(
          "fairway cluster adopt: cluster {} is {}{}; it is tried on. See openstack coe cluster show {}, or take it "
          "back with fairway cluster release {}\n",
          options.name, status, late ? fmt::format(" after {} s", options.patience.count()) : "", options.name,
          options.name);
      co_return 1;
    }
    co_await asked.env.timers.sleep(kLookPause);
  }
}

bool chooses(const AdoptOptions& options) {
  const auto& place = options.place;
  return !(place.subnet.empty() && place.router.empty() && place.external_network.empty() && options.labels.empty());
}

Task<Result<int>> exchange_kubeconfig(Asked& asked, const json::Value& known, AdoptOptions options,
                                      std::string kubeconfig) {
  if (chooses(options))
    co_return fail(
        Errc::invalid,
        fmt::format("there is a cluster {} already, of which only the kubeconfig can be exchanged; for another "
                    "place or other labels release it first",
                    options.name));
  FW_CO_TRY_DO(co_await hand_over(asked, json::string_or(known, "uuid"), std::move(kubeconfig)));
  std::cout << fmt::format("cluster {} is reached by this kubeconfig from now on\n", options.name);
  if (json::string_or(known, "status") == "ADOPT_COMPLETE") co_return 0;
  co_return co_await wait_adopted(asked, json::string_or(known, "uuid"), std::move(options));
}

Task<Result<int>> adopt(boost::asio::io_context& context, Env& env, AdoptOptions options) {
  FW_CO_TRY(json::Object labels, read_labels(options.labels));
  FW_CO_TRY(kube::Config read, kube::read_kubeconfig(options.kubeconfig, options.context));
  FW_CO_TRY(const kube::Config config, kube::without_files(std::move(read)));
  FW_CO_TRY(Asked asked, ask_as_person(context, env, options.dir));
  const std::string kubeconfig = kube::to_kubeconfig(config);
  FW_CO_TRY(const auto known, co_await find_cluster(*asked.cloud, options.name));
  if (known) co_return co_await exchange_kubeconfig(asked, *known, std::move(options), kubeconfig);

  const std::string internal = json::string_or(labels, "internal_lb");
  options.place.internal = to_lower(internal) == "true" || internal == "1";
  FW_CO_TRY(const Placement place, co_await examine(asked, config, options));
  FW_CO_TRY_DO(co_await check_driver(asked));
  FW_CO_TRY(const std::string id, co_await ask_cloud(*asked.cloud, request_of(options, place, std::move(labels))));
  const Result<> handed = co_await hand_over(asked, id, kubeconfig);
  if (!handed) {
    const auto undone = co_await asked.cloud->send(Service::container_infra, "DELETE", path_of(id));
    const std::string after = undone ? "" : fmt::format("; and taking it back failed: {}", undone.error().what);
    co_return fail(handed.error().code, handed.error().what + after);
  }
  std::cerr << fmt::format("members are on subnet {} ({}), floating IPs come from {}\n", place.subnet.name,
                           place.subnet.prefix.text(), place.outside.id.empty() ? "nowhere" : place.outside.name);
  co_return co_await wait_adopted(asked, id, std::move(options));
}

// ---- release

Task<Result<int>> wait_released(Asked& asked, std::string id, ReleaseOptions options) {
  const SteadyTime begun = asked.env.clock.steady();
  std::string said;
  for (;;) {
    FW_CO_TRY(const auto cluster, co_await find_cluster(*asked.cloud, id));
    if (!cluster) break;
    const std::string status = json::string_or(*cluster, "status"),
                      reason = json::string_or(*cluster, "status_reason");
    if (std::exchange(said, reason) != reason && !reason.empty()) std::cerr << reason << "\n";
    if (status == "DELETE_FAILED" || asked.env.clock.steady() - begun > options.patience) {
      std::cerr << fmt::format("fairway cluster release: cluster {} is {}; it is tried on\n", options.name, status);
      co_return 1;
    }
    co_await asked.env.timers.sleep(kLookPause);
  }
  std::cout << fmt::format("cluster {} is released\n", options.name);
  for (const auto& note : cluster_driver::left_behind_in(asked.instance.path("clusters"))) {
    if (note.cluster_id == id) std::cerr << note.text << "\n";
  }
  co_return 0;
}

Task<Result<int>> release(boost::asio::io_context& context, Env& env, ReleaseOptions options) {
  FW_CO_TRY(Asked asked, ask_as_person(context, env, options.dir));
  FW_CO_TRY(const auto begun,
            co_await asked.cloud->send(Service::container_infra, "POST", path_of(options.name) + "/actions/release"));
  co_return co_await wait_released(asked, json::string_or(begun.body, "uuid"), std::move(options));
}

}  // namespace

int adopt_cluster(const AdoptOptions& options) {
  return run_command("cluster adopt",
                     [&](boost::asio::io_context& context, Env& env) { return adopt(context, env, options); });
}

int release_cluster(const ReleaseOptions& options) {
  return run_command("cluster release",
                     [&](boost::asio::io_context& context, Env& env) { return release(context, env, options); });
}

}  // namespace fairway::app
