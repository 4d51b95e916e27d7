#include "kube_api/kinds/selectors.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/strings.h"
#include "kube_api/object/names.h"
#include "kube_api/object/object_access.h"

namespace fairway::kube_api {

// Tokens: words, and the signs = == != ! in notin ( ) , > <.
class LabelSelectorParser {
 public:
  explicit LabelSelectorParser(std::string_view text) : text_(text) { next(); }

  Result<LabelSelector> parse() {
    LabelSelector selector;
    if (token_.empty()) return selector;
    while (true) {
      if (special(token_[0]) && token_ != "!")
        return fail(Errc::invalid, fmt::format("found '{}', expected: !, identifier, or 'end of string'", token_));
      FW_TRY(auto requirement, within(one(), "unable to parse requirement"));
      selector.requirements_.push_back(std::move(requirement));
      if (token_.empty()) break;
      if (token_ != ",")
        return fail(Errc::invalid, fmt::format("found '{}', expected: ',' or 'end of string'", token_));
      next();
      if (token_.empty() || (special(token_[0]) && token_ != "!")) {
        return fail(Errc::invalid, fmt::format("found '{}', expected: identifier after ','", token_));
      }
    }
    // The real server works through requirements in the order of their keys.
    std::ranges::sort(selector.requirements_, {}, &LabelSelector::Requirement::key);
    return selector;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::string token_;

  static bool special(char c) { return std::string_view("=!(),<>").find(c) != std::string_view::npos; }
  void next() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
      ++at_;
    const auto begin = at_;
    if (at_ < text_.size() && special(text_[at_])) {
      ++at_;
      const auto two = text_.substr(begin, 2);
      if (two == "==" || two == "!=") ++at_;
    } else {
      while (at_ < text_.size() && !special(text_[at_]) && text_[at_] != ' ' && text_[at_] != '\t') ++at_;
    }
    token_ = text_.substr(begin, at_ - begin);
  }

  Result<LabelSelector::Requirement> one() {
    using enum LabelSelector::Operator;
    LabelSelector::Requirement requirement;
    if (token_ == "!") {
      requirement.how = does_not_exist;
      next();
    }
    if (token_.empty() || special(token_[0])) {
      return fail(Errc::invalid, fmt::format("found '{}', expected: identifier", token_));
    }
    requirement.key = token_;
    next();
    FW_TRY_DO(check_key(requirement.key));
    if (requirement.how == does_not_exist || token_.empty() || token_ == ",") return requirement;
    FW_TRY_DO(relation(requirement));
    for (const auto& value : requirement.values) FW_TRY_DO(check_value(requirement.key, value));
    return requirement;
  }

  Result<> relation(LabelSelector::Requirement& requirement) {
    using enum LabelSelector::Operator;
    const auto sign = token_;
    next();
    if (sign == "=" || sign == "==" || sign == "!=" || sign == ">" || sign == "<") {
      requirement.how = sign == "!=" ? not_in : sign == ">" ? greater : sign == "<" ? less : in;
      if (token_.empty() || token_ == ",") {
        requirement.values.emplace_back();
        return {};
      }
      if (special(token_[0])) return fail(Errc::invalid, fmt::format("found '{}', expected: identifier", token_));
      requirement.values.push_back(token_);
      next();
      const bool number = requirement.how == greater || requirement.how == less;
      return number ? check_number(requirement.values[0]) : Result<>{};
    }
    if (sign != "in" && sign != "notin") {
      return fail(Errc::invalid, fmt::format("found '{}', expected: in, notin, =, ==, !=, gt, lt", sign));
    }
    requirement.how = sign == "in" ? in : not_in;
    return set(requirement);
  }

  Result<> set(LabelSelector::Requirement& requirement) {
    if (token_ != "(") return fail(Errc::invalid, fmt::format("found '{}' expected: '('", token_));
    next();
    while (true) {
      if (token_ == ")" || token_ == ",") {
        requirement.values.emplace_back();
      } else if (token_.empty() || special(token_[0])) {
        return fail(Errc::invalid, fmt::format("found '{}', expected: ',', ')' or identifier", token_));
      } else {
        requirement.values.push_back(token_);
        next();
      }
      if (token_ == ")") break;
      if (token_ != ",") return fail(Errc::invalid, fmt::format("found '{}', expected: ',' or ')'", token_));
      next();
    }
    next();
    return {};
  }

  static Result<> check_number(const std::string& value) {
    if (parse_int(value)) return {};
    return fail(Errc::invalid,
                fmt::format("values[0]: Invalid value: {}: for 'Gt', 'Lt' operators, the value must be an integer",
                            in_quotes(value)));
  }

  static Result<> check_key(const std::string& key) {
    const auto wrong = qualified_name_errors(key);
    if (wrong.empty()) return {};
    return fail(Errc::invalid, fmt::format("<nil>: Invalid value: {}: {}", in_quotes(key), join(wrong, "; ")));
  }
  static Result<> check_value(const std::string& key, const std::string& value) {
    const auto wrong = label_value_errors(value);
    if (wrong.empty()) return {};
    return fail(Errc::invalid,
                fmt::format("values[0][{}]: Invalid value: {}: {}", key, in_quotes(value), join(wrong, "; ")));
  }
};

Result<LabelSelector> LabelSelector::parse(std::string_view text) { return LabelSelectorParser(text).parse(); }

LabelSelector LabelSelector::from_object(const json::Object& selector) {
  using enum Operator;
  LabelSelector made;
  for (const auto& label : map_at(selector, {"matchLabels"})) {
    made.requirements_.push_back(
        {std::string(label.key()), equals, {std::string(std::string_view(label.value().as_string()))}});
  }
  for (const auto& expression : list_at(selector, {"matchExpressions"})) {
    Requirement requirement{std::string(text_in(expression, "key")), never, {}};
    const auto how = text_in(expression, "operator");
    if (how == "In") requirement.how = in;
    if (how == "NotIn") requirement.how = not_in;
    if (how == "Exists") requirement.how = exists;
    if (how == "DoesNotExist") requirement.how = does_not_exist;
    for (const auto& value : json::array_or_empty(expression, "values"))
      requirement.values.emplace_back(std::string_view(value.as_string()));
    std::ranges::sort(requirement.values);
    made.requirements_.push_back(std::move(requirement));
  }
  std::ranges::sort(made.requirements_, {}, &Requirement::key);
  return made;
}

std::string LabelSelector::text() const {
  std::vector<std::string> parts;
  for (const auto& requirement : requirements_) {
    const auto values = join(requirement.values, ",");
    switch (requirement.how) {
      case Operator::equals:
        parts.push_back(requirement.key + "=" + values);
        break;
      case Operator::in:
        parts.push_back(fmt::format("{} in ({})", requirement.key, values));
        break;
      case Operator::not_in:
        parts.push_back(fmt::format("{} notin ({})", requirement.key, values));
        break;
      case Operator::does_not_exist:
        parts.push_back("!" + requirement.key);
        break;
      case Operator::greater:
      case Operator::less:
        parts.push_back(requirement.key + (requirement.how == Operator::greater ? ">" : "<") + values);
        break;
      case Operator::exists:
      case Operator::never:
        parts.push_back(requirement.key);
    }
  }
  return join(parts, ",");
}

bool LabelSelector::holds(const Requirement& requirement, const json::Object& labels) {
  const auto* label = labels.if_contains(requirement.key);
  const bool present = label != nullptr && label->is_string();
  const std::string_view value = present ? std::string_view(label->get_string()) : std::string_view{};
  const bool listed = present && std::ranges::find(requirement.values, value) != requirement.values.end();
  switch (requirement.how) {
    case Operator::never:
      return false;
    case Operator::equals:
    case Operator::in:
      return listed;
    case Operator::not_in:
      return !listed;
    case Operator::exists:
      return present;
    case Operator::does_not_exist:
      return !present;
    case Operator::greater:
    case Operator::less:
      break;
  }
  const auto number = present ? parse_int(value) : std::nullopt;
  const auto bound = parse_int(requirement.values[0]).value_or(0);
  return number && (requirement.how == Operator::greater ? *number > bound : *number < bound);
}

bool LabelSelector::matches(const json::Object& labels) const {
  return std::ranges::all_of(requirements_,
                             [&](const Requirement& requirement) { return holds(requirement, labels); });
}

Result<FieldSelector> FieldSelector::parse(std::string_view text) {
  FieldSelector selector;
  if (text.empty()) return selector;
  for (const auto term : split(text, ',')) {
    if (term.empty()) continue;
    const auto sign = term.find('=');
    if (sign == std::string_view::npos) {
      return fail(Errc::invalid, fmt::format("invalid selector: '{}'; can't understand '{}'", text, term));
    }
    const bool unequal = sign > 0 && term[sign - 1] == '!';
    const bool twice = term.substr(sign, 2) == "==";
    selector.terms_.push_back({std::string(term.substr(0, unequal ? sign - 1 : sign)),
                               std::string(term.substr(sign + (twice && !unequal ? 2 : 1))), !unequal});
  }
  return selector;
}

ApiResult<> FieldSelector::check(const Kind& kind) const {
  const auto known = kind.fields == nullptr ? Fields{} : kind.fields({});
  for (const auto& term : terms_) {
    if (term.field == "metadata.name" || term.field == "metadata.namespace") continue;
    if (std::ranges::find(known, term.field, &Fields::value_type::first) != known.end()) continue;
    const std::string_view form =
        kind.storage == "configmaps" || kind.fields == nullptr
            ? "\"{}\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
            : "field label not supported: {}";
    return refuse(bad_request(fmt::format(fmt::runtime(form), term.field)));
  }
  return {};
}

bool FieldSelector::matches(const Kind& kind, const json::Object& object) const {
  if (terms_.empty()) return true;
  const auto known = kind.fields == nullptr ? Fields{} : kind.fields(object);
  for (const auto& term : terms_) {
    std::string value;
    if (term.field == "metadata.name") {
      value = name_of(object);
    } else if (term.field == "metadata.namespace") {
      value = namespace_of(object);
    } else if (const auto found = std::ranges::find(known, term.field, &Fields::value_type::first);
               found != known.end()) {
      value = found->second;
    }
    if ((value == term.value) != term.equal) return false;
  }
  return true;
}

std::string FieldSelector::exact(std::string_view field) const {
  for (const auto& term : terms_) {
    if (term.field == field && term.equal) return term.value;
  }
  return "";
}

bool has_labels(const json::Object& labels, const json::Object& selector) {
  return std::ranges::all_of(selector, [&](const auto& pair) {
    const auto* value = labels.if_contains(pair.key());
    return value != nullptr && *value == pair.value();
  });
}

}  // namespace fairway::kube_api
