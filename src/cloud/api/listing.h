// List queries of the OpenStack APIs, over objects as the API shows them: filters, sorting, pages, fields, tags.
//
//   filters      any attribute, repeatable (one of the values); "fixed_ips=ip_address=10.0.0.3" looks into lists of
//   objects sort         sort=name:asc,created_at:desc, or sort_key= and sort_dir= (repeated or comma lists) pages
//   limit= and marker= (an id); page_reverse=True fields       fields=id&fields=name tags         tags, tags-any,
//   not-tags, not-tags-any: comma lists or repeated
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cloud/api/fault.h"
#include "http/message.h"
#include "json/value.h"

namespace fairway::cloud {

struct ListItem {
  json::Object shown;
  json::Object hidden = {};  // more attributes to filter by that are not in the answer (pools?loadbalancer_id=)
};

struct ListRules {
  Api api = Api::neutron;
  std::string_view collection;               // "loadbalancers"
  std::string_view links = {};               // "flavorprofile_links"; default <collection>_links
  std::vector<std::string_view> attributes;  // that may be filtered and sorted by; others: per API refused or ignored
  std::string_view default_sort = {};        // "created_at" (Octavia); default the order given
  std::size_t max_limit = 0;                 // 0: none
};

// {"<collection>":[…], "<collection>_links":[…]}. Octavia always shows the links, Neutron when there is a page before
// or after. `self` is the collection's URL, for the links. Errors in the API's own words.
[[nodiscard]] Result<json::Object> list_page(const http::Request& request, const ListRules& rules,
                                             std::vector<ListItem> items, std::string_view self);

// fields= on a single object.
[[nodiscard]] json::Object select_fields(const http::Request& request, json::Object object);

}  // namespace fairway::cloud
