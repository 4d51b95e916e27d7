// One connection of a server, from accept to close. Internal to http/.
#pragma once

#include <array>
#include <memory>
#include <set>
#include <string>

#include <boost/asio/io_context.hpp>

#include "http/parser.h"
#include "http/server.h"
#include "net/stream.h"
#include "runtime/deadlines.h"
#include "runtime/sync.h"

namespace fairway::http {

class Connection;

struct ServerMetrics {
  ServerMetrics(Metrics& metrics, const std::string& server);
  std::array<Counter*, 5> requests;  // 1xx … 5xx
  Histogram& duration;
  Gauge& open;
};

// What the connections of one server share; lives as long as the last of them.
struct ServerCore {
  ServerCore(boost::asio::io_context& of, Env& with, std::string named, ServerConfig configured);

  boost::asio::io_context& context;
  Env& env;
  std::string name;
  ServerConfig config;
  Handler handler;
  Server::Fault fault;
  Answers::Upgrades upgrades;
  ServerMetrics metrics;
  Deadlines deadlines;
  std::set<Connection*> connections;
  Notify one_left;
  bool stopping = false;

  // "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n" (RFC 9110, section 5.6.7), made once a second.
  const std::string& date_line();

 private:
  std::string date_line_;
  std::int64_t date_second_ = -1;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<ServerCore> core, std::unique_ptr<net::Stream> stream, std::string peer);
  ~Connection();

  // The whole life.
  static Task<> run(std::shared_ptr<Connection> self);

  // The server stops: streams are told, an idle connection closes, a busy one after its answer.
  void stop();
  // Ends whatever is pending.
  void abort();

 private:
  class Writer;
  enum class Phase { opening, idle, receiving, handling, answering };
  enum class Got { request, end, fault };

  Task<> serve();
  Task<Got> receive();
  Task<Got> receive_more(bool in_body);
  Got refuse(int status, std::string_view what);
  Task<bool> answer(Request& request);
  // True: the connection went on as something else, and has ended.
  Task<bool> take_over(Upgrade& upgrade);
  Task<bool> send_whole(const Request& request, Response& response);
  Task<bool> send_stream(Response& response);
  Task<> send_fault();
  Task<bool> write(std::string_view first, std::string_view second = {});
  void write_head(const Response& response, std::string_view framing);
  [[nodiscard]] bool will_close(const Response& response) const;

  // Reads into input_. While a stream answers, watch() reads in the background; fill() then waits for it.
  Task<boost::system::error_code> fill();
  static Task<> watch(std::shared_ptr<Connection> self);
  void peer_gone();
  void when_expired();

  std::shared_ptr<ServerCore> core_;
  std::unique_ptr<net::Stream> stream_;
  std::string peer_;
  Deadline deadline_;
  RequestParser parser_;
  std::string input_;  // received and not yet parsed
  std::string head_;   // of the answer being written
  Phase phase_ = Phase::opening;
  bool keep_alive_ = true;
  bool taken_over_ = false;  // it goes on as something else
  bool gone_ = false;        // the peer closed, or the server stops streams
  bool watching_ = false;    // watch() has a read pending
  Notify watch_ended_;
  boost::system::error_code watch_error_;
  Writer* writer_ = nullptr;
  std::optional<Response> fault_;
};

}  // namespace fairway::http
