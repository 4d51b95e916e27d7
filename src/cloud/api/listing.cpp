#include "cloud/api/listing.h"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/strings.h"

namespace fairway::cloud {
namespace {

constexpr std::array kReserved{"fields",   "limit", "marker",   "page_reverse", "sort",        "sort_key",
                               "sort_dir", "tags",  "tags-any", "not-tags",     "not-tags-any"};

std::string text_of(const json::Value& value) {
  return value.is_string() ? std::string(value.get_string()) : json::write(value);
}

bool is_true(std::string_view text) {
  const auto lower = to_lower(text);
  return lower == "true" || lower == "1" || lower == "yes" || lower == "on";
}

bool matches(const json::Value& value, std::string_view wanted);

// "ip_address=10.0.0.3" looks into an object; plain text is compared with a list's items, or with the ids of its
// objects.
bool matches_item(const json::Value& item, std::string_view wanted) {
  const auto* object = item.if_object();
  if (object == nullptr) return matches(item, wanted);
  const auto equals = wanted.find('=');
  const auto key = equals == std::string_view::npos ? std::string_view("id") : wanted.substr(0, equals);
  const auto* value = object->if_contains(key);
  return value != nullptr && matches(*value, equals == std::string_view::npos ? wanted : wanted.substr(equals + 1));
}

bool matches(const json::Value& value, std::string_view wanted) {
  if (value.is_bool()) return value.get_bool() == is_true(wanted);
  if (value.is_null()) return wanted.empty() || to_lower(wanted) == "none" || to_lower(wanted) == "null";
  if (const auto* array = value.if_array()) {
    return std::ranges::any_of(*array, [&](const auto& item) { return matches_item(item, wanted); });
  }
  if (value.is_object()) return matches_item(value, wanted);
  return text_of(value) == wanted;
}

const json::Value* attribute(const ListItem& item, std::string_view name) {
  const auto* shown = item.shown.if_contains(name);
  return shown != nullptr ? shown : item.hidden.if_contains(name);
}

// Values of a key that may be repeated or hold a comma list.
std::vector<std::string> list_of(const http::Request& request, std::string_view key) {
  std::vector<std::string> items;
  for (const auto value : request.query.all(key)) {
    for (const auto part : split(value, ',')) {
      if (!part.empty()) items.emplace_back(part);
    }
  }
  return items;
}

// ---- filters

Result<> check_filters(const http::Request& request, const ListRules& rules) {
  std::set<std::string> seen;
  std::vector<std::string> unknown;
  bool twice = false;
  for (const auto& [key, value] : request.query) {
    if (std::ranges::find(kReserved, key) != kReserved.end()) continue;
    if (std::ranges::find(rules.attributes, key) == rules.attributes.end()) unknown.push_back(key);
    twice |= !seen.insert(key).second;
  }
  if (rules.api == Api::octavia && (twice || !unknown.empty())) {
    return fail(Errc::invalid, "One or more arguments are either duplicate or invalid");
  }
  if (rules.api == Api::neutron && !unknown.empty()) {
    return fault(Errc::invalid, "HTTPBadRequest",
                 fmt::format("['{}'] is invalid attribute for filtering", fmt::join(unknown, "', '")));
  }
  return {};
}

bool passes_filters(const http::Request& request, const ListRules& rules, const ListItem& item) {
  for (const auto name : rules.attributes) {
    auto wanted = request.query.all(name);
    // Neutron takes an empty value as no filter at all.
    if (rules.api == Api::neutron) std::erase_if(wanted, [](const auto& value) { return value.empty(); });
    if (wanted.empty()) continue;
    const auto* value = attribute(item, name);
    if (value == nullptr) return false;
    if (std::ranges::none_of(wanted, [&](const auto& one) { return matches(*value, one); })) return false;
  }
  return true;
}

bool passes_tags(const http::Request& request, const ListItem& item) {
  std::set<std::string> tags;
  if (const auto* list = item.shown.if_contains("tags"); list != nullptr && list->is_array()) {
    for (const auto& tag : list->get_array()) tags.insert(text_of(tag));
  }
  const auto has = [&](const std::string& tag) { return tags.contains(tag); };
  const auto all = list_of(request, "tags"), any = list_of(request, "tags-any");
  const auto not_all = list_of(request, "not-tags"), not_any = list_of(request, "not-tags-any");
  return std::ranges::all_of(all, has) && (any.empty() || std::ranges::any_of(any, has)) &&
         (not_all.empty() || !std::ranges::all_of(not_all, has)) && std::ranges::none_of(not_any, has);
}

// ---- order

struct SortKey {
  std::string name;
  bool descending = false;
};

std::unexpected<Error> bad_direction(Api api, const std::string& direction) {
  if (api == Api::octavia)
    return fault(Errc::invalid, kBeforeDispatch,
                 fmt::format("Supplied sort direction '{}' is not valid.", direction));
  return fault(Errc::invalid, "HTTPBadRequest",
               fmt::format("['{}'] is invalid value for sort_dirs, valid value is 'asc' and 'desc'", direction));
}

std::unexpected<Error> bad_key(Api api, const std::string& key) {
  if (api == Api::octavia) return fail(Errc::invalid, fmt::format("Supplied sort key '{}' is not valid.", key));
  return fault(Errc::invalid, "HTTPBadRequest", fmt::format("['{}'] is invalid attribute for sort_keys", key));
}

// sort=a:desc,b in one text, or sort_key and sort_dir side by side.
Result<std::vector<std::pair<std::string, std::string>>> requested_sorts(const http::Request& request, Api api) {
  std::vector<std::pair<std::string, std::string>> sorts;
  for (const auto& item : list_of(request, "sort")) {
    const auto colon = item.find(':');
    sorts.emplace_back(item.substr(0, colon), colon == std::string::npos ? "asc" : item.substr(colon + 1));
  }
  const auto keys = list_of(request, "sort_key"), directions = list_of(request, "sort_dir");
  if (api == Api::neutron && keys.size() != directions.size()) {
    return fault(Errc::invalid, "HTTPBadRequest", "The number of sort_keys and sort_dirs must be same");
  }
  for (std::size_t i = 0; i < keys.size(); ++i)
    sorts.emplace_back(keys[i], i < directions.size() ? directions[i] : "asc");
  return sorts;
}

Result<std::vector<SortKey>> sort_keys(const http::Request& request, const ListRules& rules) {
  std::vector<SortKey> keys;
  FW_TRY(const auto requested, requested_sorts(request, rules.api));
  for (const auto& [name, direction] : requested) {
    if (direction != "asc" && direction != "desc") return bad_direction(rules.api, direction);
    if (std::ranges::find(rules.attributes, name) == rules.attributes.end()) return bad_key(rules.api, name);
    keys.push_back({name, direction == "desc"});
  }
  if (!rules.default_sort.empty()) keys.push_back({std::string(rules.default_sort)});
  if (!keys.empty()) keys.push_back({"id"});
  return keys;
}

int compare_values(const json::Value* left, const json::Value* right) {
  const bool no_left = left == nullptr || left->is_null(), no_right = right == nullptr || right->is_null();
  if (no_left || no_right) return static_cast<int>(no_right) - static_cast<int>(no_left);
  if (left->is_number() && right->is_number()) {
    const auto a = left->to_number<double>(), b = right->to_number<double>();
    return a < b ? -1 : static_cast<int>(a > b);
  }
  return text_of(*left).compare(text_of(*right));
}

void sort_items(std::vector<ListItem>& items, const std::vector<SortKey>& keys) {
  if (keys.empty()) return;
  std::ranges::sort(items, [&](const ListItem& left, const ListItem& right) {
    for (const auto& key : keys) {
      const int order = compare_values(attribute(left, key.name), attribute(right, key.name));
      if (order != 0) return key.descending ? order > 0 : order < 0;
    }
    return false;
  });
}

// ---- pages

struct Paging {
  std::size_t limit = 0;  // 0: all
  std::string marker;
  bool reverse = false;
};

Result<std::size_t> requested_limit(const http::Request& request, Api api) {
  const auto text = request.query.find("limit");
  if (!text || text->empty()) return 0;
  const auto number = parse_int(*text);
  if (number && *number >= 0) return static_cast<std::size_t>(*number);
  if (api == Api::octavia && (number || *text == "infinite")) return 0;
  if (api == Api::octavia) {
    return fault(Errc::invalid, kBeforeDispatch, fmt::format("Supplied pagination limit '{}' is not valid.", *text));
  }
  return fault(Errc::invalid, "BadRequest",
               fmt::format("Bad limit request: Limit must be an integer 0 or greater and not '{}'.", *text));
}

Result<Paging> paging_of(const http::Request& request, const ListRules& rules) {
  Paging paging;
  FW_TRY(paging.limit, requested_limit(request, rules.api));
  if (rules.max_limit != 0 && (paging.limit == 0 || paging.limit > rules.max_limit)) paging.limit = rules.max_limit;
  // Neutron takes no notice of a marker without a limit.
  if (rules.api == Api::octavia || paging.limit != 0) paging.marker = request.query.find("marker").value_or("");
  paging.reverse = is_true(request.query.find("page_reverse").value_or(""));
  return paging;
}

Result<> cut_page(std::vector<ListItem>& items, const Paging& paging, Api api) {
  if (paging.reverse) std::ranges::reverse(items);
  if (!paging.marker.empty()) {
    const auto is_marker = [&](const ListItem& item) {
      const auto* id = item.shown.if_contains("id");
      return id != nullptr && id->is_string() && id->get_string() == paging.marker;
    };
    const auto at = std::ranges::find_if(items, is_marker);
    if (at == items.end()) {
      if (api == Api::octavia)
        return fail(Errc::invalid, fmt::format("Supplied pagination marker '{}' is not valid.", paging.marker));
      return fault(Errc::not_found, "NotFound", fmt::format("The marker {} could not be found", paging.marker));
    }
    items.erase(items.begin(), std::next(at));
  }
  if (paging.limit != 0 && items.size() > paging.limit) items.resize(paging.limit);
  if (paging.reverse) std::ranges::reverse(items);
  return {};
}

std::string link(const http::Request& request, std::string_view self, std::string_view marker, bool reverse) {
  std::string href(self);
  char separator = '?';
  const auto append = [&](std::string_view key, std::string_view value) {
    href += fmt::format("{}{}={}", std::exchange(separator, '&'), key, percent_encode(value));
  };
  for (const auto& [key, value] : request.query) {
    if (key != "marker" && key != "page_reverse") append(key, value);
  }
  append("marker", marker);
  if (reverse) append("page_reverse", "True");
  return href;
}

json::Array links_of(const http::Request& request, const std::vector<ListItem>& page, const Paging& paging, Api api,
                     std::string_view self) {
  json::Array links;
  // Octavia's own limit cuts too, and says where to go on.
  const bool asked = request.query.find("limit").has_value() || api == Api::octavia;
  const bool limited = asked && paging.limit != 0;
  if (!limited || page.empty()) return links;
  const bool full = page.size() >= paging.limit;
  const auto id_of = [](const ListItem& item) { return text_of(*item.shown.if_contains("id")); };
  const bool next = api == Api::octavia ? full : full || paging.reverse;
  const bool previous = api == Api::octavia ? !paging.marker.empty() : full || !paging.reverse;
  if (next) links.push_back(json::Object{{"rel", "next"}, {"href", link(request, self, id_of(page.back()), false)}});
  if (previous)
    links.push_back(json::Object{{"rel", "previous"}, {"href", link(request, self, id_of(page.front()), true)}});
  return links;
}

void add_links(json::Object& answer, const http::Request& request, const ListRules& rules, json::Array links,
               std::string_view self) {
  if (rules.api == Api::keystone) {
    answer.emplace("links", json::Object{{"next", nullptr}, {"self", self}, {"previous", nullptr}});
    return;
  }
  if (links.empty() && rules.api == Api::neutron && !request.query.find("limit")) return;
  const auto name = rules.links.empty() ? fmt::format("{}_links", rules.collection) : std::string(rules.links);
  answer.emplace(name, std::move(links));
}

}  // namespace

Result<json::Object> list_page(const http::Request& request, const ListRules& rules, std::vector<ListItem> items,
                               std::string_view self) {
  FW_TRY_DO(check_filters(request, rules));
  FW_TRY(const auto keys, sort_keys(request, rules));
  FW_TRY(const auto paging, paging_of(request, rules));
  std::erase_if(items, [&](const ListItem& item) {
    return !passes_filters(request, rules, item) || !passes_tags(request, item);
  });
  sort_items(items, keys);
  FW_TRY_DO(cut_page(items, paging, rules.api));
  auto links = links_of(request, items, paging, rules.api, self);
  json::Array shown;
  shown.reserve(items.size());
  for (auto& item : items) shown.push_back(select_fields(request, std::move(item.shown)));
  json::Object answer;
  answer.emplace(rules.collection, std::move(shown));
  add_links(answer, request, rules, std::move(links), self);
  return answer;
}

json::Object select_fields(const http::Request& request, json::Object object) {
  const auto fields = list_of(request, "fields");
  if (fields.empty()) return object;
  json::Object selected;
  for (auto& item : object) {
    if (std::ranges::find(fields, std::string_view(item.key())) != fields.end())
      selected.emplace(item.key(), std::move(item.value()));
  }
  return selected;
}

}  // namespace fairway::cloud
