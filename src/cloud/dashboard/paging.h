// A page of a longer list: page= counts from 1, beyond the end is the last.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "base/strings.h"
#include "http/message.h"
#include "json/value.h"

namespace fairway::cloud::dashboard {

template <class T>
struct Page {
  std::span<const T> items;
  std::size_t number = 1, pages = 1;
  std::size_t total = 0;
};

template <class T>
[[nodiscard]] Page<T> page_of(const std::vector<T>& all, const http::Query& query, std::size_t size) {
  const auto asked = parse_int(query.find("page").value_or("1")).value_or(1);
  const auto pages = std::max<std::size_t>(1, (all.size() + size - 1) / size);
  const auto number = static_cast<std::size_t>(std::clamp<std::int64_t>(asked, 1, static_cast<std::int64_t>(pages)));
  const auto from = (number - 1) * size;
  return {std::span(all).subspan(from, std::min(size, all.size() - from)), number, pages, all.size()};
}

template <class T>
void add_page(json::Object& shown, const Page<T>& page) {
  shown.emplace("total", page.total);
  shown.emplace("page", page.number);
  shown.emplace("pages", page.pages);
}

// search=: each word must stand in one of the texts, without regard to case.
[[nodiscard]] inline bool matches(const http::Query& query, std::initializer_list<std::string_view> texts) {
  const auto wanted = to_lower(query.find("search").value_or(""));
  for (const auto word : split(wanted, ' ')) {
    const auto has = [&](std::string_view text) { return to_lower(text).find(word) != std::string::npos; };
    if (!word.empty() && !std::ranges::any_of(texts, has)) return false;
  }
  return true;
}

}  // namespace fairway::cloud::dashboard
