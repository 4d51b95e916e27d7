#include "controller/annotations.h"

#include "base/strings.h"

namespace fairway::controller {

const std::string* Annotations::find(std::string_view name) {
  asked_.emplace(name);
  const auto found = service_.annotations.find(name);
  return found == service_.annotations.end() ? nullptr : &found->second;
}

std::string Annotations::text(std::string_view key, const std::string& otherwise) {
  const auto* value = find(std::string(kAnnotationPrefix) + std::string(key));
  return value == nullptr ? otherwise : *value;
}

std::string Annotations::text_or(std::string_view key, const std::string& otherwise) {
  auto value = text(key);
  return value.empty() ? otherwise : value;
}

bool Annotations::has(std::string_view key) {
  return find(std::string(kAnnotationPrefix) + std::string(key)) != nullptr;
}

bool Annotations::truth(std::string_view key, bool otherwise) {
  return truth_of(std::string(kAnnotationPrefix) + std::string(key), otherwise);
}

bool Annotations::truth_of(std::string_view name, bool otherwise) {
  const auto* value = find(name);
  if (value == nullptr) return otherwise;
  if (*value == "true") return true;
  if (*value == "false") return false;
  notice("LoadBalancerAnnotationInvalid",
         fmt::format("Annotation {}: \"{}\" is neither true nor false; {} is used", name, *value, otherwise));
  return otherwise;
}

std::int64_t Annotations::number(std::string_view key, std::int64_t otherwise) {
  const auto name = std::string(kAnnotationPrefix) + std::string(key);
  const auto* value = find(name);
  if (value == nullptr) return otherwise;
  if (const auto number = parse_int(*value)) return *number;
  notice("LoadBalancerAnnotationInvalid",
         fmt::format("Annotation {}: \"{}\" is not a number; {} is used", name, *value, otherwise));
  return otherwise;
}

std::vector<Notice> Annotations::finish() {
  for (const auto& [name, value] : service_.annotations) {
    const bool about_load_balancers =
        name.starts_with(kAnnotationPrefix) ||
        (name.starts_with("service.beta.kubernetes.io/") && name.find("load-balancer") != std::string::npos);
    if (!about_load_balancers || asked_.contains(name) || name == kIdAnnotation || name == kAddressAnnotation)
      continue;
    notice("LoadBalancerAnnotationIgnored", fmt::format("Annotation {} is not supported and has no effect", name));
  }
  return std::move(notices_);
}

}  // namespace fairway::controller
