#pragma once
// One table a settings struct: key, type, range, what it means in both languages, and how it is read and shown. Loader,
// sample, reference and the canonical text all come from it; the default is what the struct's own initialiser says.

#include <algorithm>
#include <boost/json.hpp>
#include <functional>

#include "config/reader.hpp"

namespace fd::config {

struct Row {  // one line of the reference
  std::string key, type, fallback, range, en, zh;
};

template <class T>
struct Field {
  std::string key, type, range, en, zh;
  std::function<void(Reader&, const Node&, T&)> read;
  std::function<boost::json::value(const T&)> show;
  // Rows of what stands inside a section, with the defaults of this T; empty: a value.
  std::function<void(const T&, const std::string& path, std::vector<Row>&)> inside;
  bool required = false;
};

template <class T>
using Table = std::vector<Field<T>>;

template <class T>
void read_table(Reader& reader, const Node& node, T& into, const Table<T>& table) {
  if (!reader.map(node)) return;
  std::vector<std::string> known;
  for (const auto& field : table) known.push_back(field.key);
  for (const auto& entry : node.entries) {
    const Reader::Step step(reader, entry.key);
    const auto it = std::find(known.begin(), known.end(), entry.key);
    if (it == known.end())
      reader.unknown_key(entry, known);
    else
      table[static_cast<std::size_t>(it - known.begin())].read(reader, entry.value, into);
  }
  for (const auto& field : table)
    if (field.required && !node.find(field.key)) reader.error(Code::missing_key, node.at, {field.key});
}

template <class T>
boost::json::object show_table(const T& value, const Table<T>& table) {
  boost::json::object out;
  for (const auto& field : table) out[field.key] = field.show(value);
  return out;
}

template <class T>
void list_rows(const T& fresh, const Table<T>& table, const std::string& path, std::vector<Row>& rows) {
  for (const auto& f : table) {
    const std::string key = path.empty() ? f.key : path + "." + f.key;
    rows.push_back({key, f.type, f.inside ? "" : boost::json::serialize(f.show(fresh)), f.range, f.en, f.zh});
    if (f.inside) f.inside(fresh, key, rows);
  }
}

// --- fields. `get` is a generic lambda giving the member of a T, const or not ---
// NOLINTBEGIN(bugprone-macro-parentheses): a member's name is no expression
#define FD_AT(member) \
  [](auto& t) -> auto& { return t.member; }
// NOLINTEND(bugprone-macro-parentheses)

template <class T, class Get>
Field<T> integer(std::string key, Get get, std::int64_t min, std::int64_t max, std::string en, std::string zh) {
  return {std::move(key),
          "whole number",
          std::to_string(min) + " … " + std::to_string(max),
          std::move(en),
          std::move(zh),
          [=](Reader& r, const Node& n, T& t) {
            if (const auto v = r.integer(n, min, max)) get(t) = static_cast<std::decay_t<decltype(get(t))>>(*v);
          },
          [=](const T& t) { return boost::json::value(static_cast<std::int64_t>(get(t))); },
          {}};
}

template <class T, class Get>
Field<T> real(std::string key, Get get, double min, double max, std::string en, std::string zh) {
  return {std::move(key),
          "number",
          std::to_string(static_cast<int>(min)) + " … " + std::to_string(static_cast<int>(max)),
          std::move(en),
          std::move(zh),
          [=](Reader& r, const Node& n, T& t) {
            if (const auto v = r.real(n, min, max)) get(t) = *v;
          },
          [=](const T& t) { return boost::json::value(get(t)); },
          {}};
}

template <class T, class Get>
Field<T> flag(std::string key, Get get, std::string en, std::string zh) {
  return {std::move(key),
          "true or false",
          "",
          std::move(en),
          std::move(zh),
          [=](Reader& r, const Node& n, T& t) {
            if (const auto v = r.flag(n)) get(t) = *v;
          },
          [=](const T& t) { return boost::json::value(get(t)); },
          {}};
}

// Any chrono duration, or an optional Duration (null: not set).
template <class T, class Get>
Field<T> duration(std::string key, Get get, Duration min, Duration max, std::string en, std::string zh) {
  return {std::move(key),
          "duration",
          shown(min) + " … " + shown(max),
          std::move(en),
          std::move(zh),
          [=](Reader& r, const Node& n, T& t) {
            const auto v = r.duration(n, min, max);
            if (!v) return;
            using Value = std::decay_t<decltype(get(t))>;
            if constexpr (std::is_same_v<Value, std::optional<Duration>>)
              get(t) = *v;
            else
              get(t) = std::chrono::duration_cast<Value>(*v);
          },
          [=](const T& t) {
            if constexpr (std::is_same_v<std::decay_t<decltype(get(t))>, std::optional<Duration>>)
              return get(t) ? boost::json::value(shown(*get(t))) : boost::json::value();
            else
              return boost::json::value(shown(std::chrono::duration_cast<Duration>(get(t))));
          },
          {}};
}

template <class T, class Get>
Field<T> bytes(std::string key, Get get, std::int64_t min, std::int64_t max, std::string en, std::string zh) {
  return {std::move(key),
          "size",
          shown_size(min) + " … " + shown_size(max),
          std::move(en),
          std::move(zh),
          [=](Reader& r, const Node& n, T& t) {
            if (const auto v = r.size(n, min, max)) get(t) = static_cast<std::size_t>(*v);
          },
          [=](const T& t) { return boost::json::value(shown_size(static_cast<std::int64_t>(get(t)))); },
          {}};
}

template <class T, class Get>
Field<T> text(std::string key, Get get, std::string en, std::string zh) {
  return {std::move(key),
          "text",
          "",
          std::move(en),
          std::move(zh),
          [=](Reader& r, const Node& n, T& t) {
            if (auto v = r.text(n)) get(t) = std::move(*v);
          },
          [=](const T& t) { return boost::json::value(get(t)); },
          {}};
}

// A name of ours: std::string or an Id.
template <class T, class Get>
Field<T> name(std::string key, Get get, const std::string& what, std::string en, std::string zh) {
  return {std::move(key),
          "name",
          "1 … 64 of A-Z a-z 0-9 - _ .",
          std::move(en),
          std::move(zh),
          [=](Reader& r, const Node& n, T& t) {
            if (auto v = r.name(n, what)) get(t) = std::decay_t<decltype(get(t))>(std::move(*v));
          },
          [=](const T& t) {
            if constexpr (std::is_same_v<std::decay_t<decltype(get(t))>, std::string>)
              return boost::json::value(get(t));
            else
              return boost::json::value(get(t).str());
          },
          {}};
}

// A name that must be defined elsewhere in the configuration: std::string, an Id, or an optional Id.
template <class T, class Get>
Field<T> reference(std::string key, Get get, Names names, std::string en, std::string zh) {
  static const char* const types[] = {"name of a queue", "name of a channel", "id of a kind", "id of a service"};
  return {std::move(key),
          types[static_cast<std::size_t>(names)],
          "",
          std::move(en),
          std::move(zh),
          [=](Reader& r, const Node& n, T& t) {
            auto v = r.text(n);
            if (!v) return;
            r.refer(names, *v, n);
            using Value = std::decay_t<decltype(get(t))>;
            if constexpr (std::is_same_v<Value, std::optional<QueueName>>)
              get(t) = QueueName(std::move(*v));
            else
              get(t) = Value(std::move(*v));
          },
          [=](const T& t) {
            using Value = std::decay_t<decltype(get(t))>;
            if constexpr (std::is_same_v<Value, std::optional<QueueName>>)
              return get(t) ? boost::json::value(get(t)->str()) : boost::json::value();
            else if constexpr (std::is_same_v<Value, std::string>)
              return boost::json::value(get(t));
            else
              return boost::json::value(get(t).str());
          },
          {}};
}

// A value with a notation of its own: `parse(reader, node)` gives an optional of it, `show(value)` its JSON.
template <class T, class Get, class Parse, class Show>
Field<T> parsed(std::string key, std::string type, Get get, Parse parse, Show show, std::string en, std::string zh) {
  return {std::move(key),
          std::move(type),
          "",
          std::move(en),
          std::move(zh),
          [=](Reader& r, const Node& n, T& t) {
            if (auto v = parse(r, n)) get(t) = std::move(*v);
          },
          [=](const T& t) { return boost::json::value(show(get(t))); },
          {}};
}

template <class T>
Field<T> needed(Field<T> field) {
  field.required = true;
  return field;
}

// One of a few words, in the order of the enum's values (bool: second = true).
template <class T, class Get>
Field<T> choice(std::string key, Get get, const std::vector<std::string>& words, std::string en, std::string zh) {
  std::string all;
  for (const auto& w : words) all += (all.empty() ? "" : ", ") + w;
  return {std::move(key),
          "word",
          std::move(all),
          std::move(en),
          std::move(zh),
          [=](Reader& r, const Node& n, T& t) {
            if (const auto v = r.choice(n, words)) get(t) = static_cast<std::decay_t<decltype(get(t))>>(*v);
          },
          [=](const T& t) { return boost::json::value(words[static_cast<std::size_t>(get(t))]); },
          {}};
}

template <class T, class Get>
Field<T> languages(std::string key, Get get, std::string en, std::string zh) {
  return {std::move(key),
          "{zh, en}",
          "",
          std::move(en),
          std::move(zh),
          [=](Reader& r, const Node& n, T& t) {
            if (auto v = r.languages(n)) get(t) = std::move(*v);
          },
          [=](const T& t) { return boost::json::value_from(get(t)); },
          {}};
}

// A list of texts; with `names`, each refers to something defined elsewhere.
template <class T, class Get>
Field<T> texts(std::string key, Get get, std::optional<Names> names, std::string en, std::string zh) {
  return {std::move(key),
          "list of texts",
          "",
          std::move(en),
          std::move(zh),
          [=](Reader& r, const Node& n, T& t) {
            auto v = r.texts(n);
            if (!v) return;
            for (std::size_t i = 0; names && i < v->size(); ++i)
              r.refer(*names, (*v)[i], n.kind == Node::Kind::list ? n.items[i] : n);
            get(t) = {v->begin(), v->end()};
          },
          [=](const T& t) { return boost::json::value_from(get(t)); },
          {}};
}

template <class T, class Inner, class Get>
Field<T> section(std::string key, Get get, const Table<Inner>& table, std::string en, std::string zh) {
  return {std::move(key),
          "section",
          "",
          std::move(en),
          std::move(zh),
          [=, &table](Reader& r, const Node& n, T& t) { read_table(r, n, get(t), table); },
          [=, &table](const T& t) { return boost::json::value(show_table(get(t), table)); },
          [=, &table](const T& t, const std::string& path, std::vector<Row>& rows) {
            list_rows(get(t), table, path, rows);
          }};
}

// A list of maps. `check(reader, node, value)` sees each one read.
template <class T, class Inner, class Get, class Check>
Field<T> list_of(std::string key, Get get, const Table<Inner>& table, Check check, std::string en, std::string zh) {
  return {std::move(key),
          "list",
          "",
          std::move(en),
          std::move(zh),
          [=, &table](Reader& r, const Node& n, T& t) {
            if (!r.list(n)) return;
            auto& list = get(t);
            list.clear();
            for (std::size_t i = 0; i < n.items.size(); ++i) {
              const Reader::Step step(r, std::to_string(i));
              Inner inner{};
              read_table(r, n.items[i], inner, table);
              check(r, n.items[i], inner);
              list.push_back(std::move(inner));
            }
          },
          [=, &table](const T& t) {
            boost::json::array out;
            for (const auto& inner : get(t)) out.push_back(show_table(inner, table));
            return boost::json::value(std::move(out));
          },
          [&table](const T&, const std::string& path, std::vector<Row>& rows) {
            list_rows(Inner{}, table, path + ".*", rows);
          }};
}

// A map of maps by name. `fresh(name)` gives what an entry is before it is read; `put(t, name, inner)` keeps it;
// `each(t, f)` calls f(name, inner) for all of them.
template <class T, class Inner, class Fresh, class Put, class Each>
Field<T> map_of(std::string key, const Table<Inner>& table, Fresh fresh, Put put, Each each, std::string en,
                std::string zh) {
  return {std::move(key),
          "map by name",
          "",
          std::move(en),
          std::move(zh),
          [=, &table](Reader& r, const Node& n, T& t) {
            if (!r.map(n)) return;
            for (const auto& entry : n.entries) {
              const Reader::Step step(r, entry.key);
              Node named;
              named.kind = Node::Kind::scalar;
              named.text = entry.key;
              named.at = entry.at;
              if (!r.name(named, "a name")) continue;
              Inner inner = fresh(entry.key);
              read_table(r, entry.value, inner, table);
              put(t, entry.key, std::move(inner));
            }
          },
          [=, &table](const T& t) {
            boost::json::object out;
            each(t, [&](const std::string& k, const Inner& inner) { out[k] = show_table(inner, table); });
            return boost::json::value(std::move(out));
          },
          [&table](const T&, const std::string& path, std::vector<Row>& rows) {
            list_rows(Inner{}, table, path + ".*", rows);
          }};
}

}  // namespace fd::config
