// fairway lab: section `lab`.
#include "app/role_specs.h"
#include "lab/lab.h"

namespace fairway::app {

namespace {

RoleStart configure(config::Section& root) {
  auto config = std::make_shared<lab::LabConfig>(lab::read_lab_config(root.section("lab")));
  return [config](RoleContext role) -> Task<Result<std::unique_ptr<RunningRole>>> {
    FW_CO_TRY(auto lab, co_await lab::Lab::start(role.context, role.env, *config));
    co_return std::make_unique<ComponentRole<lab::Lab>>(std::move(lab));
  };
}

}  // namespace

RoleSpec lab_role() {
  return {"lab", "A cluster in network namespaces: client host, master, minions, pods", configure};
}

}  // namespace fairway::app
