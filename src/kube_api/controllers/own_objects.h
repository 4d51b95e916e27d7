// How the controllers write: by the same rules as everybody, as themselves, and without an error when somebody was
// faster.
#pragma once

#include <string>
#include <vector>

#include "kube_api/controllers/agenda.h"
#include "kube_api/kinds/kinds.h"
#include "kube_api/state/api.h"

namespace fairway::kube_api {

// Creates; what is there already is left alone. The error of anything else is logged with `who`.
Task<bool> ensure_object(Api& api, std::string_view who, const Kind& kind, json::Object object);
// Makes the members (but metadata, of which labels and annotations) of the present object those of `wanted`; creates
// it where there is none. Writes nothing when nothing differs.
Task<> put_object(Api& api, std::string_view who, const Kind& kind, ObjectRef ref, json::Object wanted);
// Puts the object in the place of the version that it was planned from (its resourceVersion). False: somebody was
// faster, and what they wrote is to be planned for anew, or it could not be written, which is logged.
Task<bool> replace_planned(Api& api, std::string_view who, const Kind& kind, json::Object object, bool status_only);
Task<> remove_object(Api& api, std::string_view who, const Kind& kind, ObjectRef ref);

struct EventText {
  std::string type, reason, message, component, action;
};
// An Event about an object; the same one again counts up.
Task<> record_event(Api& api, ObjectPtr about, std::string_view kind, EventText text);

// Namespace and name.
[[nodiscard]] Agenda::Key key_of(const json::Object& object);
// The refusal says that nothing new is taken where everything ends.
[[nodiscard]] bool namespace_ends(const ApiError& error);

// Until something changes, or is due.
Task<> wait_for(Api& api, const Agenda& agenda);

// Walks the history for a controller: which objects were touched since last time.
class ChangeCursor {
 public:
  explicit ChangeCursor(const Objects& objects) : objects_(objects) {}
  // Empty with `all` true: the first time, or when the history no longer reaches back.
  struct Seen {
    bool all = false;
    std::vector<ObjectChange> changes;
  };
  [[nodiscard]] Seen next();

 private:
  const Objects& objects_;
  store::Revision at_ = 0;
  bool started_ = false;
};

}  // namespace fairway::kube_api
