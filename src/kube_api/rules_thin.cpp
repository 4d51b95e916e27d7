#include "kube_api/object_access.h"
#include "kube_api/object_meta.h"
#include "kube_api/rules.h"
namespace fairway::kube_api {
namespace {
FieldErrors ns_create(const json::Object& o) { return validate_meta(o, false, dns1123_label_errors); }
FieldErrors sub_create(const json::Object& o) { return validate_meta(o, true, dns1123_subdomain_errors); }
void ns_prepare(json::Object& o) { o["status"] = json::Object{{"phase", "Active"}}; child(o, "spec")["finalizers"] = json::Array{"kubernetes"}; }
FieldErrors node_create(const json::Object& o) { return validate_meta(o, false, dns1123_subdomain_errors); }
void pod_prepare(json::Object& o) { o["status"] = json::Object{{"phase", "Pending"}, {"qosClass", "BestEffort"}}; }
void keep_status(json::Object& now, const json::Object& before) { copy_member(now, before, "status"); }
void keep_spec(json::Object& now, const json::Object& before) { copy_member(now, before, "spec"); }
void keep_spec_meta(json::Object& now, const json::Object& before) { copy_member(now, before, "spec"); }
}
Rules namespace_rules() { return {.prepare_create = ns_prepare, .prepare_update = keep_status, .validate_create = ns_create, .prepare_status = keep_spec_meta}; }
Rules node_rules() { return {.prepare_update = keep_status, .validate_create = node_create, .prepare_status = keep_spec}; }
Rules pod_rules() { return {.prepare_create = pod_prepare, .prepare_update = keep_status, .validate_create = sub_create, .prepare_status = keep_spec}; }
Rules endpoints_rules() { return {.validate_create = sub_create}; }
Rules endpoint_slice_rules() { return {.validate_create = sub_create}; }
Rules event_rules() { return {.validate_create = sub_create}; }
Rules new_event_rules() { return event_rules(); }
Rules lease_rules() { return {.validate_create = sub_create}; }
void secret_defaults(json::Object& o) { set_default(o, "type", "Opaque"); }
Rules secret_rules() { return {.set_defaults = secret_defaults, .validate_create = sub_create}; }
Rules config_map_rules() { return {.validate_create = sub_create}; }
Rules service_account_rules() { return {.validate_create = sub_create}; }
}
