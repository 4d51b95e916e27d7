#include "app/cleanup.h"

#include <unistd.h>

#include <iostream>
#include <map>

#include "cleanup/removal.h"
#include "controller/config.h"
#include "runtime/loop.h"
#include "telemetry/log_sinks.h"

namespace fairway::app {

namespace {

constexpr std::chrono::seconds kPause{1};

std::map<std::string, std::string> environment() {
  std::map<std::string, std::string> all;
  for (char** entry = ::environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals != std::string_view::npos) all.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return all;
}

Result<openstack::Credentials> login_of(const CleanupOptions& options) {
  if (options.config.empty()) return openstack::credentials_from(environment());
  config::File read = config::File::read(options.config);
  const auto config = controller::read_controller_config(read.root().section("controller"));
  if (!read.problems().empty()) return fail(Errc::invalid, read.report());
  if (!config.credentials) return fail(Errc::invalid, options.config + " has no login to a cloud");
  return *config.credentials;
}

cleanup::Owner owner_of(const CleanupOptions& options) {
  cleanup::Owner owner{.cluster_name = options.cluster_name};
  if (!options.kubernetes_id.empty()) owner.identities.insert(options.kubernetes_id);
  for (const char* role : {"api_pool", "etcd_pool", "api"})
    owner.own_descriptions.insert(fmt::format("{} of cluster {}", role, options.cluster_name));
  return owner;
}

// False: nothing may be done.
bool tell(const cleanup::Belongings& found, const CleanupOptions& options) {
  for (const std::string& line : cleanup::describe(found)) std::cout << line << "\n";
  for (const cleanup::Spared& one : found.spared) std::cout << fmt::format("left     {}: {}\n", one.what, one.why);
  if (!found.ambiguous.empty()) {
    std::cerr << fmt::format(
        "fairway cleanup: {} clusters are called {}; choose one with --kubernetes-id (the UID of its namespace "
        "kube-system): {}\n",
        found.ambiguous.size(), options.cluster_name, fmt::join(found.ambiguous, ", "));
    return false;
  }
  if (found.empty()) std::cout << fmt::format("nothing of cluster {} is there\n", options.cluster_name);
  return true;
}

Task<Result<int>> run(Env& env, openstack::Client& cloud, CleanupOptions options) {
  const cleanup::Owner owner = owner_of(options);
  FW_CO_TRY(const cleanup::Inventory inventory, co_await cleanup::read_inventory(cloud, ""));
  const cleanup::Belongings found = cleanup::belongings_of(owner, inventory);
  if (!tell(found, options)) co_return 1;
  if (found.empty()) co_return 0;
  if (!options.yes) {
    std::cout << "nothing was changed; with --yes this is done\n";
    co_return 0;
  }
  const SteadyTime begun = env.clock.steady();
  for (;;) {
    const Result<> pass = co_await cleanup::remove_all_of(cloud, owner);
    if (pass) break;
    if (pass.error().code != Errc::unavailable) co_return std::unexpected(pass.error());
    if (env.clock.steady() - begun > options.patience) {
      std::cerr << fmt::format(
          "fairway cleanup: after {} s there is still: {}; try again later, or have the cloud's "
          "operator free it\n",
          options.patience.count(), pass.error().what);
      co_return 1;
    }
    co_await env.timers.sleep(kPause);
  }
  std::cout << "done\n";
  co_return 0;
}

}  // namespace

int clean_up(const CleanupOptions& options) {
  const auto failed = [](const Error& error) {
    std::cerr << "fairway cleanup: " << error.what << "\n";
    return 2;
  };
  auto log = make_log({.format = LogFormat::human, .level = LogLevel::error});
  if (!log) return failed(log.error());
  const auto login = login_of(options);
  if (!login) return failed(login.error());
  Metrics metrics;
  Env env{system_clock(), system_random(), loop_timers(), **log, metrics};
  Loop loop(**log);
  const auto cloud = openstack::make_client(loop.context(), env, *login);
  if (!cloud) return failed(cloud.error());
  int code = 2;
  const auto whole = [](Loop& on, Task<Result<int>> task, std::function<int(const Error&)> say, int& to) -> Task<> {
    const Result<int> ended = co_await std::move(task);
    to = ended ? *ended : say(ended.error());
    on.stop();
  };
  loop.spawn("cleanup", whole(loop, run(env, **cloud, options), failed, code));
  loop.run();
  return code;
}

}  // namespace fairway::app
