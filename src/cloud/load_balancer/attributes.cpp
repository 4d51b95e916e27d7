#include "cloud/load_balancer/attributes.h"

#include "cloud/load_balancer/transitions.h"
#include "json/value.h"

namespace fairway::cloud {

void fill_new(const Decision& decision, LbAttributes& object, std::string_view project_id,
              const json::Object& request) {
  object.id = make_uuid(decision.env.random);
  object.project_id = project_id;
  object.name = text_or(request, "name");
  object.description = text_or(request, "description");
  object.admin_state_up = flag_or(request, "admin_state_up", true);
  object.tags = texts_or_empty(request, "tags");
  object.created_at = stamp(decision.env);
  object.provisioning_status = kPendingCreate;
}

void fill_changed(const Decision& decision, LbAttributes& object, const json::Object& request) {
  if (request.contains("name")) object.name = text_or(request, "name");
  if (request.contains("description")) object.description = text_or(request, "description");
  if (request.contains("tags")) object.tags = texts_or_empty(request, "tags");
  object.admin_state_up = flag_or(request, "admin_state_up", object.admin_state_up);
  object.updated_at = stamp(decision.env);
  object.provisioning_status = kPendingUpdate;
}

}  // namespace fairway::cloud
