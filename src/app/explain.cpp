#include "app/explain.h"

#include <cstdlib>
#include <iostream>
#include <map>

#include "app/instance.h"
#include "base/strings.h"
#include "cluster_driver/left_behind.h"
#include "cluster_driver/state.h"
#include "controller/desired.h"
#include "http/client.h"
#include "runtime/loop.h"
#include "telemetry/log_sinks.h"

namespace fairway::app {

namespace {

using controller::ControllerConfig;

// What both commands work with: the controller's configuration and the clients it describes.
struct Asker {
  std::optional<Instance> instance;
  bool of_up = false;  // of that instance's own Kubernetes, not of one of its clusters
  ControllerConfig config;
  std::unique_ptr<kube::Client> kube;
  std::unique_ptr<openstack::Client> cloud;
};

// By id, those that `openstack coe cluster create` made.
std::map<std::string, std::string> cluster_names(const Instance& instance) {
  std::map<std::string, std::string> names;
  for (const std::string& id : cluster_driver::clusters_in(instance.path("clusters"))) {
    const auto wish = cluster_driver::ClusterFolder(instance.path("clusters/" + id)).load_wish();
    if (wish) names.emplace(id, wish->name);
  }
  return names;
}

// The configuration of a cluster's controller.
Result<std::string> controller_of_cluster(const Instance& instance, const std::string& wanted) {
  std::vector<std::string> names;
  for (const auto& [id, name] : cluster_names(instance)) {
    if (id == wanted || name == wanted)
      return cluster_driver::ClusterFolder(instance.path("clusters/" + id)).file("etc/kube-controller-manager.yaml");
    names.push_back(name);
  }
  return fail(Errc::not_found, fmt::format("there is no cluster {} in {}; {}", wanted, instance.dir(),
                                           names.empty() ? "openstack coe cluster create makes one"
                                                         : "there are: " + join(names, ", ")));
}

Result<Asker> make_asker(boost::asio::io_context& context, Env& env, const QuestionOptions& options) {
  Asker asker;
  std::string file = options.config;
  if (file.empty()) {
    FW_TRY(auto instance, choose_instance(options.dir));
    file = instance.role_config("controller");
    if (!options.cluster.empty()) {
      FW_TRY(file, controller_of_cluster(instance, options.cluster));
    }
    if (options.cluster.empty() && !runs(instance))
      return fail(Errc::unavailable, fmt::format("nothing runs in {0}; `fairway up --dir {0}` starts it, with "
                                                 "everything as it was",
                                                 instance.dir()));
    asker.of_up = options.cluster.empty();
    asker.instance = std::move(instance);
  }
  config::File read = config::File::read(file);
  if (!read.problems().empty()) return fail(Errc::invalid, std::string(trim(read.report())));
  asker.config = controller::read_controller_config(read.root().section("controller"));
  if (!read.problems().empty()) return fail(Errc::invalid, std::string(trim(read.report())));
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view() : std::string_view(value);
  };
  FW_TRY(auto login,
         asker.config.kubeconfig.empty()
             ? kube::in_cluster_config(variable("KUBERNETES_SERVICE_HOST"), variable("KUBERNETES_SERVICE_PORT"))
             : kube::read_kubeconfig(asker.config.kubeconfig, asker.config.kube_context));
  FW_TRY(asker.kube, kube::make_client(context, env, std::move(login)));
  if (asker.config.enabled && asker.config.credentials) {
    auto credentials = *asker.config.credentials;
    credentials.request_timeout = std::chrono::seconds(5);  // a person waits
    FW_TRY(asker.cloud, openstack::make_client(context, env, std::move(credentials)));
  }
  return asker;
}

json::Value to_json(const std::vector<controller::ExplainStep>& steps) {
  static constexpr std::array kStates{"done", "waiting", "failed", "not needed"};
  json::Array all;
  for (const auto& step : steps) {
    all.push_back(json::Object{{"step", step.what},
                               {"state", kStates.at(static_cast<std::size_t>(step.state))},
                               {"detail", step.detail},
                               {"help", step.help}});
  }
  return all;
}

Task<int> ask_one(Env& env, Asker& asker, controller::ServiceName asked, bool as_json) {
  const auto gathered = co_await controller::gather(env, *asker.kube, asker.cloud.get(), asker.config, asked);
  const auto steps = controller::explain(gathered);
  std::cout << (as_json ? json::write_pretty(to_json(steps)) + "\n" : controller::render(steps));
  co_return controller::all_done(steps) ? 0 : 1;
}

// What /readyz says of a role, in one line: "ready", "not ready: cloud: …", or where to look when it is down.
Task<std::string> role_health(boost::asio::io_context& context, Env& env, const Instance& instance,
                              std::string role) {
  const std::string down = "down; see " + instance.role_log(role);
  http::ClientConfig config;
  config.origin = fmt::format("http://127.0.0.1:{}", instance.port("health-" + role));
  config.request_timeout = std::chrono::seconds(2);
  const auto client = http::make_client(context, env, std::move(config));
  if (!client) co_return down;
  http::Request request;
  request.target = "/readyz";
  const auto answer = co_await (*client)->send(std::move(request));
  if (!answer) co_return down;
  co_return role_state(answer->status, answer->body);
}

Task<bool> print_roles(boost::asio::io_context& context, Env& env, const Instance& instance) {
  bool well = true;
  std::cout << fmt::format("{} ({})\n\n{:<14} STATE\n", instance.dir(), instance.prefix(), "ROLE");
  for (const std::string role : {"cloud", "gateway", "kube-api", "controller", "lab"}) {
    const auto state = co_await role_health(context, env, instance, role);
    well = well && state == "ready";
    std::cout << fmt::format("{:<14} {}\n", role, state);
  }
  std::cout << "\n";
  const auto left = cluster_driver::left_behind_in(instance.path("clusters"));
  for (const auto& note : left)
    std::cout << fmt::format(
        "LEFT BEHIND by cluster {} ({}) at {}: {}\nNot said any more after: fairway cleanup "
        "--cluster-id {} --yes\n\n",
        note.name, note.cluster_id, note.at, note.text, note.cluster_id);
  co_return well&& left.empty();
}

Task<bool> print_services(Env& env, Asker& asker, const std::vector<json::Value>& objects) {
  bool well = true, any = false;
  std::string away;  // why the cloud did not answer: each Service would wait for that again
  Errc away_code = Errc::unavailable;
  for (const auto& object : objects) {
    const auto service = controller::read_service(object);
    if (service.type != "LoadBalancer") continue;
    if (!any) std::cout << fmt::format("{:<32} {:<16} STATE\n", "SERVICE", "ADDRESS");
    any = true;
    const controller::ServiceName asked{service.ns, service.name};
    auto* const cloud = away.empty() ? asker.cloud.get() : nullptr;
    auto gathered = co_await controller::gather(env, *asker.kube, cloud, asker.config, asked);
    if (!away.empty()) {
      gathered.cloud_error = away;
      gathered.cloud_error_code = away_code;
    } else if (!gathered.cloud_error.empty() && gathered.cloud_error_code != Errc::not_found) {
      away = gathered.cloud_error;
      away_code = gathered.cloud_error_code;
    }
    const auto steps = controller::explain(gathered);
    well = well && controller::all_done(steps);
    const auto address = service.status_ip.empty() ? service.status_hostname : service.status_ip;
    std::cout << fmt::format("{:<32} {:<16} {}\n", service.key(), address.empty() ? "<pending>" : address,
                             controller::summary(steps));
  }
  if (!any) std::cout << "There is no Service of type LoadBalancer.\n";
  co_return well;
}

void print_clusters(const Instance& instance) {
  std::vector<std::string> names;
  for (const auto& [id, name] : cluster_names(instance)) names.push_back(name);
  if (!names.empty())
    std::cout << fmt::format("\nClusters besides: {} (fairway status --cluster NAME)\n", join(names, ", "));
}

Task<int> ask_all(boost::asio::io_context& context, Env& env, Asker& asker) {
  bool well = true;
  if (asker.instance) well = co_await print_roles(context, env, *asker.instance);
  const auto services = co_await asker.kube->list(kube::kServices.path());
  if (!services) {
    std::cerr << "fairway status: the Kubernetes API cannot be read: " << services.error().what
              << "; see that it runs, and that " << asker.config.kubeconfig << " leads to it\n";
    co_return 1;
  }
  const bool served = co_await print_services(env, asker, services->items);
  if (asker.of_up) print_clusters(*asker.instance);
  co_return well&& served ? 0 : 1;
}

// Runs the question on a loop of its own. Only warnings reach the terminal.
int ask(const QuestionOptions& options, std::string_view command,
        const std::function<Task<int>(boost::asio::io_context&, Env&, Asker&)>& question) {
  auto log = make_log({.format = LogFormat::human, .level = LogLevel::error});
  if (!log) {
    std::cerr << "fairway " << command << ": " << log.error().what << "\n";
    return 2;
  }
  Metrics metrics;
  Env env{system_clock(), system_random(), loop_timers(), **log, metrics};
  Loop loop(**log);
  auto asker = make_asker(loop.context(), env, options);
  if (!asker) {
    std::cerr << "fairway " << command << ": " << asker.error().what << "\n";
    return 2;
  }
  int code = 2;
  const auto run = [](Loop& on, Task<int> task, int& to) -> Task<> {
    to = co_await std::move(task);
    on.stop();
  };
  loop.spawn(std::string(command), run(loop, question(loop.context(), env, *asker), code));
  loop.run();
  return code;
}

}  // namespace

std::string role_state(int status, std::string_view report) {
  if (status == 200) return "ready";
  std::vector<std::string> reasons;
  for (const auto line : split(report, '\n')) {
    if (line.starts_with("[-]")) reasons.emplace_back(line.substr(3));
  }
  return reasons.empty() ? fmt::format("not ready: it answers {}", status) : "not ready: " + join(reasons, "; ");
}

Result<controller::ServiceName> parse_service(std::string_view text) {
  const auto slash = text.find('/');
  controller::ServiceName name{"default", std::string(text)};
  if (slash != std::string_view::npos)
    name = {std::string(text.substr(0, slash)), std::string(text.substr(slash + 1))};
  if (!name.ns.empty() && !name.name.empty() && !name.name.contains('/')) return name;
  return fail(Errc::invalid,
              fmt::format("{} names no Service: give NAMESPACE/NAME, or the NAME of one in the namespace "
                          "default",
                          text.empty() ? "\"\"" : text));
}

int explain_service(const QuestionOptions& options, const std::string& service) {
  const auto name = parse_service(service);
  if (!name) {
    std::cerr << "fairway explain: " << name.error().what << "\n";
    return 2;
  }
  return ask(options, "explain", [&](boost::asio::io_context&, Env& env, Asker& asker) {
    return ask_one(env, asker, *name, options.json);
  });
}

int show_status(const QuestionOptions& options) { return ask(options, "status", ask_all); }

}  // namespace fairway::app
