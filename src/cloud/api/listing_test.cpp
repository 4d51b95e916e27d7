#include "cloud/api/listing.h"

#include <gtest/gtest.h>

#include "base/strings.h"

namespace fairway::cloud {
namespace {

http::Request query(std::string_view text) {
  http::Request request;
  request.target = "/things?" + std::string(text);
  request.path = "/things";
  request.query = http::Query::parse(text);
  return request;
}

std::vector<ListItem> items() {
  std::vector<ListItem> list;
  for (
      const auto* text :
      {R"({"id":"1","name":"b","up":true,"n":10,"tags":["x","y"],"ips":[{"subnet_id":"s1","ip":"10.0.0.1"}],"none":null})",
       R"({"id":"2","name":"a","up":false,"n":9,"tags":["x"],"ips":[{"subnet_id":"s2","ip":"10.0.0.2"}],"none":null})",
       R"({"id":"3","name":"b","up":true,"n":1,"tags":[],"ips":[],"none":"some"})"}) {
    list.push_back({json::parse(text)->get_object()});
  }
  list[2].hidden = {{"owner", "me"}};
  return list;
}

ListRules rules(Api api) {
  return {.api = api,
          .collection = "things",
          .attributes = {"id", "name", "up", "n", "ips", "none", "owner", "created_at"}};
}

std::string ids(Api api, std::string_view text) {
  const auto page = list_page(query(text), rules(api), items(), "http://h/things");
  if (!page) return page.error().what;
  std::vector<std::string> found;
  for (const auto& item : page->at("things").as_array()) found.push_back(json::string_or(item, "id"));
  return join(found, ",");
}

TEST(Listing, Filters) {
  struct Case {
    const char* query;
    const char* ids;
  };
  for (const auto& c : std::vector<Case>{{"", "1,2,3"},
                                         {"name=b", "1,3"},
                                         {"name=b&up=true", "1,3"},
                                         {"up=False", "2"},
                                         {"n=9", "2"},
                                         {"id=1&id=3", "1,3"},
                                         {"name=", "1,2,3"},
                                         {"ips=ip=10.0.0.2", "2"},
                                         {"ips=subnet_id=s1", "1"},
                                         {"owner=me", "3"},
                                         {"none=some", "3"},
                                         {"tags=x", "1,2"},
                                         {"tags=x,y", "1"},
                                         {"tags-any=y,z", "1"},
                                         {"not-tags=x,y", "2,3"},
                                         {"not-tags-any=x", "3"},
                                         {"fields=id&fields=name", "1,2,3"}}) {
    EXPECT_EQ(ids(Api::neutron, c.query), c.ids) << c.query;
  }
}

TEST(Listing, SortsAndPages) {
  struct Case {
    const char* query;
    const char* ids;
  };
  for (const auto& c : std::vector<Case>{{"sort=name:asc", "2,1,3"},
                                         {"sort=name:desc", "1,3,2"},
                                         {"sort=n", "3,2,1"},
                                         {"sort_key=name&sort_dir=asc&sort_key=n&sort_dir=asc", "2,3,1"},
                                         {"limit=2", "1,2"},
                                         {"limit=1&marker=1", "2"},
                                         {"limit=1&marker=3&page_reverse=True", "2"},
                                         {"limit=0", "1,2,3"}}) {
    EXPECT_EQ(ids(Api::neutron, c.query), c.ids) << c.query;
    EXPECT_EQ(ids(Api::octavia, c.query), c.ids) << c.query;
  }
}

TEST(Listing, EachApiRefusesInItsOwnWords) {
  EXPECT_EQ(ids(Api::octavia, "bogus=1"), "One or more arguments are either duplicate or invalid");
  EXPECT_EQ(ids(Api::octavia, "name=a&name=b"), "One or more arguments are either duplicate or invalid");
  EXPECT_EQ(ids(Api::octavia, "limit=abc"), "Supplied pagination limit 'abc' is not valid.");
  EXPECT_EQ(ids(Api::octavia, "marker=no"), "Supplied pagination marker 'no' is not valid.");
  EXPECT_EQ(ids(Api::octavia, "sort=foo"), "Supplied sort key 'foo' is not valid.");
  EXPECT_EQ(ids(Api::octavia, "sort=name:up"), "Supplied sort direction 'up' is not valid.");
  EXPECT_EQ(ids(Api::octavia, "limit=-1"), "1,2,3");
  EXPECT_EQ(ids(Api::neutron, "bogus=1"), "['bogus'] is invalid attribute for filtering");
  EXPECT_EQ(ids(Api::neutron, "limit=-1"), "Bad limit request: Limit must be an integer 0 or greater and not '-1'.");
  EXPECT_EQ(ids(Api::neutron, "sort_key=name"), "The number of sort_keys and sort_dirs must be same");
  EXPECT_EQ(ids(Api::keystone, "bogus=1"), "1,2,3");
}

TEST(Listing, Links) {
  const auto links = [](Api api, std::string_view text) {
    const auto page = list_page(query(text), rules(api), items(), "http://h/things");
    const auto* value = page->if_contains(api == Api::keystone ? "links" : "things_links");
    return value == nullptr ? std::string("(absent)") : json::write(*value);
  };
  EXPECT_EQ(links(Api::octavia, ""), "[]");
  EXPECT_EQ(links(Api::octavia, "limit=1"), R"([{"rel":"next","href":"http://h/things?limit=1&marker=1"}])");
  EXPECT_EQ(
      links(Api::octavia, "limit=2&marker=1"),
      R"([{"rel":"next","href":"http://h/things?limit=2&marker=3"},{"rel":"previous","href":"http://h/things?limit=2&marker=2&page_reverse=True"}])");
  EXPECT_EQ(links(Api::neutron, ""), "(absent)");
  EXPECT_NE(links(Api::neutron, "limit=1&name=b").find("http://h/things?limit=1&name=b&marker=1"), std::string::npos);
  EXPECT_EQ(links(Api::keystone, ""), R"({"next":null,"self":"http://h/things","previous":null})");
}

TEST(Listing, FieldsAreSelectedAfterEverythingElse) {
  const auto page =
      list_page(query("fields=n&sort=name&limit=1&fields=nothing"), rules(Api::octavia), items(), "http://h/things");
  EXPECT_EQ(json::write(page->at("things")), R"([{"n":9}])");
  EXPECT_EQ(json::write(select_fields(query("fields=id,name"), items()[0].shown)), R"({"id":"1","name":"b"})");
}

}  // namespace
}  // namespace fairway::cloud
