// The rules of metadata, which all objects share. Pure.
#pragma once

#include "kube_api/kinds/kinds.h"
#include "kube_api/object/field_errors.h"
#include "kube_api/object/names.h"

namespace fairway::kube_api {

using NameRule = Texts (*)(std::string_view);

// `masked`: the older kinds also judge generateName, with its dash at the end taken as a letter.
[[nodiscard]] FieldErrors validate_meta(const json::Object& object, bool namespaced, NameRule rule,
                                        bool judge_generate_name = true);
[[nodiscard]] FieldErrors validate_meta_update(const json::Object& now, const json::Object& before);

// A value that may not change: "field is immutable" otherwise.
void check_immutable(FieldErrors& errors, const std::string& field, const json::Value& now,
                     const json::Value& before);

}  // namespace fairway::kube_api
