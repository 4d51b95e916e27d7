// The role: follows a cloud, makes its wishes true with an engine, and tells it what is.
//
//   cloud -> world or change -> memory (disk) -> compile -> engine.apply -> applied -> cloud
//                                                 engine: health, counters -> cloud
//
// Changes that come in while the engine is busy are applied together. Without a cloud it serves what it remembers,
// from the first instant; what an earlier process of ours made is adopted. Its end leaves all traffic flowing.
// Threads: the loop's.
#pragma once

#include <memory>

#include <boost/asio/io_context.hpp>

#include "dataplane/engine.h"
#include "gateway/config.h"
#include "runtime/env.h"

namespace fairway::gateway {

class Gateway {
 public:
  // `context`, `env` and `engine` outlive it, and the loop runs on until stop() is done. Error: the state directory
  // cannot be used.
  [[nodiscard]] static Result<std::unique_ptr<Gateway>> start(boost::asio::io_context& context, Env& env,
                                                              dataplane::Engine& engine, GatewayConfig config);
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  // Ends the stream and waits for a change that is under way. The data plane is left alone.
  Task<> stop();

  // Of the newest world that is in force; 0 before the first. For readiness.
  [[nodiscard]] std::int64_t applied_revision() const;
  [[nodiscard]] bool connected() const;

 private:
  struct State;
  explicit Gateway(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace fairway::gateway
