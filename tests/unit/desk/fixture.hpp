#pragma once
// What the desk's tests share: the golden files and a router's welcome.

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/manual_clock.hpp"
#include "tests/support/recording_edge.hpp"
#include "tests/support/running.hpp"
#include "tests/support/scripted_socket.hpp"

namespace fd::desk::test {

namespace asio = boost::asio;
namespace json = boost::json;

using fd::test::ManualClock;
using fd::test::result_of;
using fd::test::run_until;
using fd::test::ScriptedSocket;
using fd::test::settle;

inline json::array golden(const std::string& name) {
  std::ifstream in(std::string(FD_SOURCE_DIR) + "/tests/golden/desk/" + name);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return json::parse(text).as_array();
}

inline json::object welcome_body(const char* role = "agent") {
  return {{"welcome",
           {{"at", 1'795'507'260'000},
            {"epoch", 3},
            {"me",
             {{"id", "a1024"},
              {"no", "1024"},
              {"name", "Chen"},
              {"role", role},
              {"teams", json::array{}},
              {"channels", json::array{}}}},
            {"last", 0},
            {"lists", json::object{}}}}};
}

}  // namespace fd::desk::test
