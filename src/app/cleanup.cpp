#include "app/cleanup.h"

#include <unistd.h>

#include <iostream>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>

#include "app/command.h"
#include "app/instance.h"
#include "base/strings.h"
#include "cleanup/removal.h"
#include "cluster_driver/left_behind.h"
#include "controller/config.h"

namespace fairway::app {

namespace {

constexpr std::chrono::seconds kPause{1};

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

// Why nothing may be done; empty: it may.
std::string tell(const cleanup::Belongings& found, const CleanupOptions& options) {
  for (const std::string& line : cleanup::describe(found)) std::cout << line << "\n";
  for (const cleanup::Spared& one : found.spared) std::cout << fmt::format("left     {}: {}\n", one.what, one.why);
  if (!found.ambiguous.empty()) {
    return fmt::format(
        "{} clusters are called {}; choose one with --kubernetes-id (the UID of its namespace kube-system): {}",
        found.ambiguous.size(), options.cluster_name, fmt::join(found.ambiguous, ", "));
  }
  if (found.empty()) std::cout << fmt::format("nothing of cluster {} is there\n", options.cluster_name);
  return {};
}

// A line that somebody types. At the end of the input: empty.
Task<std::string> read_line() {
  boost::asio::posix::stream_descriptor input(co_await boost::asio::this_coro::executor, ::dup(STDIN_FILENO));
  std::string text;
  boost::system::error_code ignored;
  co_await boost::asio::async_read_until(input, boost::asio::dynamic_buffer(text), '\n',
                                         boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
  co_return std::string(trim(text));
}

// Whether to begin; said why, if not.
Task<bool> agreed(std::size_t objects, const CleanupOptions& options) {
  if (options.yes) co_return true;
  if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDOUT_FILENO) == 0) {
    std::cerr
        << "fairway cleanup: nothing was changed: there is no terminal at which somebody could agree; say --yes "
           "to do it, or --dry-run to see it only\n";
    co_return false;
  }
  std::cout << fmt::format("Remove {}? [y/N] ", objects == 1 ? "this object" : fmt::format("these {}", objects))
            << std::flush;
  const std::string answer = to_lower(co_await read_line());
  if (answer == "y" || answer == "yes") co_return true;
  std::cout << "nothing was changed\n";
  co_return false;
}

// Until nothing is left. 0 or 1, as clean_up().
Task<Result<int>> remove_all(Env& env, openstack::Client& cloud, cleanup::Owner owner, Duration patience) {
  const SteadyTime begun = env.clock.steady();
  std::string said;
  for (;;) {
    const Result<> pass = co_await cleanup::remove_all_of(cloud, owner);
    if (pass) break;
    if (pass.error().code != Errc::unavailable) co_return std::unexpected(pass.error());
    if (env.clock.steady() - begun > patience) {
      std::cerr << fmt::format(
          "fairway cleanup: after {} s there is still: {}; try again later, or have the cloud's operator free it\n",
          std::chrono::duration_cast<std::chrono::seconds>(patience).count(), pass.error().what);
      co_return 1;
    }
    if (said != pass.error().what) std::cout << "waiting  " << pass.error().what << std::endl;
    said = pass.error().what;
    co_await env.timers.sleep(kPause);
  }
  std::cout << "done\n";
  co_return 0;
}

// The name that goes with an identity, where only that is given. Empty: nothing has the identity.
Result<std::string> name_for(const std::string& identity, const cleanup::Inventory& inventory) {
  const std::set<std::string> names = cleanup::names_of(identity, inventory);
  if (names.size() > 1) {
    return fail(Errc::invalid, fmt::format("the cluster {} has had {} names; choose one with --cluster-name: {}",
                                           identity, names.size(), fmt::join(names, ", ")));
  }
  return names.empty() ? std::string() : *names.begin();
}

// That something may be left, of which `fairway status` of the instance here reminds.
void forget(const std::string& cluster) {
  const auto variables = environment();
  const auto dir = variables.find("FAIRWAY_DIR");
  const auto instance = choose_instance(dir == variables.end() ? "" : dir->second);
  if (instance) cluster_driver::forget_left_behind(instance->path("clusters"), cluster);
}

// What the first question to the cloud ends with is the login's fault, or the way's.
Error cannot_ask(Error error) {
  if (error.code == Errc::unauthenticated)
    error.what += "; give a login that is valid: source an openrc, or name a file with --config";
  if (error.code == Errc::unavailable || error.code == Errc::timeout)
    error.what += "; see that the cloud runs, and that OS_AUTH_URL (or the file that is named) leads to it";
  return error;
}

Task<Result<int>> run(Env& env, openstack::Client& cloud, CleanupOptions options) {
  const auto read = co_await cleanup::read_inventory(cloud, "");
  if (!read) co_return std::unexpected(cannot_ask(read.error()));
  const cleanup::Inventory& inventory = *read;
  if (options.cluster_name.empty()) {
    FW_CO_TRY(options.cluster_name, name_for(options.kubernetes_id, inventory));
    if (options.cluster_name.empty()) {
      std::cout << fmt::format(
          "no load balancer has the mark of cluster {}; of what has no such mark only its name "
          "can tell (--cluster-name)\n",
          options.kubernetes_id);
      co_return 0;
    }
  }
  const cleanup::Owner owner = owner_of(options);
  const cleanup::Belongings found = cleanup::belongings_of(owner, inventory);
  if (const std::string why_not = tell(found, options); !why_not.empty()) {
    std::cerr << "fairway cleanup: " << why_not << "\n";
    co_return 1;
  }
  if (found.empty()) {
    if (!options.dry_run) forget(options.cluster_name);
    co_return 0;
  }
  if (options.dry_run) {
    std::cout << "nothing was changed; with --yes this is done\n";
    co_return 0;
  }
  if (!co_await agreed(cleanup::describe(found).size(), options)) co_return 1;
  FW_CO_TRY(const int code, co_await remove_all(env, cloud, owner, options.patience));
  if (code == 0) forget(options.cluster_name);
  co_return code;
}

Task<Result<int>> log_in_and_run(boost::asio::io_context& context, Env& env, CleanupOptions options) {
  FW_CO_TRY(const auto login, login_of(options));
  FW_CO_TRY(const auto cloud, openstack::make_client(context, env, login));
  co_return co_await run(env, *cloud, std::move(options));
}

}  // namespace

int clean_up(const CleanupOptions& options) {
  return run_command(
      "cleanup", [&](boost::asio::io_context& context, Env& env) { return log_in_and_run(context, env, options); });
}

}  // namespace fairway::app
