#include "kube_api/requests/presentation.h"

#include "kube_api/object/object_access.h"

namespace fairway::kube_api {
namespace {

std::string meta_api_version(const Call& call) { return "meta.k8s.io/" + call.output.meta_version; }

json::Object metadata_only(const Call& call, const json::Object& stored) {
  return {{"kind", "PartialObjectMetadata"},
          {"apiVersion", meta_api_version(call)},
          {"metadata", member_or_null(stored, "metadata")}};
}

json::Array column_definitions(const Kind& kind) {
  json::Array columns;
  for (const auto& column : kind.columns) {
    columns.push_back(json::Object{{"name", column.name},
                                   {"type", column.type},
                                   {"format", column.format},
                                   {"description", ""},
                                   {"priority", column.priority}});
  }
  return columns;
}

json::Object row(const Call& call, const json::Object& stored, WallTime now) {
  const auto& kind = *call.target.kind;
  json::Object row{{"cells", kind.cells(stored, now)}};
  if (kind.storage == "pods") {
    const auto phase = text_at(stored, {"status", "phase"});
    if (phase == "Succeeded" || phase == "Failed") {
      row["conditions"] = json::Array{
          json::Object{{"type", "Completed"},
                       {"status", "True"},
                       {"reason", phase},
                       {"message", phase == "Failed" ? "The pod failed." : "The pod has completed successfully."}}};
    }
  }
  if (call.include_object == "Object") {
    row["object"] = in_own_form(kind, stored);
  } else if (call.include_object != "None") {
    row["object"] = metadata_only(call, stored);
  }
  return row;
}

json::Object table(const Call& call, json::Object metadata, json::Array rows, bool columns) {
  json::Object table{{"kind", "Table"}, {"apiVersion", meta_api_version(call)}, {"metadata", std::move(metadata)}};
  table["columnDefinitions"] = columns ? json::Value(column_definitions(*call.target.kind)) : json::Value(nullptr);
  table["rows"] = std::move(rows);
  return table;
}

json::Object list_metadata(const ListMeta& meta) {
  json::Object metadata{{"resourceVersion", meta.resource_version}};
  if (!meta.continue_token.empty()) metadata["continue"] = meta.continue_token;
  if (meta.remaining > 0) metadata["remainingItemCount"] = meta.remaining;
  return metadata;
}

}  // namespace

json::Object in_own_form(const Kind& kind, const json::Object& stored) {
  json::Object own{{"kind", kind.kind}, {"apiVersion", kind.api_version()}};
  for (const auto& member : stored) {
    if (member.key() != "kind" && member.key() != "apiVersion") own[member.key()] = member.value();
  }
  if (kind.from_stored != nullptr) kind.from_stored(own);
  return own;
}

json::Value present_one(const Call& call, const json::Object& stored, WallTime now) {
  switch (call.output.form) {
    case OutputForm::table: {
      json::Object metadata{{"resourceVersion", text_at(stored, {"metadata", "resourceVersion"})}};
      return table(call, std::move(metadata), {row(call, stored, now)}, true);
    }
    case OutputForm::partial:
    case OutputForm::partial_list:
      return metadata_only(call, stored);
    case OutputForm::plain:
      break;
  }
  return in_own_form(*call.target.kind, stored);
}

namespace {

json::Value present_item(const Call& call, const json::Object& stored, WallTime now) {
  if (call.output.form == OutputForm::table) return row(call, stored, now);
  if (call.output.form != OutputForm::plain) return metadata_only(call, stored);
  // Without kind and version, and in the order of the type: erasing would move members.
  json::Object item;
  for (auto& member : in_own_form(*call.target.kind, stored)) {
    if (member.key() != "kind" && member.key() != "apiVersion") item[member.key()] = std::move(member.value());
  }
  return item;
}

}  // namespace

json::Value present_list(const Call& call, const std::vector<Stored>& items, const ListMeta& meta, WallTime now) {
  const auto& kind = *call.target.kind;
  json::Array all;
  all.reserve(items.size());
  for (const auto& item : items) all.push_back(present_item(call, *item.object, now));
  if (call.output.form == OutputForm::table) return table(call, list_metadata(meta), std::move(all), true);
  const bool partial = call.output.form != OutputForm::plain;
  json::Object list{{"kind", partial ? "PartialObjectMetadataList" : kind.kind + "List"},
                    {"apiVersion", partial ? meta_api_version(call) : kind.api_version()}};
  list["metadata"] = list_metadata(meta);
  list["items"] = std::move(all);
  return list;
}

json::Value present_event(const Call& call, std::string_view type, const json::Object& stored, bool first,
                          WallTime now) {
  json::Value object;
  if (call.output.form == OutputForm::table) {
    json::Object metadata{{"resourceVersion", text_at(stored, {"metadata", "resourceVersion"})}};
    object = table(call, std::move(metadata), {row(call, stored, now)}, first);
  } else {
    object = present_one(call, stored, now);
  }
  return json::Object{{"type", type}, {"object", std::move(object)}};
}

json::Value present_bookmark(const Call& call, const std::string& resource_version, bool initial_events_end) {
  json::Object metadata{{"resourceVersion", resource_version}};
  if (initial_events_end) metadata["annotations"] = json::Object{{"k8s.io/initial-events-end", "true"}};
  const auto& kind = *call.target.kind;
  json::Object object{{"kind", kind.kind}, {"apiVersion", kind.api_version()}, {"metadata", metadata}};
  if (call.output.form == OutputForm::table) {
    json::Object row{{"cells", json::Array{}}, {"object", metadata_only(call, object)}};
    object = table(call, {{"resourceVersion", resource_version}}, {std::move(row)}, false);
  } else if (call.output.form != OutputForm::plain) {
    object = metadata_only(call, object);
  }
  return json::Object{{"type", "BOOKMARK"}, {"object", std::move(object)}};
}

}  // namespace fairway::kube_api
