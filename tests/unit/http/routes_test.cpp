#include "channels/http/routes.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace fd::http {
namespace {

boost::asio::awaitable<Response> nothing(const Request&) { co_return Response{}; }

struct Table : ::testing::Test {
  Table() {
    routes.add("GET", "/", nothing);
    routes.add("GET", "/v1/walkin/services", nothing);
    routes.add("POST", "/v1/walkin/tickets", nothing);
    routes.add("GET", "/v1/walkin/tickets/{token}", nothing);
    routes.add("POST", "/v1/walkin/tickets/{token}/cancel", nothing);
    routes.add("GET", "/v1/walkin/tickets/last", nothing);
    routes.add("GET", "/demo/*", nothing);
    routes.add("GET", "/desk", nothing);
    routes.add("POST", "/upload", nothing, 1000);
    routes.add_socket("/desk", SocketRoute{});
    routes.add_socket("/chat", SocketRoute{});
  }
  std::string find(std::string_view method, std::string_view path) {
    const auto* found = routes.find(method, path, params, allow);
    return found == nullptr ? std::string{} : found->pattern;
  }
  Routes routes;
  std::map<std::string, std::string> params;
  std::string allow;
};

TEST_F(Table, FindsByMethodAndPattern) {
  EXPECT_EQ(find("GET", "/"), "/");
  EXPECT_EQ(find("GET", "/v1/walkin/services"), "/v1/walkin/services");
  EXPECT_EQ(find("POST", "/v1/walkin/tickets/abc/cancel"), "/v1/walkin/tickets/{token}/cancel");
  EXPECT_EQ(params.at("token"), "abc");
  EXPECT_EQ(find("GET", "/v1/walkin/tickets/a%2Fb"), "/v1/walkin/tickets/{token}");
  EXPECT_EQ(params.at("token"), "a/b") << "an encoded slash is part of the segment";
}

TEST_F(Table, LiteralWinsOverParameterAndRest) {
  EXPECT_EQ(find("GET", "/v1/walkin/tickets/last"), "/v1/walkin/tickets/last");
  EXPECT_EQ(find("GET", "/v1/walkin/tickets/las"), "/v1/walkin/tickets/{token}");
  EXPECT_EQ(find("GET", "/demo/a/b%20c"), "/demo/*");
  EXPECT_EQ(params.at("*"), "a/b c");
  EXPECT_EQ(find("GET", "/demo/"), "/demo/*");
  EXPECT_EQ(params.at("*"), "");
  EXPECT_EQ(find("GET", "/demo"), "");
}

TEST_F(Table, WhatDoesNotFitIsNotFound) {
  for (const char* path : {"/nothing", "/v1/walkin/tickets//cancel", "/v1/walkin/tickets/a/b/cancel",
                           "/V1/walkin/services", "/v1/walkin/services/", "//", "/%ff"}) {
    EXPECT_EQ(find("GET", path), "") << path;
    EXPECT_EQ(allow, path == std::string{"/v1/walkin/tickets/"} ? "GET, HEAD" : "") << path;
  }
}

TEST_F(Table, WrongMethodNamesTheRightOnes) {
  EXPECT_EQ(find("DELETE", "/v1/walkin/tickets"), "");
  EXPECT_EQ(allow, "POST");
  EXPECT_EQ(find("POST", "/v1/walkin/services"), "");
  EXPECT_EQ(allow, "GET, HEAD");
  EXPECT_EQ(find("GET", "/chat"), "");
  EXPECT_EQ(allow, "GET");
}

TEST_F(Table, HeadIsServedByGet) {
  EXPECT_EQ(find("HEAD", "/v1/walkin/services"), "/v1/walkin/services");
  EXPECT_EQ(find("HEAD", "/v1/walkin/tickets"), "");
}

TEST_F(Table, PageAndSocketShareAnAddress) {
  std::map<std::string, std::string> none;
  EXPECT_TRUE(routes.find("SOCKET", "/desk", none, allow)->socket);
  EXPECT_FALSE(routes.find("GET", "/desk", none, allow)->socket);
}

TEST_F(Table, BodyLimitIsTheRoutesOwn) {
  EXPECT_EQ(routes.find("POST", "/upload", params, allow)->body_bytes_max, 1000U);
  EXPECT_EQ(routes.find("POST", "/v1/walkin/tickets", params, allow)->body_bytes_max, std::nullopt);
}

TEST_F(Table, MistakesOfTheProgramThrow) {
  EXPECT_THROW(routes.add("GET", "/desk", nothing), std::logic_error);
  EXPECT_THROW(routes.add("GET", "desk", nothing), std::logic_error);
  EXPECT_THROW(routes.add("GET", "/a/*/b", nothing), std::logic_error);
}

}  // namespace
}  // namespace fd::http
