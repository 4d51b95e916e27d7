#include "app/role_specs.h"

namespace fairway::app {

std::string read_store_path(config::Section& root) {
  config::Section store = root.section("store");
  std::string path;
  store.require("path", path);
  store.finish();
  return path;
}

const std::vector<RoleSpec>& roles() {
  static const std::vector<RoleSpec> all{cloud_role(), kube_api_role(), gateway_role(), controller_role(),
                                         lab_role()};
  return all;
}

}  // namespace fairway::app
