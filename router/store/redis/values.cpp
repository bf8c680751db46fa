#include "router/store/redis/values.hpp"

namespace fd::store::redis::values {
namespace {

int digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// "word:number", the last colon counts.
bool parse_counted(std::string_view item, std::string& name, auto& n) {
  const auto colon = item.rfind(':');
  if (colon == std::string_view::npos) return false;
  auto word = parse_listed(item.substr(0, colon));
  if (!word) return false;
  name = std::move(*word);
  return parse_number(item.substr(colon + 1), n);
}

template <class List, class Print>
void print_list(std::string& out, const List& list, Print one) {
  for (bool first = true; const auto& item : list) {
    if (!first) out.push_back(' ');
    first = false;
    one(item);
  }
}

}  // namespace

void print_word(std::string& out, std::string_view word) {
  static constexpr char hex[] = "0123456789ABCDEF";
  if (word.empty()) {
    out.push_back('-');
    return;
  }
  for (const char c : word) {
    const auto u = static_cast<unsigned char>(c);
    if (u <= 0x20 || u == 0x7F || c == '%' || word == "-") {
      out.push_back('%');
      out.push_back(hex[u >> 4]);
      out.push_back(hex[u & 15]);
    } else {
      out.push_back(c);
    }
  }
}

std::optional<std::string> parse_listed(std::string_view word) {
  std::string out;
  if (word == "-") return out;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (word[i] != '%') {
      out.push_back(word[i]);
      continue;
    }
    if (i + 2 >= word.size()) return std::nullopt;
    const int high = digit(word[i + 1]);
    const int low = digit(word[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return out;
}

std::string_view next_word(std::string_view& rest) noexcept {
  const auto end = rest.find(' ');
  const auto word = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return word;
}

void print(std::string& out, const std::vector<SkillNeed>& v) {
  print_list(out, v, [&](const SkillNeed& need) {
    print_word(out, need.skill);
    out.push_back(':');
    append_number(out, need.level);
  });
}

void print(std::string& out, const std::vector<std::string>& v) {
  print_list(out, v, [&](const std::string& tag) { print_word(out, tag); });
}

void print(std::string& out, const std::vector<PageCounter>& v) {
  print_list(out, v, [&](const PageCounter& page) {
    print_word(out, page.page);
    out.push_back(':');
    append_number(out, page.n);
  });
}

void print(std::string& out, const Attributes& v) {
  print_list(out, v.map(), [&](const auto& entry) {
    print_word(out, entry.first);
    out.push_back(' ');
    print_word(out, entry.second);
  });
}

void print(std::string& out, const Job& v) {
  print_word(out, v.channel.str());
  out.append(" ").append(v.contact.str()).push_back(' ');
  append_number(out, v.seq);
  out.push_back(' ');
  append_number(out, v.at.ms);
}

void print(std::string& out, const LastOffer& v) {
  print_word(out, v.id.empty() ? std::string{} : v.id.str());
  out.push_back(' ');
  out.append(word(v.state));
  out.push_back(' ');
  print_word(out, v.agent.str());
  out.push_back(' ');
  out.append(v.reason);
}

bool parse(std::string_view t, std::vector<SkillNeed>& v) {
  v.clear();
  while (!t.empty())
    if (auto& need = v.emplace_back(); !parse_counted(next_word(t), need.skill, need.level)) return false;
  return true;
}

bool parse(std::string_view t, std::vector<std::string>& v) {
  v.clear();
  while (!t.empty()) {
    auto word = parse_listed(next_word(t));
    if (!word) return false;
    v.push_back(std::move(*word));
  }
  return true;
}

bool parse(std::string_view t, std::vector<PageCounter>& v) {
  v.clear();
  while (!t.empty())
    if (auto& page = v.emplace_back(); !parse_counted(next_word(t), page.page, page.n)) return false;
  return true;
}

bool parse(std::string_view t, Attributes& v) {
  Attributes::Map map;
  while (!t.empty()) {
    auto name = parse_listed(next_word(t));
    auto value = parse_listed(next_word(t));
    if (!name || !value) return false;
    map.emplace(std::move(*name), std::move(*value));
  }
  v = Attributes(std::move(map));
  return true;
}

bool parse(std::string_view t, Job& v) {
  auto channel = parse_listed(next_word(t));
  if (!channel || !parse(next_word(t), v.contact) || !parse(next_word(t), v.seq)) return false;
  v.channel = ChannelName(std::move(*channel));
  return parse(t, v.at);
}

bool parse(std::string_view t, LastOffer& v) {
  const auto id = next_word(t);
  const auto state = next_word(t);
  auto agent = parse_listed(next_word(t));
  if (!agent || (id != "-" && !parse(id, v.id)) || !parse(state, v.state)) return false;
  v.agent = AgentId(std::move(*agent));
  v.reason = std::string(t);
  return true;
}

}  // namespace fd::store::redis::values
