#pragma once
// What callers come in by: chat, walk-in, the desk, the operator's socket, and the listeners they stand at. They open
// before Redis is there and answer "later" until a router leads. Strand: the one io_context.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>
#include <zmq.hpp>

#include "channels/chat/chat.hpp"
#include "channels/http/http.hpp"
#include "channels/http/worker.hpp"
#include "channels/walkin/walkin.hpp"
#include "config/accounts.hpp"
#include "config/configuration.hpp"
#include "daemon/admin/admin.hpp"
#include "daemon/admin/probe.hpp"
#include "daemon/descriptors.hpp"
#include "daemon/desk/desk.hpp"
#include "daemon/options.hpp"
#include "router/bus/zmq/edge.hpp"
#include "router/bus/zmq/thread.hpp"
#include "router/model/time.hpp"

namespace fd {

class Doors {
 public:
  // What stands around outlives the doors.
  struct Around {
    boost::asio::io_context& io;
    zmq::context_t& zmq;
    const Clock& clock;
    const Options& options;
    config::Configuration& c;
    DescriptorShares descriptors;
    std::function<boost::asio::awaitable<admin::ReadyReport>()> ready;
    std::function<void(boost::asio::awaitable<void>, const char* what)> spawn;
  };
  explicit Doors(Around around);

  [[nodiscard]] std::string open();  // empty, or why not
  [[nodiscard]] bool hears_router() const { return edge_.up(); }
  [[nodiscard]] std::uint16_t public_port() const;
  [[nodiscard]] std::uint16_t internal_port() const;
  // Nobody else comes in; what was taken is answered, and who is inside is told to come back.
  boost::asio::awaitable<void> drain();
  void stop() { edge_.stop(); }

 private:
  [[nodiscard]] admin::Ports ports();
  [[nodiscard]] std::string listen(const std::string& address, std::shared_ptr<const http::Routes> routes,
                                   http::Limits limits, std::size_t connections);
  boost::system::result<boost::json::object, admin::ReadError> reread();
  void take_accounts();

  Around around_;
  http::Worker worker_{1, 32};
  bus::ZmqThread bus_thread_;
  admin::Probe workers_, bus_;
  bus::ZmqEdge edge_;
  chat::Chat chat_;
  walkin::Walkin walkin_;
  desk::Desk desk_;
  admin::Admin admin_;
  std::optional<std::vector<config::StoredAccount>> accounts_;  // read, and not yet the desk's
  std::shared_ptr<http::Outboxes> outboxes_;                    // of all listeners
  std::vector<std::unique_ptr<http::Listener>> listeners_;
};

}  // namespace fd
