#include "kube_api/requests/call.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/strings.h"

namespace fairway::kube_api {
namespace {

bool contains(const std::vector<std::string>& list, std::string_view item) {
  return std::ranges::find(list, item) != list.end();
}

bool has_subresource(const Kind& kind, std::string_view name) {
  return (name == "status" && kind.has_status) || contains(kind.subresources, name);
}

// "application/json;as=Table;v=v1;g=meta.k8s.io" without its parameters, and one of them.
std::string_view media_type(std::string_view range) { return trim(range.substr(0, range.find(';'))); }
std::string_view parameter(std::string_view range, std::string_view name) {
  for (const auto part : split(range, ';')) {
    const auto equals = part.find('=');
    if (equals != std::string_view::npos && trim(part.substr(0, equals)) == name)
      return trim(part.substr(equals + 1));
  }
  return {};
}

std::optional<Output> form_of(std::string_view range, bool is_list) {
  const auto type = media_type(range);
  if (type != "application/json" && type != "*/*" && type != "application/*") return std::nullopt;
  Output output;
  const auto as = parameter(range, "as");
  if (as.empty()) return output;
  const auto version = parameter(range, "v");
  if (parameter(range, "g") != "meta.k8s.io" || (version != "v1" && version != "v1beta1")) return std::nullopt;
  output.meta_version = version;
  if (as == "Table") {
    output.form = OutputForm::table;
  } else if (as == "PartialObjectMetadata" && !is_list) {
    output.form = OutputForm::partial;
  } else if (as == "PartialObjectMetadataList" && is_list) {
    output.form = OutputForm::partial_list;
  } else {
    return std::nullopt;
  }
  return output;
}

bool is_true(const http::Query& query, std::string_view key) {
  const auto value = query.find(key);
  return value && (*value == "true" || *value == "1");
}

// Why a text is no duration as Go reads it (5s, 1h30m, 1.5ms); nothing when it is one.
std::string go_duration_error(std::string_view text) {
  const auto error = [&](std::string_view why) { return fmt::format("time: {} {}", why, in_quotes(text)); };
  constexpr std::string_view kInvalid = "invalid duration", kDigits = "0123456789";
  auto rest = text;
  if (rest.starts_with('-') || rest.starts_with('+')) rest.remove_prefix(1);
  if (rest == "0") return "";
  if (rest.empty()) return error(kInvalid);
  while (!rest.empty()) {
    const auto number = rest.substr(0, rest.find_first_not_of("0123456789."));
    if (number.find_first_of(kDigits) == std::string_view::npos || std::ranges::count(number, '.') > 1)
      return error(kInvalid);
    rest.remove_prefix(number.size());
    const auto unit = rest.substr(0, rest.find_first_of("0123456789."));
    if (unit.empty()) return error("missing unit in duration");
    constexpr std::array<std::string_view, 8> kUnits{"ns", "us", "µs", "μs", "ms", "s", "m", "h"};
    if (std::ranges::find(kUnits, unit) == kUnits.end())
      return error(fmt::format("unknown unit {} in duration", in_quotes(unit)));
    rest.remove_prefix(unit.size());
  }
  return "";
}

ApiResult<> read_number(const http::Query& query, std::string_view key, std::optional<std::int64_t>& to) {
  const auto text = query.find(key);
  if (!text || text->empty()) return {};
  to = parse_int(*text);
  if (!to) return refuse(bad_request(fmt::format("strconv.ParseInt: parsing {}: invalid syntax", in_quotes(*text))));
  return {};
}

ApiResult<Verb> verb_of(const http::Request& request, const Target& target) {
  const bool collection = target.name.empty();
  const auto& method = request.method;
  if (method == "GET" || method == "HEAD") {
    if (is_true(request.query, "watch")) return Verb::watch;
    return collection ? Verb::list : Verb::get;
  }
  if (method == "POST" && (collection || target.subresource == "binding" || target.subresource == "eviction"))
    return Verb::create;
  if (method == "PUT" && !collection) return Verb::update;
  if (method == "PATCH" && !collection) return Verb::patch;
  if (method == "DELETE") {
    if (collection && (target.kind->storage == "namespaces" || target.kind->storage == "services")) {
      // As the real server: namespaces cannot be deleted together; services can.
      if (target.kind->storage == "namespaces") return refuse(method_not_allowed(""));
    }
    return collection ? Verb::remove_collection : Verb::remove;
  }
  return refuse(method_not_allowed(""));
}

void check_field_manager(FieldErrors& errors, std::string_view manager) {
  constexpr std::size_t kMaxBytes = 128;
  constexpr char kSpace = 0x20, kDelete = 0x7f;
  if (manager.size() > kMaxBytes) errors.too_long("fieldManager", kMaxBytes);
  for (std::size_t i = 0; i < manager.size(); ++i) {
    const auto c = static_cast<unsigned char>(manager[i]);
    if (c < kSpace || c == kDelete)
      errors.invalid("fieldManager", json::Value(manager),
                     fmt::format("invalid character U+{:04X} (at position {})", c, i));
  }
}

// What a change may say besides its body. That of a delete stands in the body, if there is one.
ApiResult<> read_write_options(const http::Request& request, Call& call) {
  const bool creates = call.verb == Verb::create, patches = call.verb == Verb::patch;
  const bool removes = call.verb == Verb::remove || call.verb == Verb::remove_collection;
  if (!creates && !patches && call.verb != Verb::update && (!removes || !request.body.empty())) return {};
  const auto& query = request.query;
  FieldErrors errors;
  // That of an apply patch may; such a patch is refused later, in its own words.
  const bool applies = request.headers.find("Content-Type").value_or("").starts_with("application/apply-patch");
  if (patches && !applies && query.find("force"))
    errors.forbidden("force", "may not be specified for non-apply patch");
  if (!removes) check_field_manager(errors, query.find("fieldManager").value_or(""));
  const auto dry = query.all("dryRun");
  call.dry_run = !dry.empty();
  if (std::ranges::any_of(dry, [](const auto& value) { return value != "All"; })) {
    json::Array given;
    for (const auto& value : dry) given.push_back(json::Value(value));
    errors.not_supported("dryRun", given, {"All"});
  }
  const auto validation = query.find("fieldValidation").value_or("");
  if (validation == "Strict") call.field_validation = FieldValidation::strict;
  if (validation == "Ignore") call.field_validation = FieldValidation::ignore;
  if (!removes && !validation.empty() && validation != "Strict" && validation != "Ignore" && validation != "Warn")
    errors.not_supported("fieldValidation", json::Value(validation), {"", "Ignore", "Strict", "Warn"});
  if (errors.empty()) return {};
  const std::string kind = creates   ? "CreateOptions"
                           : patches ? "PatchOptions"
                           : removes ? "DeleteOptions"
                                     : "UpdateOptions";
  return refuse(invalid({"meta.k8s.io", "", kind}, "", errors));
}

ApiResult<> read_options(const http::Request& request, Call& call) {
  const auto& query = request.query;
  if (const auto timeout = query.find("timeout"); timeout && !timeout->empty() && call.verb != Verb::watch) {
    if (const auto wrong = go_duration_error(*timeout); !wrong.empty())
      return refuse(bad_request("invalid timeout specified in the request URL - " + wrong));
  }
  if (auto read = read_write_options(request, call); !read) return read;
  call.resource_version = query.find("resourceVersion").value_or("");
  call.resource_version_match = query.find("resourceVersionMatch").value_or("");
  call.continue_token = query.find("continue").value_or("");
  call.propagation = query.find("propagationPolicy").value_or("");
  call.bookmarks = is_true(query, "allowWatchBookmarks");
  call.send_initial_events = is_true(query, "sendInitialEvents");
  call.include_object = query.find("includeObject").value_or("Metadata");
  std::optional<std::int64_t> limit;
  if (auto read = read_number(query, "limit", limit); !read) return read;
  call.limit = limit.value_or(0);
  if (auto read = read_number(query, "timeoutSeconds", call.timeout_seconds); !read) return read;
  return read_number(query, "gracePeriodSeconds", call.grace_period);
}

ApiResult<> read_selectors(const http::Request& request, Call& call) {
  auto labels = LabelSelector::parse(request.query.find("labelSelector").value_or(""));
  if (!labels) return refuse(bad_request(labels.error().what));
  auto fields = FieldSelector::parse(request.query.find("fieldSelector").value_or(""));
  if (!fields) return refuse(bad_request(fields.error().what));
  if (auto known = fields->check(*call.target.kind); !known) return known;
  call.labels = *std::move(labels);
  call.fields = *std::move(fields);
  if (call.verb == Verb::watch && !call.target.name.empty()) call.fields.require("metadata.name", call.target.name);
  return {};
}

}  // namespace

std::optional<Target> find_target(std::string_view path) {
  std::vector<std::string> parts;
  for (const auto part : split(path, '/')) {
    if (!part.empty()) parts.push_back(percent_decode(part));
  }
  std::string group, version;
  std::size_t at = 0;
  if (parts.size() > 2 && parts[0] == "api") {
    version = parts[1];
    at = 2;
  } else if (parts.size() > 3 && parts[0] == "apis") {
    group = parts[1];
    version = parts[2];
    at = 3;
  } else {
    return std::nullopt;
  }
  Target target;
  const auto left = parts.size() - at;
  const bool of_namespace =
      left >= 3 && parts[at] == "namespaces" && parts[at + 2] != "status" && parts[at + 2] != "finalize";
  if (of_namespace) {
    target.ns = parts[at + 1];
    at += 2;
  }
  target.kind = find_kind(group, version, parts[at]);
  if (target.kind == nullptr || parts.size() - at > 3) return std::nullopt;
  if (parts.size() - at > 1) target.name = parts[at + 1];
  if (parts.size() - at > 2) target.subresource = parts[at + 2];
  if (target.kind->namespaced && !of_namespace && !target.name.empty()) return std::nullopt;
  if (!target.kind->namespaced && of_namespace) return std::nullopt;
  if (!target.subresource.empty() && !has_subresource(*target.kind, target.subresource)) return std::nullopt;
  return target;
}

ApiResult<Output> negotiate(const http::Request& request, bool is_list) {
  const auto accept = request.headers.find("Accept").value_or("");
  std::optional<Output> output;
  if (trim(accept).empty()) output = Output{};
  for (const auto range : split(accept, ',')) {
    if (!output) output = form_of(trim(range), is_list);
  }
  if (!output) {
    return refuse(
        not_acceptable("only the following media types are accepted: application/json, "
                       "application/json;as=Table;v=v1;g=meta.k8s.io, "
                       "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"));
  }
  const auto agent = request.headers.find("User-Agent").value_or("");
  const auto pretty = request.query.find("pretty");
  output->pretty =
      pretty ? (*pretty != "false" && *pretty != "0") : agent.starts_with("curl") || agent.starts_with("Wget");
  return *output;
}

ApiResult<Call> understand(const http::Request& request, Target target) {
  Call call;
  call.target = std::move(target);
  auto verb = verb_of(request, call.target);
  if (!verb) return refuse(verb.error());
  call.verb = *verb;
  const auto& kind = *call.target.kind;
  if (kind.namespaced && call.target.ns.empty() && call.verb != Verb::list && call.verb != Verb::watch) {
    return refuse(method_not_allowed(""));
  }
  auto output = negotiate(request, call.verb == Verb::list || call.verb == Verb::remove_collection);
  if (!output) return refuse(output.error());
  call.output = *output;
  if (auto read = read_options(request, call); !read) return refuse(read.error());
  if (auto read = read_selectors(request, call); !read) return refuse(read.error());
  return call;
}

}  // namespace fairway::kube_api
