// What all parts of the driver ask of the cloud's APIs, in the words of an object's kind.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cluster_link/messages.h"
#include "json/value.h"
#include "openstack/client.h"

namespace fairway::cluster_driver {

[[nodiscard]] openstack::Credentials credentials_of(const cluster_link::CredentialWish& wish);

// Logs in anew where the wish's credential is another than `login`, or there is no client yet. Errors: make_client()'s.
[[nodiscard]] Result<> follow_credential(boost::asio::io_context& context, Env& env,
                                         const cluster_link::CredentialWish& wish, openstack::Credentials& login,
                                         std::unique_ptr<openstack::Client>& cloud);

// The first object of a collection that the query finds: find_one(cloud, Service::network, "/v2.0/networks?name=x",
// "networks").
Task<Result<std::optional<json::Value>>> find_one(openstack::Client& cloud, openstack::Service service,
                                                  std::string path, std::string collection);
// The object of Neutron whose id or name this is ("network", "subnet", "router").
Task<Result<std::optional<json::Value>>> find_named(openstack::Client& cloud, std::string kind, std::string name);
// {"network": {…}} to the collection; the made object.
Task<Result<json::Value>> make_one(openstack::Client& cloud, openstack::Service service, std::string path,
                                   std::string kind, json::Object object);
// One that is gone is no error.
Task<Result<>> delete_one(openstack::Client& cloud, openstack::Service service, std::string path);

}  // namespace fairway::cluster_driver
