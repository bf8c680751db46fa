#pragma once
// Reads the fields of one JSON object; keeps the first thing that is wrong and answers with empty values after it, so a
// decoder is a list of fields and one question at the end. A null counts as absent. Used by the codec only.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "router/bus/codec.hpp"

namespace fd::bus {

enum class Need : std::uint8_t { may, must };  // must: present, and not empty where it is text

class Reader {
 public:
  Reader(const boost::json::object& object, std::string_view place) : object_(object), place_(place) {}

  [[nodiscard]] bool has(std::string_view key) const { return find(key) != nullptr; }

  std::string text(std::string_view key, Need need, std::size_t bytes_max = word_bytes_max) {
    const auto* v = required(key, need);
    if (v == nullptr) return {};
    const auto* s = v->if_string();
    if (s == nullptr) return fail(key, "must be text"), std::string{};
    if (s->size() > bytes_max)
      return fail(key, "is longer than " + std::to_string(bytes_max) + " bytes"), std::string{};
    if (need == Need::must && s->empty()) return fail(key, "is empty"), std::string{};
    return std::string(s->data(), s->size());
  }

  std::uint64_t count(std::string_view key, Need need) {
    const auto* v = required(key, need);
    if (v == nullptr) return 0;
    // Parsed numbers are signed where they fit; an object built in memory holds what was put in.
    if (v->is_int64() && v->get_int64() >= 0 && static_cast<std::uint64_t>(v->get_int64()) <= count_max)
      return static_cast<std::uint64_t>(v->get_int64());
    if (v->is_uint64() && v->get_uint64() <= count_max) return v->get_uint64();
    fail(key, "must be a whole number from 0 to 2^53 - 1");
    return 0;
  }

  std::int64_t milliseconds(std::string_view key, Need need) { return static_cast<std::int64_t>(count(key, need)); }

  std::uint32_t small_count(std::string_view key, std::uint32_t otherwise) {
    if (!has(key)) return otherwise;
    const auto n = count(key, Need::must);
    if (n > 1'000'000) return fail(key, "must be at most 1000000"), otherwise;
    return static_cast<std::uint32_t>(n);
  }

  bool flag(std::string_view key, Need need) {
    const auto* v = required(key, need);
    if (v == nullptr) return false;
    if (v->is_bool()) return v->get_bool();
    fail(key, "must be true or false");
    return false;
  }

  template <class UlidLike>
  UlidLike ulid(std::string_view key, Need need) {
    const auto written = text(key, need);
    if (!error_.empty() || written.empty()) return {};
    if (auto id = UlidLike::parse(written)) return *id;
    fail(key, "must be a ULID of 26 characters");
    return {};
  }

  boost::json::object object(std::string_view key, Need need) {
    const auto* v = required(key, need);
    if (v == nullptr) return {};
    if (const auto* o = v->if_object()) return *o;
    fail(key, "must be an object");
    return {};
  }

  const boost::json::array* array(std::string_view key, Need need) {
    const auto* v = required(key, need);
    if (v == nullptr) return nullptr;
    if (const auto* a = v->if_array()) return a;
    fail(key, "must be a list");
    return nullptr;
  }

  void fail(std::string_view key, std::string_view what) {
    if (!error_.empty()) return;
    error_.append(place_).append(".").append(key).append(" ").append(what);
  }

  [[nodiscard]] bool ok() const noexcept { return error_.empty(); }
  [[nodiscard]] const std::string& error() const noexcept { return error_; }

 private:
  [[nodiscard]] const boost::json::value* find(std::string_view key) const {
    const auto* v = object_.if_contains(key);
    return v == nullptr || v->is_null() ? nullptr : v;
  }
  const boost::json::value* required(std::string_view key, Need need) {
    const auto* v = find(key);
    if (v == nullptr && need == Need::must) fail(key, "is missing");
    return v;
  }

  const boost::json::object& object_;
  std::string_view place_;
  std::string error_;
};

}  // namespace fd::bus
