// OpenAPI v2 from its JSON form to its protobuf form.
#include <openapi_v2.pb.h>

#include "kube_api/discovery/openapi.h"
#include "kube_api/object/object_access.h"

namespace fairway::kube_api {
namespace {

namespace pb = fairway::openapi_v2;

// JSON is YAML.
template <class Message>
void add_extensions(Message& to, const json::Object& from) {
  for (const auto& member : from) {
    const std::string_view key = member.key();
    if (!key.starts_with("x-")) continue;
    auto& extension = *to.add_vendor_extension();
    extension.set_name(std::string(key));
    extension.mutable_value()->set_yaml(json::write(member.value()) + "\n");
  }
}

void encode_schema(pb::Schema& to, const json::Object& from) {
  to.set_ref(std::string(text_at(from, {"$ref"})));
  to.set_format(std::string(text_at(from, {"format"})));
  if (const auto type = text_at(from, {"type"}); !type.empty()) to.mutable_type()->add_value(std::string(type));
  for (const auto& name : list_at(from, {"required"})) to.add_required(std::string(name.as_string()));
  for (const auto& value : list_at(from, {"enum"})) to.add_enum_()->set_yaml(json::write(value) + "\n");
  if (const auto* items = at(from, {"items"})) encode_schema(*to.mutable_items()->add_schema(), items->as_object());
  if (const auto* values = at(from, {"additionalProperties"}))
    encode_schema(*to.mutable_additional_properties()->mutable_schema(), values->as_object());
  for (const auto& property : map_at(from, {"properties"})) {
    auto& named = *to.mutable_properties()->add_additional_properties();
    named.set_name(std::string(property.key()));
    encode_schema(*named.mutable_value(), property.value().as_object());
  }
  add_extensions(to, from);
}

void encode_operation(pb::Operation& to, const json::Object& from) {
  to.set_operation_id(std::string(text_at(from, {"operationId"})));
  to.mutable_responses();
  for (const auto& parameter : list_at(from, {"parameters"})) {
    auto& query =
        *to.add_parameters()->mutable_parameter()->mutable_non_body_parameter()->mutable_query_parameter_sub_schema();
    query.set_in(std::string(text_in(parameter, "in")));
    query.set_name(std::string(text_in(parameter, "name")));
    query.set_type(std::string(text_in(parameter, "type")));
  }
  add_extensions(to, from);
}

void encode_path(pb::PathItem& to, const json::Object& from) {
  if (const auto* get = at(from, {"get"})) encode_operation(*to.mutable_get(), get->as_object());
  if (const auto* put = at(from, {"put"})) encode_operation(*to.mutable_put(), put->as_object());
  if (const auto* post = at(from, {"post"})) encode_operation(*to.mutable_post(), post->as_object());
  if (const auto* remove = at(from, {"delete"})) encode_operation(*to.mutable_delete_(), remove->as_object());
  if (const auto* patch = at(from, {"patch"})) encode_operation(*to.mutable_patch(), patch->as_object());
}

}  // namespace

std::string encode_openapi_v2(const json::Value& document) {
  const auto& from = document.as_object();
  pb::Document to;
  to.set_swagger("2.0");
  to.mutable_info()->set_title(std::string(text_at(from, {"info", "title"})));
  to.mutable_info()->set_version(std::string(text_at(from, {"info", "version"})));
  for (const auto& path : map_at(from, {"paths"})) {
    auto& named = *to.mutable_paths()->add_path();
    named.set_name(std::string(path.key()));
    encode_path(*named.mutable_value(), path.value().as_object());
  }
  for (const auto& definition : map_at(from, {"definitions"})) {
    auto& named = *to.mutable_definitions()->add_additional_properties();
    named.set_name(std::string(definition.key()));
    encode_schema(*named.mutable_value(), definition.value().as_object());
  }
  return to.SerializeAsString();
}

}  // namespace fairway::kube_api
