// fairway gateway: section `gateway`.
#include "app/privileges.h"
#include "app/role_specs.h"
#include "gateway/gateway.h"

namespace fairway::app {

namespace {

class GatewayRole final : public RunningRole {
 public:
  GatewayRole(std::unique_ptr<dataplane::Engine> engine, std::unique_ptr<gateway::Gateway> gateway)
      : engine_(std::move(engine)), gateway_(std::move(gateway)) {}
  Task<> stop(Duration) override { co_await gateway_->stop(); }
  [[nodiscard]] Result<> ready() const {
    if (gateway_->connected()) return {};
    return fail(Errc::unavailable, "not connected to the cloud; serving what it last told");
  }

 private:
  std::unique_ptr<dataplane::Engine> engine_;
  std::unique_ptr<gateway::Gateway> gateway_;
};

RoleStart configure(config::Section& root) {
  auto config = std::make_shared<const gateway::GatewayConfig>(gateway::read_gateway_config(root.section("gateway")));
  return [config](RoleContext role) -> Task<Result<std::unique_ptr<RunningRole>>> {
    FW_CO_TRY_DO(may_change_machine());
    auto engine = gateway::make_engine(role.env, config->engine);
    FW_CO_TRY(auto gateway, gateway::Gateway::start(role.context, role.env, *engine, *config));
    auto running = std::make_unique<GatewayRole>(std::move(engine), std::move(gateway));
    role.readiness.watch("cloud", [running = running.get()] { return running->ready(); });
    co_return std::unique_ptr<RunningRole>(std::move(running));
  };
}

constexpr std::string_view kExample = R"(  gateway:
    prefix: fwprod                              # begins the name of whatever it makes on this machine
    cloud_address: unix:/run/fairway/gateway.sock
    state_directory: /var/lib/fairway/gateway
)";

}  // namespace

RoleSpec gateway_role() {
  return {"gateway", "Makes packets flow: routers, floating IPs and load balancers on this machine", kExample,
          configure};
}

}  // namespace fairway::app
