// The files that `fairway up` writes: each role's configuration, and what a person's clients need. Pure texts.
#pragma once

#include <string>

#include "app/instance.h"
#include "app/up_options.h"

namespace fairway::app {

[[nodiscard]] std::string cloud_config(const Instance& instance);
[[nodiscard]] std::string kube_api_config(const Instance& instance);
[[nodiscard]] std::string gateway_config(const Instance& instance);
[[nodiscard]] std::string controller_config(const Instance& instance, const UpOptions& options);
// `images`: what stands in options.images_file.
[[nodiscard]] std::string lab_config(const Instance& instance, const UpOptions& options, const std::string& images);

[[nodiscard]] std::string auth_url(const Instance& instance);

struct Person {
  std::string user, project, password;
};
[[nodiscard]] std::string openrc(const Instance& instance, const Person& person);
[[nodiscard]] std::string clouds_yaml(const Instance& instance, const Person& demo, const Person& admin);

struct ComponentLogin {
  std::string credential_id, credential_secret;
};
// clouds.yaml of one component, with an application credential.
[[nodiscard]] std::string component_clouds_yaml(const Instance& instance, const std::string& component,
                                                const ComponentLogin& login);

// With a bearer token over TLS.
[[nodiscard]] std::string kubeconfig(const Instance& instance, const std::string& ca_pem, const std::string& user,
                                     const std::string& token);

// A word for the shell: in single quotes; or as it is, where a shell reads it as one word anyway.
[[nodiscard]] std::string shell_quoted(std::string_view text);
[[nodiscard]] std::string shell_word(std::string_view text);

}  // namespace fairway::app
