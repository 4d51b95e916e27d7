#include "kube_api/object/names.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/strings.h"

namespace fairway::kube_api {
namespace {

constexpr std::string_view kLabelForm = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
constexpr std::string_view kKeyForm = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";

bool lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool letter_or_digit(char c) { return letter(c) || (c >= '0' && c <= '9'); }

bool is_label(std::string_view text) {
  return !text.empty() && lower_or_digit(text.front()) && lower_or_digit(text.back()) &&
         std::ranges::all_of(text, [](char c) { return lower_or_digit(c) || c == '-'; });
}

bool is_subdomain(std::string_view text) {
  const auto parts = split(text, '.');
  return std::ranges::all_of(parts, is_label);
}

bool is_key_part(std::string_view text) {
  return !text.empty() && letter_or_digit(text.front()) && letter_or_digit(text.back()) &&
         std::ranges::all_of(text, [](char c) { return letter_or_digit(c) || c == '-' || c == '_' || c == '.'; });
}

std::string form(std::string_view what, std::initializer_list<std::string_view> examples, std::string_view regex) {
  std::string shown;
  for (const auto example : examples) shown += fmt::format("{}'{}', ", shown.empty() ? "" : " or ", example);
  return fmt::format("{} (e.g. {}regex used for validation is '{}')", what, shown, regex);
}

constexpr std::string_view kKeyRule =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

void check_parent_folder(Texts& texts, std::string_view text) {
  if (text == ".") {
    texts.emplace_back("must not be '.'");
  } else if (text == "..") {
    texts.emplace_back("must not be '..'");
  } else if (text.starts_with("..")) {
    texts.emplace_back("must not start with '..'");
  }
}

}  // namespace

Texts dns1123_label_errors(std::string_view text) {
  Texts texts;
  if (text.size() > 63) texts.emplace_back("must be no more than 63 characters");
  if (!is_label(text)) {
    if (is_subdomain(text)) {
      texts.emplace_back("must not contain dots");
    } else {
      texts.push_back(
          form("a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must "
               "start and end with an alphanumeric character",
               {"my-name", "123-abc"}, kLabelForm));
    }
  }
  return texts;
}

Texts dns1123_subdomain_errors(std::string_view text) {
  Texts texts;
  if (text.size() > 253) texts.emplace_back("must be no more than 253 characters");
  if (!is_subdomain(text)) {
    texts.push_back(
        form("a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
             "and must start and end with an alphanumeric character",
             {"example.com"}, fmt::format("{0}(\\.{0})*", kLabelForm)));
  }
  return texts;
}

Texts dns1035_label_errors(std::string_view text) {
  Texts texts;
  if (text.size() > 63) texts.emplace_back("must be no more than 63 characters");
  if (!is_label(text) || !(text.front() >= 'a' && text.front() <= 'z')) {
    texts.push_back(
        form("a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an "
             "alphabetic character, and end with an alphanumeric character",
             {"my-name", "abc-123"}, "[a-z]([-a-z0-9]*[a-z0-9])?"));
  }
  return texts;
}

// The rules of a subdomain, whose limit is named in bytes here.
static Texts prefix_errors(std::string_view prefix) {
  auto texts = dns1123_subdomain_errors(prefix);
  if (!texts.empty() && texts[0] == "must be no more than 253 characters")
    texts[0] = "must be no more than 253 bytes";
  return texts;
}

Texts qualified_name_errors(std::string_view text) {
  Texts texts;
  const auto parts = split(text, '/');
  if (parts.size() > 2) {
    texts.push_back("a valid label key " + form(kKeyRule, {"MyName", "my.name", "123-abc"}, kKeyForm) +
                    " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
    return texts;
  }
  if (parts.size() == 2) {
    if (parts[0].empty()) {
      texts.emplace_back("prefix part must be non-empty");
    } else {
      for (const auto& wrong : prefix_errors(parts[0])) texts.push_back("prefix part " + wrong);
    }
  }
  const auto name = parts.back();
  if (name.empty()) {
    texts.emplace_back("name part must be non-empty");
  } else if (name.size() > 63) {
    texts.emplace_back("name part must be no more than 63 bytes");
  }
  if (!is_key_part(name)) {
    texts.push_back("name part " + form(kKeyRule, {"MyName", "my.name", "123-abc"}, kKeyForm));
  }
  return texts;
}

Texts label_value_errors(std::string_view text) {
  Texts texts;
  if (text.size() > 63) texts.emplace_back("must be no more than 63 bytes");
  if (!text.empty() && !is_key_part(text)) {
    texts.push_back(
        form("a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and "
             "must start and end with an alphanumeric character",
             {"MyValue", "my_value", "12345"}, fmt::format("({})?", kKeyForm)));
  }
  return texts;
}

Texts port_number_errors(std::int64_t port) {
  if (port >= 1 && port <= 65535) return {};
  return {"must be between 1 and 65535, inclusive"};
}

Texts port_name_errors(std::string_view name) {
  Texts texts;
  if (name.size() > 15) texts.emplace_back("must be no more than 15 characters");
  if (name.empty() || !std::ranges::all_of(name, [](char c) { return lower_or_digit(c) || c == '-'; })) {
    texts.emplace_back("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  }
  if (!std::ranges::any_of(name, [](char c) { return c >= 'a' && c <= 'z'; })) {
    texts.emplace_back("must contain at least one letter (a-z)");
  }
  if (name.find("--") != std::string_view::npos) texts.emplace_back("must not contain consecutive hyphens");
  if (!name.empty() && (name.front() == '-' || name.back() == '-')) {
    texts.emplace_back("must not begin or end with a hyphen");
  }
  return texts;
}

Texts config_map_key_errors(std::string_view key) {
  Texts texts;
  if (key.size() > 253) texts.emplace_back("must be no more than 253 characters");
  if (key.empty() ||
      !std::ranges::all_of(key, [](char c) { return letter_or_digit(c) || c == '-' || c == '_' || c == '.'; })) {
    texts.push_back(form("a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
                         {"key.name", "KEY_NAME", "key-name"}, "[-._a-zA-Z0-9]+"));
  }
  check_parent_folder(texts, key);
  return texts;
}

Texts env_var_name_errors(std::string_view name) {
  Texts texts;
  if (name.empty()) texts.emplace_back("environment variable name must be non-empty");
  if (!std::ranges::all_of(name, [](char c) { return c >= 0x20 && c < 0x7f && c != '='; })) {
    texts.emplace_back(
        "a valid environment variable name must consist only of printable ASCII characters other than '='");
  }
  return texts;
}

void add_invalid(FieldErrors& errors, const std::string& field, const json::Value& value, const Texts& texts) {
  for (const auto& text : texts) errors.invalid(field, value, text);
}

void check_labels(FieldErrors& errors, const json::Object& labels, const std::string& field) {
  for (const auto& label : labels) {
    add_invalid(errors, field, json::Value(label.key()), qualified_name_errors(label.key()));
    add_invalid(errors, field, label.value(), label_value_errors(std::string_view(label.value().as_string())));
  }
}

void check_annotations(FieldErrors& errors, const json::Object& annotations, const std::string& field) {
  constexpr std::size_t kMaxBytes = 256 * 1024;
  std::size_t bytes = 0;
  for (const auto& annotation : annotations) {
    add_invalid(errors, field, json::Value(annotation.key()), qualified_name_errors(to_lower(annotation.key())));
    bytes += annotation.key().size() + annotation.value().as_string().size();
  }
  if (bytes > kMaxBytes) errors.too_long(field, kMaxBytes);
}

}  // namespace fairway::kube_api
