// The rules of metadata, which all objects share. Pure.
#pragma once

#include "kube_api/kinds/kinds.h"
#include "kube_api/object/field_errors.h"
#include "kube_api/object/names.h"

namespace fairway::kube_api {

using NameRule = Texts (*)(std::string_view);

// Of a new object: the rules of every kind there is, custom ones included.
[[nodiscard]] FieldErrors validate_any_meta(const json::Object& object, bool namespaced, NameRule rule,
                                            bool judge_generate_name = true);
// The same, and that finalizers are qualified, which the built-in kinds want. `judge_generate_name`: the older kinds also
// judge generateName, with its dash at the end taken as a letter.
[[nodiscard]] FieldErrors validate_meta(const json::Object& object, bool namespaced, NameRule rule,
                                        bool judge_generate_name = true);
// Of a change: what every kind wants, and the same with qualified finalizers. A kind's own rules say what they say of
// metadata again, after the rules of all kinds, so one fault can be listed several times.
[[nodiscard]] FieldErrors validate_any_meta_update(const json::Object& now, const json::Object& before);
[[nodiscard]] FieldErrors validate_meta_update(const json::Object& now, const json::Object& before);

// A name of a finalizer without a domain must be one that the system gives.
[[nodiscard]] bool is_qualified_finalizer(std::string_view name);

// A value that may not change: "field is immutable" otherwise.
void check_immutable(FieldErrors& errors, const std::string& field, const json::Value& now,
                     const json::Value& before);

}  // namespace fairway::kube_api
