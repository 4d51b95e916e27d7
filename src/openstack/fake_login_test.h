// A login for tests: testing::FakeOpenStack knows it.
#pragma once

#include "openstack/credentials.h"

namespace fairway::openstack {

inline Credentials fake_login() {
  Credentials to;
  to.auth_url = "http://identity:5000";
  to.application_credential_id = "a";
  to.application_credential_secret = "secret";
  return to;
}

}  // namespace fairway::openstack
