#include "app/role_specs.h"

namespace fairway::app {

const std::vector<RoleSpec>& roles() {
  static const std::vector<RoleSpec> all{cloud_role(), kube_api_role(), gateway_role(), controller_role(),
                                         lab_role()};
  return all;
}

}  // namespace fairway::app
