#include "cluster_driver/cloud_calls.h"

#include <fmt/format.h>

#include "base/strings.h"

namespace fairway::cluster_driver {

using openstack::Service;

openstack::Credentials credentials_of(const cluster_link::CredentialWish& wish) {
  openstack::Credentials login;
  login.auth_url = wish.auth_url;
  login.region = wish.region;
  login.application_credential_id = wish.id;
  login.application_credential_secret = wish.secret;
  login.request_timeout = std::chrono::seconds(20);
  return login;
}

Result<> follow_credential(boost::asio::io_context& context, Env& env, const cluster_link::CredentialWish& wish,
                           openstack::Credentials& login, std::unique_ptr<openstack::Client>& cloud) {
  if (cloud && login.application_credential_id == wish.id && login.application_credential_secret == wish.secret &&
      login.auth_url == wish.auth_url)
    return {};
  login = credentials_of(wish);
  FW_TRY(cloud, openstack::make_client(context, env, login));
  return {};
}

Task<Result<std::optional<json::Value>>> find_one(openstack::Client& cloud, Service service, std::string path,
                                                  std::string collection) {
  FW_CO_TRY(const openstack::Answer answer, co_await cloud.send(service, "GET", std::move(path)));
  const json::Array& found = json::array_or_empty(answer.body, collection);
  if (found.empty()) co_return std::optional<json::Value>();
  co_return std::optional<json::Value>(found.front());
}

Task<Result<std::optional<json::Value>>> find_named(openstack::Client& cloud, std::string kind, std::string name) {
  for (const std::string key : {"id", "name"}) {
    if (key == "id" && !is_uuid(name)) continue;
    FW_CO_TRY(auto found,
              co_await find_one(cloud, Service::network,
                                fmt::format("/v2.0/{}s?{}={}", kind, key, percent_encode(name)), kind + "s"));
    if (found) co_return found;
  }
  co_return std::optional<json::Value>();
}

Task<Result<json::Value>> make_one(openstack::Client& cloud, Service service, std::string path, std::string kind,
                                   json::Object object) {
  const std::string name = json::string_or(object, "name");
  json::Object body{{kind, std::move(object)}};
  auto answer = co_await cloud.send(service, "POST", std::move(path), json::Value(std::move(body)));
  if (!answer) co_return std::unexpected(std::move(answer).error().within(fmt::format("make the {} {}", kind, name)));
  const json::Value* made = json::find(answer->body, kind);
  if (made == nullptr)
    co_return fail(Errc::internal, fmt::format("the cloud made the {} {} without saying so", kind, name));
  co_return *made;
}

Task<Result<>> delete_one(openstack::Client& cloud, Service service, std::string path) {
  const auto answer = co_await cloud.send(service, "DELETE", std::move(path));
  if (!answer && answer.error().code != Errc::not_found) co_return std::unexpected(answer.error());
  co_return Result<>{};
}

}  // namespace fairway::cluster_driver
