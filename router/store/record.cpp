#include "router/store/record.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <map>
#include <optional>
#include <utility>

#include "router/model/words.hpp"
#include "router/store/json_text.hpp"
#include "router/store/record_fields.hpp"

namespace fd::store {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, std::variant_size_v<engine::Event>> types{"customer_message",
                                                                                 "visitor_bound",
                                                                                 "customer_attached",
                                                                                 "customer_detached",
                                                                                 "customer_end",
                                                                                 "customer_read",
                                                                                 "agent_attached",
                                                                                 "agent_detached",
                                                                                 "set_presence",
                                                                                 "accept",
                                                                                 "decline",
                                                                                 "agent_message",
                                                                                 "agent_note",
                                                                                 "agent_read",
                                                                                 "transfer",
                                                                                 "resolve",
                                                                                 "classify",
                                                                                 "extend",
                                                                                 "next",
                                                                                 "recall",
                                                                                 "serve",
                                                                                 "absent",
                                                                                 "done",
                                                                                 "reassign",
                                                                                 "reprioritise",
                                                                                 "pause_queue",
                                                                                 "force_presence",
                                                                                 "connected",
                                                                                 "connect_failed",
                                                                                 "job_done",
                                                                                 "session_open",
                                                                                 "session_close",
                                                                                 "roster",
                                                                                 "lead",
                                                                                 "tick",
                                                                                 "clock_moved"};

constexpr std::array<std::string_view, 3> roles{"agent", "supervisor", "admin"};

template <class T>
concept Number = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char>;
template <class T>
concept Word = std::is_enum_v<T> && !std::same_as<T, engine::Role>;

struct Writer {
  std::string& out;
  bool first = true;

  template <class T>
  void operator()(std::string_view name, const std::optional<T>& value) {
    if (value) member(name, *value);
  }
  template <class T>
  void operator()(std::string_view name, const T& value, const T& absent = T{}) {
    if constexpr (std::equality_comparable<T>)
      if (value == absent) return;
    member(name, value);
  }
  template <class T>
  void member(std::string_view name, const T& value) {
    const auto start = out.size();
    const bool was_first = first;
    out.push_back(first ? '{' : ',');
    first = false;
    append_json(out, name);
    out.push_back(':');
    put(value);
    if (!std::string_view(out).ends_with(":{}")) return;
    out.resize(start);  // a struct of nothing but defaults
    first = was_first;
  }
  void close() { out.append(first ? "{}" : "}"); }

  void put(const std::string& v) { append_json(out, v); }
  void put(bool v) { out.append(v ? "true" : "false"); }
  void put(char v) { append_json(out, std::string_view(&v, 1)); }
  template <Number N>
  void put(N v) {
    append_number(out, v);
  }
  void put(Instant v) { append_number(out, v.ms); }
  void put(Duration v) { append_number(out, v.count()); }
  void put(engine::Role v) { append_json(out, roles[static_cast<std::size_t>(v)]); }
  template <Word E>
  void put(E v) {
    append_json(out, word(v));
  }
  template <class Tag>
  void put(const Id<Tag>& v) {
    append_json(out, v.str());
  }
  template <class Tag>
  void put(const UlidId<Tag>& v) {
    append_json(out, v.str());
  }
  template <class T>
  void put(const std::vector<T>& list) {
    out.push_back('[');
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (i > 0) out.push_back(',');
      put(list[i]);
    }
    out.push_back(']');
  }
  template <class A, class B>
  void put(const std::pair<A, B>& v) {
    out.push_back('[');
    put(v.first);
    out.push_back(',');
    put(v.second);
    out.push_back(']');
  }
  template <class K, class V>
  void put(const std::map<K, V>& map) {
    Writer inner{out};
    for (const auto& [name, value] : map) inner.entry(name, value);
    inner.close();
  }
  template <class K, class V>
  void entry(const K& name, const V& value) {  // also one that is all defaults: its name is what it says
    out.push_back(std::exchange(first, false) ? '{' : ',');
    put(name);
    out.push_back(':');
    put(value);
  }
  void put(const Attributes& v) { put(v.map()); }
  template <class T>
  requires std::is_class_v<T>
  void put(const T& v) {
    Writer inner{out};
    fields::walk(inner, v);
    inner.close();
  }
};

struct Reader {
  const json::object& object;
  std::string bad;  // path of the first field that does not fit

  template <class T>
  void operator()(std::string_view name, T& value, const T& absent = T{}) {
    const auto* found = object.if_contains(name);
    if (!found) {
      value = absent;
      return;
    }
    if (bad.empty() && !take(*found, value) && bad.empty()) bad = std::string(name);
  }

  template <class T>
  bool inner(const json::value& v, T& value) {
    if (!v.is_object()) return false;
    Reader reader{v.get_object(), {}};
    fields::walk(reader, value);
    if (bad.empty()) bad = std::move(reader.bad);
    return bad.empty();
  }
  static std::optional<std::string_view> text(const json::value& v) {
    const auto* s = v.if_string();
    return s ? std::optional(std::string_view(s->data(), s->size())) : std::nullopt;
  }

  bool take(const json::value& v, std::string& to) {
    const auto t = text(v);
    if (t) to.assign(*t);
    return t.has_value();
  }
  bool take(const json::value& v, bool& to) {
    const auto* b = v.if_bool();
    if (b) to = *b;
    return b != nullptr;
  }
  bool take(const json::value& v, char& to) {
    const auto t = text(v);
    if (!t || t->size() != 1) return false;
    to = t->front();
    return true;
  }
  template <Number N>
  bool take(const json::value& v, N& to) {
    json::error_code error;
    to = v.to_number<N>(error);
    return !error;
  }
  bool take(const json::value& v, Instant& to) { return take(v, to.ms); }
  bool take(const json::value& v, Duration& to) {
    std::int64_t ms = 0;
    if (!take(v, ms)) return false;
    to = Duration{ms};
    return true;
  }
  bool take(const json::value& v, engine::Role& to) {
    const auto t = text(v);
    const auto found = t ? std::find(roles.begin(), roles.end(), *t) : roles.end();
    if (found == roles.end()) return false;
    to = static_cast<engine::Role>(found - roles.begin());
    return true;
  }
  template <Word E>
  bool take(const json::value& v, E& to) {
    const auto t = text(v);
    const auto found = t ? parse_word<E>(*t) : std::nullopt;
    if (found) to = *found;
    return found.has_value();
  }
  template <class Tag>
  bool take(const json::value& v, Id<Tag>& to) {
    const auto t = text(v);
    if (t) to = Id<Tag>(std::string(*t));
    return t.has_value();
  }
  template <class Tag>
  bool take(const json::value& v, UlidId<Tag>& to) {
    const auto t = text(v);
    const auto found = t ? UlidId<Tag>::parse(*t) : std::nullopt;
    if (found) to = *found;
    return found.has_value();
  }
  bool take(const json::value& v, Attributes& to) {
    Attributes::Map map;
    if (!take(v, map)) return false;
    to = Attributes(std::move(map));
    return true;
  }
  template <class T>
  bool take(const json::value& v, std::optional<T>& to) {
    return take(v, to.emplace());
  }
  template <class T>
  bool take(const json::value& v, std::vector<T>& to) {
    const auto* list = v.if_array();
    if (!list) return false;
    to.clear();
    for (const auto& item : *list)
      if (!take(item, to.emplace_back())) return false;
    return true;
  }
  template <class A, class B>
  bool take(const json::value& v, std::pair<A, B>& to) {
    const auto* list = v.if_array();
    return list && list->size() == 2 && take((*list)[0], to.first) && take((*list)[1], to.second);
  }
  template <class K, class V>
  bool take(const json::value& v, std::map<K, V>& to) {
    to.clear();
    if (v.is_array()) {  // as the first streams have it: [[name, value], …]
      std::vector<std::pair<K, V>> list;
      if (!take(v, list)) return false;
      to = {list.begin(), list.end()};
      return true;
    }
    const auto* entries = v.if_object();
    if (!entries) return false;
    for (const auto& [name, value] : *entries)
      if (!take(value, to[K(std::string(name))])) return false;
    return true;
  }
  template <class T>
  requires std::is_class_v<T>
  bool take(const json::value& v, T& to) { return inner(v, to); }
};

template <std::size_t I = 0>
boost::system::result<engine::Event, RecordError> read_event(std::size_t type, const json::object& object) {
  if constexpr (I < std::variant_size_v<engine::Event>) {
    if (type != I) return read_event<I + 1>(type, object);
    std::variant_alternative_t<I, engine::Event> event;
    Reader reader{object, {}};
    fields::walk(reader, event);
    if (!reader.bad.empty()) return RecordError{std::string(types[I]) + ": field `" + reader.bad + "`"};
    return engine::Event(std::move(event));
  } else {
    return RecordError{"type"};
  }
}

boost::system::result<json::value, RecordError> parsed(std::string_view text) {
  json::error_code error;
  json::parse_options options;
  options.allow_invalid_utf8 = true;
  auto value = json::parse(text, error, {}, options);
  if (error) return RecordError{"no JSON: " + error.message()};
  return value;
}

}  // namespace

std::string_view type_of(const engine::Event& event) noexcept { return types[event.index()]; }

std::string to_json(const engine::Event& event) {
  std::string out = R"({"type":")";
  out.append(type_of(event)).push_back('"');
  Writer writer{out, false};
  std::visit([&](const auto& e) { fields::walk(writer, e); }, event);
  writer.close();
  return out;
}

boost::system::result<engine::Event, RecordError> event_from(std::string_view text) {
  auto value = parsed(text);
  if (!value) return value.error();
  const auto* object = value->if_object();
  const auto* type = object ? object->if_contains("type") : nullptr;
  if (!type || !type->is_string()) return RecordError{"type is missing"};
  const std::string_view name(type->get_string().data(), type->get_string().size());
  const auto found = std::find(types.begin(), types.end(), name);
  if (found == types.end()) return RecordError{"unknown type `" + std::string(name) + "`"};
  return read_event(static_cast<std::size_t>(found - types.begin()), *object);
}

std::string to_json(const std::vector<engine::Transition>& transitions) {
  std::string out;
  Writer{out}.put(transitions);
  return out;
}

boost::system::result<std::vector<engine::Transition>, RecordError> transitions_from(std::string_view text) {
  auto value = parsed(text);
  if (!value) return value.error();
  const json::object none;
  Reader reader{none, {}};
  std::vector<engine::Transition> transitions;
  if (!reader.take(*value, transitions)) return RecordError{"transitions: field `" + reader.bad + "`"};
  return transitions;
}

}  // namespace fd::store
