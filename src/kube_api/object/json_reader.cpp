#include "kube_api/object/json_reader.h"

#include <charconv>

#include <fmt/format.h>

namespace fairway::kube_api {
namespace {

constexpr int kMaxDepth = 1000;

// What a reader was looking at when a character did not fit, as Go's scanner says it.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<ReadJson> document() {
    ReadJson read;
    skip_space();
    FW_TRY_DO(value(read.value, "looking for beginning of value"));
    skip_space();
    if (at_ < text_.size()) return unexpected("after top-level value");
    read.duplicates = std::move(duplicates_);
    return read;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::string path_;
  std::vector<std::string> duplicates_;

  [[nodiscard]] bool done() const { return at_ >= text_.size(); }
  void skip_space() {
    while (!done() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) ++at_;
  }

  std::unexpected<Error> unexpected(std::string_view where) const {
    if (done()) return fail(Errc::invalid, "unexpected end of JSON input");
    const char c = text_[at_];
    std::string shown;
    if (c == '\'') {
      shown = R"('\'')";
    } else if (c == '"') {
      shown = R"('"')";
    } else if (c == '\n') {
      shown = R"('\n')";
    } else if (c == '\t') {
      shown = R"('\t')";
    } else if (c == '\r') {
      shown = R"('\r')";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      shown = fmt::format("'\\x{:02x}'", static_cast<unsigned char>(c));
    } else if (static_cast<unsigned char>(c) >= 0x80) {
      // Go shows the byte as the code point of the same number.
      const auto byte = static_cast<unsigned char>(c);
      shown = byte >= 0xa1 ? fmt::format("'{}{}'", static_cast<char>(0xc0 | (byte >> 6)),
                                         static_cast<char>(0x80 | (byte & 0x3f)))
                           : fmt::format("'\\u{:04x}'", byte);
    } else {
      shown = fmt::format("'{}'", c);
    }
    return fail(Errc::invalid, fmt::format("invalid character {} {}", shown, where));
  }

  Result<> value(json::Value& to, std::string_view where) {
    if (done()) return unexpected(where);
    switch (text_[at_]) {
      case '{':
        return object(to);
      case '[':
        return array(to);
      case '"': {
        FW_TRY(auto text, string());
        to = text;
        return {};
      }
      case 't':
        return literal(to, "true", true);
      case 'f':
        return literal(to, "false", false);
      case 'n':
        return literal(to, "null", nullptr);
      default:
        break;
    }
    if (text_[at_] == '-' || (text_[at_] >= '0' && text_[at_] <= '9')) return number(to);
    return unexpected(where);
  }

  Result<> literal(json::Value& to, std::string_view word, json::Value as) {
    for (std::size_t i = 0; i < word.size(); ++i, ++at_) {
      if (done() || text_[at_] != word[i]) {
        return unexpected(fmt::format("in literal {} (expecting '{}')", word, word[i]));
      }
    }
    to = std::move(as);
    return {};
  }

  [[nodiscard]] bool digit() const { return !done() && text_[at_] >= '0' && text_[at_] <= '9'; }

  Result<> number(json::Value& to) {
    const auto begin = at_;
    bool whole = true;
    if (text_[at_] == '-') ++at_;
    if (!digit()) return unexpected("in numeric literal");
    if (text_[at_] == '0') {
      ++at_;
    } else {
      while (digit()) ++at_;
    }
    if (!done() && text_[at_] == '.') {
      whole = false;
      ++at_;
      if (!digit()) return unexpected("after decimal point in numeric literal");
      while (digit()) ++at_;
    }
    if (!done() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      whole = false;
      ++at_;
      if (!done() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
      if (!digit()) return unexpected("in exponent of numeric literal");
      while (digit()) ++at_;
    }
    const auto token = text_.substr(begin, at_ - begin);
    if (std::int64_t number = 0; whole && std::from_chars(token.begin(), token.end(), number).ec == std::errc{}) {
      to = number;
      return {};
    }
    double number = 0;
    if (std::from_chars(token.begin(), token.end(), number).ec != std::errc{}) {
      return fail(Errc::invalid,
                  fmt::format("json: cannot unmarshal number {} into Go value of type float64", token));
    }
    to = number;
    return {};
  }

  // Four hexadecimal digits after \u.
  Result<unsigned> hex4() {
    unsigned code = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = done() ? '\0' : text_[at_];
      const int nibble = c >= '0' && c <= '9'   ? c - '0'
                         : c >= 'a' && c <= 'f' ? c - 'a' + 10
                         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                : -1;
      if (nibble < 0) return unexpected("in \\u hexadecimal character escape");
      code = code * 16 + static_cast<unsigned>(nibble);
    }
    return code;
  }

  static void append_utf8(std::string& out, unsigned code) {
    if (code < 0x80) {
      out += static_cast<char>(code);
    } else if (code < 0x800) {
      out += static_cast<char>(0xc0 | (code >> 6));
      out += static_cast<char>(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
      out += static_cast<char>(0xe0 | (code >> 12));
      out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
      out += static_cast<char>(0x80 | (code & 0x3f));
    } else {
      out += static_cast<char>(0xf0 | (code >> 18));
      out += static_cast<char>(0x80 | ((code >> 12) & 0x3f));
      out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
      out += static_cast<char>(0x80 | (code & 0x3f));
    }
  }

  // What stands after \u: one unit or, of two, a pair. Half a pair is U+FFFD.
  Result<unsigned> code_point() {
    FW_TRY(const unsigned code, hex4());
    if (code < 0xd800 || code >= 0xe000) return code;
    if (code >= 0xdc00 || text_.substr(at_, 2) != "\\u") return 0xfffdU;
    const auto back = at_;
    at_ += 2;
    FW_TRY(const unsigned low, hex4());
    if (low >= 0xdc00 && low < 0xe000) return 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    at_ = back;
    return 0xfffdU;
  }

  Result<> escape(std::string& out) {
    if (done()) return unexpected("in string escape code");
    switch (text_[at_]) {
      case 'b':
        out += '\b';
        break;
      case 'f':
        out += '\f';
        break;
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      case 't':
        out += '\t';
        break;
      case '"':
      case '\\':
      case '/':
        out += text_[at_];
        break;
      case 'u': {
        ++at_;
        FW_TRY(const unsigned code, code_point());
        append_utf8(out, code);
        return {};
      }
      default:
        return unexpected("in string escape code");
    }
    ++at_;
    return {};
  }

  Result<std::string> string() {
    std::string out;
    ++at_;
    while (true) {
      if (done()) return unexpected("in string literal");
      const char c = text_[at_];
      if (c == '"') break;
      if (static_cast<unsigned char>(c) < 0x20) return unexpected("in string literal");
      ++at_;
      if (c != '\\') {
        out += c;
        continue;
      }
      FW_TRY_DO(escape(out));
    }
    ++at_;
    return out;
  }

  Result<> enter() {
    if (++depth_ > kMaxDepth) return fail(Errc::invalid, "exceeded max depth");
    ++at_;
    skip_space();
    return {};
  }

  Result<> array(json::Value& to) {
    FW_TRY_DO(enter());
    auto& items = to.emplace_array();
    const auto outer = path_.size();
    while (done() || text_[at_] != ']') {
      path_ += fmt::format("[{}]", items.size());
      FW_TRY_DO(value(items.emplace_back(nullptr), "looking for beginning of value"));
      path_.resize(outer);
      skip_space();
      if (!done() && text_[at_] == ']') break;
      if (done() || text_[at_] != ',') return unexpected("after array element");
      ++at_;
      skip_space();
      if (!done() && text_[at_] == ']') return unexpected("looking for beginning of value");
    }
    ++at_;
    --depth_;
    return {};
  }

  Result<> object(json::Value& to) {
    FW_TRY_DO(enter());
    auto& members = to.emplace_object();
    const auto outer = path_.size();
    while (done() || text_[at_] != '}') {
      if (done() || text_[at_] != '"') return unexpected("looking for beginning of object key string");
      FW_TRY(auto key, string());
      path_ += (path_.empty() ? "" : ".") + key;
      if (members.contains(key)) duplicates_.push_back(path_);
      skip_space();
      if (done() || text_[at_] != ':') return unexpected("after object key");
      ++at_;
      skip_space();
      FW_TRY_DO(value(members[key], "looking for beginning of value"));
      path_.resize(outer);
      skip_space();
      if (!done() && text_[at_] == '}') break;
      if (done() || text_[at_] != ',') return unexpected("after object key:value pair");
      ++at_;
      skip_space();
      if (!done() && text_[at_] == '}') return unexpected("looking for beginning of object key string");
    }
    ++at_;
    --depth_;
    return {};
  }
};

}  // namespace

Result<ReadJson> read_json(std::string_view text) { return Reader(text).document(); }

std::string_view json_type(const json::Value& value) {
  if (value.is_string()) return "string";
  if (value.is_bool()) return "bool";
  if (value.is_array()) return "array";
  if (value.is_object()) return "object";
  return "number";
}

}  // namespace fairway::kube_api
