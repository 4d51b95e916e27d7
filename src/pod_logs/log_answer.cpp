#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "pod_logs/pod_logs.h"

namespace fairway::pod_logs {
namespace {

constexpr auto kLookAgain = std::chrono::milliseconds(100);
constexpr std::uintmax_t kMaxWhole = 64U << 20;  // of a file that is not followed: its end

struct Following {
  std::string file;
  LogOptions options;
  std::function<bool()> may_grow;
};

std::string read_from(const std::string& path, std::uintmax_t offset) {
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset));
  return {std::istreambuf_iterator<char>(file), {}};
}

WallTime changed_at(const std::string& path) {
  struct stat about{};
  if (::stat(path.c_str(), &about) != 0) return {};
  return std::chrono::system_clock::from_time_t(about.st_mtime);
}

// What was written since `offset`, which moves on. A line that is still being written (`more` may come) waits for its end.
std::string written_since(const std::string& path, std::uintmax_t& offset, bool more) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error || size <= offset) return "";
  auto text = read_from(path, offset);
  const auto whole = more ? text.rfind('\n') : text.size() - 1;
  if (whole == std::string::npos) return "";
  text.resize(whole + 1);
  offset += text.size();
  return text;
}

Task<> follow_log(Env& env, std::shared_ptr<Following> following, http::BodyWriter& writer) {
  std::uintmax_t offset = 0;
  LogOptions options = following->options;
  while (!writer.closed()) {
    const bool more = following->may_grow();
    const auto text = written_since(following->file, offset, more);
    std::string shown;
    if (!text.empty()) {
      shown = select_log(text, options, changed_at(following->file));
      options.tail_lines.reset();
    }
    if (!shown.empty()) {
      auto sent = co_await writer.write(shown);
      if (!sent) co_return;
    }
    if (!more) co_return;
    co_await env.timers.sleep(kLookAgain);
  }
}

}  // namespace

http::Response log_answer(Env& env, std::string file, LogOptions options, std::function<bool()> may_grow) {
  auto response = http::Response::text(200, "");
  if (!options.follow) {
    std::error_code error;
    const auto size = std::filesystem::file_size(file, error);
    response.body =
        select_log(read_from(file, !error && size > kMaxWhole ? size - kMaxWhole : 0), options, changed_at(file));
    return response;
  }
  auto following = std::make_shared<Following>(Following{std::move(file), options, std::move(may_grow)});
  response.stream = [&env, following](http::BodyWriter& writer) { return follow_log(env, following, writer); };
  return response;
}

}  // namespace fairway::pod_logs
