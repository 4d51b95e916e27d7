// Who we are to Keystone, and where it is. Filled from cloud.conf, clouds.yaml or OS_* (see the readers beside this).
// Not printable on purpose.
#pragma once

#include <chrono>
#include <string>

namespace fairway::openstack {

struct Credentials {
  std::string auth_url;
  std::string region;
  std::string interface = "public";
  // Either an application credential …
  std::string application_credential_id, application_credential_name, application_credential_secret;
  // … or a user, and what to scope to.
  std::string username, user_id, password, user_domain_id, user_domain_name;
  std::string project_id, project_name, project_domain_id, project_domain_name;
  std::string trust_id, token;
  std::string ca_file, certificate_file, key_file;
  bool insecure = false;
  std::chrono::milliseconds request_timeout{60'000};
};

}  // namespace fairway::openstack
