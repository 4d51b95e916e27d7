// Views, once or as they change (WHATWG HTML, section 9.2, server-sent events).
#include <fmt/format.h>

#include "cloud/api/fault.h"
#include "cloud/api/policy.h"
#include "cloud/dashboard/parts.h"
#include "json/value.h"

namespace fairway::cloud::dashboard {
namespace {

constexpr auto kHeartbeat = std::chrono::seconds(15);
constexpr std::size_t kMaxStreams = 512;
// Between two looks, so that a storm of changes costs little: as long as a few looks take, and this at least.
constexpr auto kPause = std::chrono::milliseconds(60);
constexpr int kPauseInLooks = 8;

Result<std::string> make(const Parts& parts, const ViewKind& kind, const Caller& caller, const http::Query& query) {
  if (!allowed(caller, kind.action))
    return fail(Errc::denied,
                "Your roles on this project do not allow seeing this; ask its administrator for the role reader.");
  FW_TRY(const auto made, kind.make({parts.world(), caller, query}));
  return json::write(made);
}

// One open stream.
class Stream {
 public:
  Stream(SharedParts parts, const ViewKind& kind, std::string token, http::Query query)
      : parts_(std::move(parts)), kind_(kind), token_(std::move(token)), query_(std::move(query)) {
    ++parts_->streams;
  }
  ~Stream() { --parts_->streams; }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  static Task<> run(std::shared_ptr<Stream> self, http::BodyWriter& writer) {
    const auto parts = self->parts_;
    writer.on_closed([parts] { parts->changed.notify_all(); });
    while (!writer.closed()) {
      const bool goes_on = co_await self->show(writer);
      if (!goes_on) break;
      co_await self->wait(writer);
    }
    writer.on_closed({});
  }

 private:
  // Sends the view if it is another than the last that was sent.
  Task<bool> show(http::BodyWriter& writer) {
    seen_ = parts_->changes;
    const auto begun = parts_->context.env.clock.steady();
    const auto caller = parts_->context.tokens.verify(token_);
    if (!caller) {
      (void)co_await writer.write("event: ended\ndata: {}\n\n");
      co_return false;
    }
    const auto made = make(*parts_, kind_, *caller, query_);
    took_ = parts_->context.env.clock.steady() - begun;
    std::string event =
        made ? fmt::format("data: {}\n\n", *made)
             : fmt::format("event: refused\ndata: {}\n\n", json::write(json::Value(made.error().what)));
    if (event == last_) co_return true;
    const auto durable = co_await parts_->context.ledger.settle();
    if (!durable) co_return false;
    const auto sent = co_await writer.write(event);
    last_ = std::move(event);
    co_return sent.has_value();
  }

  // Until something has changed; meanwhile a comment now and then shows that the line stands.
  Task<> wait(http::BodyWriter& writer) {
    co_await parts_->context.env.timers.sleep(std::max<Duration>(kPause, took_ * kPauseInLooks));
    while (seen_ == parts_->changes && !writer.closed()) {
      const bool told = co_await parts_->changed.wait(kHeartbeat);
      if (told) continue;
      (void)co_await writer.write(": here\n\n");
      co_return;  // to look again: some things nobody tells of, as a token's end
    }
  }

  SharedParts parts_;
  const ViewKind& kind_;
  std::string token_;
  http::Query query_;
  std::string last_;
  std::uint64_t seen_ = 0;
  Duration took_{};
};

}  // namespace

Task<Result<std::string>> look(SharedParts parts, const ViewKind& kind, Caller caller, const http::Query& query) {
  FW_CO_TRY(auto made, make(*parts, kind, caller, query));
  FW_CO_TRY_DO(co_await parts->context.ledger.settle());
  co_return made;
}

Result<http::Response> watch(const SharedParts& parts, const ViewKind& kind, const Asked& asked) {
  if (parts->streams >= kMaxStreams)
    return fail(Errc::unavailable, "Too many pages are open; close some, this one tries again by itself.");
  const auto stream = std::make_shared<Stream>(parts, kind, asked.token, asked.request.query);
  http::Response response;
  response.headers.set("Content-Type", "text/event-stream");
  response.headers.set("X-Accel-Buffering", "no");
  response.stream = [stream](http::BodyWriter& writer) { return Stream::run(stream, writer); };
  return response;
}

}  // namespace fairway::cloud::dashboard
