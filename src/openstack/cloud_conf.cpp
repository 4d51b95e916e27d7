#include "openstack/cloud_conf.h"

#include <cmath>
#include <fstream>
#include <sstream>

#include "base/strings.h"

namespace fairway::openstack {
namespace {

// One line's value: quotes taken off, escapes resolved, a comment cut. Nothing when a quote is left open or an escape
// is unknown.
std::optional<std::string> parse_value(std::string_view text) {
  std::string value;
  std::size_t keep = 0;  // up to here nothing is trimmed: it stood in quotes
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\') {
      if (++i == text.size()) return std::nullopt;
      static const std::map<char, char> kEscapes{{'"', '"'}, {'\\', '\\'}, {'n', '\n'}, {'t', '\t'}, {'b', '\b'}};
      const auto escape = kEscapes.find(text[i]);
      if (escape == kEscapes.end()) return std::nullopt;
      value += escape->second;
      keep = value.size();
    } else if (c == '"') {
      quoted = !quoted;
      keep = value.size();
    } else if (!quoted && (c == ';' || c == '#')) {
      break;
    } else {
      value += c;
      if (quoted) keep = value.size();
    }
  }
  if (quoted) return std::nullopt;
  while (value.size() > keep && (value.back() == ' ' || value.back() == '\t' || value.back() == '\r'))
    value.pop_back();
  return value;
}

struct Header {
  std::string section, subsection;
};

std::optional<Header> parse_header(std::string_view line) {
  const auto end = line.rfind(']');
  if (end == std::string_view::npos) return std::nullopt;
  const auto rest = trim(line.substr(end + 1));
  if (!rest.empty() && rest.front() != ';' && rest.front() != '#') return std::nullopt;
  const auto inner = trim(line.substr(1, end - 1));
  const auto quote = inner.find('"');
  Header header{to_lower(trim(inner.substr(0, quote))), ""};
  if (header.section.empty()) return std::nullopt;
  if (quote != std::string_view::npos) {
    if (inner.size() < quote + 2 || inner.back() != '"') return std::nullopt;
    auto name = parse_value(inner.substr(quote));
    if (!name) return std::nullopt;
    header.subsection = std::move(*name);
  }
  return header;
}

}  // namespace

Result<CloudConf> CloudConf::parse(std::string_view text, const std::string& file_name) {
  CloudConf conf;
  Header header;
  int number = 0;
  // A byte order mark is no part of the first line.
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  for (const auto raw : split(text, '\n')) {
    ++number;
    const auto line = trim(raw);
    if (line.empty() || line.front() == ';' || line.front() == '#') continue;
    if (line.front() == '[') {
      auto parsed = parse_header(line);
      if (!parsed)
        return fail(Errc::invalid,
                    fmt::format("{}:{}: not a section; write [Name] or [Name \"x\"]", file_name, number));
      header = std::move(*parsed);
      continue;
    }
    if (header.section.empty())
      return fail(Errc::invalid, fmt::format("{}:{}: a key before the first [Section]", file_name, number));
    const auto equals = line.find('=');
    const auto key = to_lower(trim(line.substr(0, equals)));
    if (key.empty()) return fail(Errc::invalid, fmt::format("{}:{}: no key before =", file_name, number));
    // A key alone is true, as in git's files.
    auto value = equals == std::string_view::npos ? std::optional<std::string>("true")
                                                  : parse_value(trim(line.substr(equals + 1)));
    if (!value) {
      return fail(Errc::invalid,
                  fmt::format("{}:{}: {}: an open quote or an unknown escape; write \\\\ for a backslash", file_name,
                              number, key));
    }
    conf.entries_.push_back({header.section, header.subsection, key, std::move(*value)});
  }
  return conf;
}

Result<CloudConf> CloudConf::read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail_errno("read " + path, errno);
  std::ostringstream text;
  text << file.rdbuf();
  return parse(text.str(), path);
}

std::optional<std::string> CloudConf::find(std::string_view section, std::string_view key,
                                           std::string_view subsection) const {
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
    if (entry->section == section && entry->key == key && entry->subsection == subsection) return entry->value;
  }
  return std::nullopt;
}

std::vector<std::string> CloudConf::subsections(std::string_view section) const {
  std::vector<std::string> names;
  for (const auto& entry : entries_) {
    if (entry.section == section && !entry.subsection.empty() &&
        std::ranges::find(names, entry.subsection) == names.end()) {
      names.push_back(entry.subsection);
    }
  }
  return names;
}

std::optional<bool> parse_conf_bool(std::string_view text) {
  const auto word = to_lower(text);
  if (word == "true" || word == "yes" || word == "on" || word == "1") return true;
  if (word == "false" || word == "no" || word == "off" || word == "0") return false;
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> parse_go_duration(std::string_view text) {
  if (text == "0") return std::chrono::milliseconds(0);
  if (text.empty()) return std::nullopt;
  double total = 0;
  while (!text.empty()) {
    const auto digits = std::min(text.find_first_not_of("0123456789."), text.size());
    double amount = 0;
    try {
      std::size_t used = 0;
      amount = std::stod(std::string(text.substr(0, digits)), &used);
      if (used != digits) return std::nullopt;
    } catch (const std::exception&) {
      return std::nullopt;
    }
    text.remove_prefix(digits);
    static constexpr std::array<std::pair<std::string_view, double>, 6> kUnits{
        {{"ms", 1.0}, {"us", 1e-3}, {"ns", 1e-6}, {"h", 3.6e6}, {"m", 6e4}, {"s", 1e3}}};
    const auto* const unit =
        std::ranges::find_if(kUnits, [&](const auto& item) { return text.starts_with(item.first); });
    if (unit == kUnits.end()) return std::nullopt;
    total += amount * unit->second;
    text.remove_prefix(unit->first.size());
  }
  if (!std::isfinite(total) || total > 1e12) return std::nullopt;
  return std::chrono::milliseconds(static_cast<std::int64_t>(std::llround(total)));
}

}  // namespace fairway::openstack
