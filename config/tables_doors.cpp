// Tables of the doors: listeners, limits, chat, walk-in, desk.

#include "config/notations.hpp"
#include "config/tables.hpp"

namespace fd::config {
namespace {

using namespace std::chrono_literals;
constexpr Duration none = 0ms, tick = 10ms, second = 1s, minute = 60s, hour = 3600s, day = 24 * hour;
constexpr std::int64_t KiB = 1024, MiB = 1024 * 1024;

const Table<chat::Topic>& topic_table() {
  static const Table<chat::Topic> table{
      needed(name<chat::Topic>("id", FD_AT(id), "an id", "its id", "话题的 id")),
      languages<chat::Topic>("name", FD_AT(name), "text of the button; it becomes the first message",
                             "按钮文字，点击后作为第一条消息"),
  };
  return table;
}

// It becomes a link on other people's pages.
std::optional<std::string> parse_page(Reader& r, const Node& n) {
  auto url = r.text(n);
  if (!url) return std::nullopt;
  const bool web = url->starts_with("https://") || url->starts_with("http://");
  if (web && std::none_of(url->begin(), url->end(), [](unsigned char c) { return c <= ' ' || c == 0x7F; })) return url;
  r.error(Code::wrong_unit, n.at, {*url, "a web address", "https://www.example.cn/privacy"});
  return std::nullopt;
}

const Table<chat::Consent>& consent_table() {
  using C = chat::Consent;
  static const Table<C> table{
      needed(name<C>("version", FD_AT(version), "a version", "recorded with each chat that begins below the line",
                     "版本号，随会话一起记录")),
      needed(languages<C>("text", FD_AT(text), "the line", "提示文字")),
      parsed<C>(
          "url", "web address", FD_AT(url), parse_page, [](const std::string& v) { return v; },
          "of the whole text; the version becomes a link to it", "全文地址，点击版本号打开"),
  };
  return table;
}

const Table<chat::Choice>& choice_table() {
  using C = chat::Choice;
  static const Table<C> table{
      needed(name<C>("id", FD_AT(id), "an id", "what is recorded", "记录的值")),
      needed(languages<C>("name", FD_AT(name), "what the customer reads", "显示文字")),
  };
  return table;
}

const Table<chat::Question>& question_table() {
  using Q = chat::Question;
  static const Table<Q> table{
      needed(
          name<Q>("key", FD_AT(key), "a key", "the answer is the attribute prechat.KEY", "答案记录为属性 prechat.KEY")),
      choice<Q>("type", FD_AT(type), {"text", "phone", "email", "list"}, "what is an answer", "答案的类型"),
      needed(languages<Q>("label", FD_AT(label), "above the field", "字段标题")),
      flag<Q>("required", FD_AT(required), "without it no chat begins", "必填"),
      list_of<Q>(
          "options", FD_AT(options), choice_table(), [](Reader&, const Node&, const chat::Choice&) {},
          "of a list: what can be chosen", "list 类型的选项"),
  };
  return table;
}

// A few questions, each of its own key: the answers travel with one message (docs/chat.md).
Field<chat::Website> prechat_field() {
  using W = chat::Website;
  auto field = list_of<W>(
      "prechat", FD_AT(prechat), question_table(),
      [](Reader& r, const Node& n, const chat::Question& q) {
        if (q.type == chat::Answer::list && q.options.empty()) r.error(Code::missing_key, n.at, {"options"});
      },
      "form before the first message: at most 8 fields", "首条消息前的表单，最多 8 项");
  field.read = [read = field.read](Reader& r, const Node& n, W& w) {
    read(r, n, w);
    if (n.items.size() > chat::questions_max)
      r.error(Code::out_of_range, n.at, {std::to_string(n.items.size()), "0 … " + std::to_string(chat::questions_max)});
    std::map<std::string, Place> first;
    for (std::size_t i = 0; i < w.prechat.size(); ++i) {
      const auto [at, fresh] = first.emplace(w.prechat[i].key, n.items[i].at);
      if (!fresh && !at->first.empty())
        r.error(Code::duplicate_key, n.items[i].at, {at->first, std::to_string(at->second.line)});
    }
  };
  return field;
}

// A secret field also notes where it came from: `show` must never give the secret itself.
struct SecretShow {
  boost::json::value operator()(const std::string& value) const {
    return value.empty() ? boost::json::value() : boost::json::value("set");
  }
};

// Whoever guesses one is a customer of the website's, or a kiosk.
constexpr std::size_t secret_bytes_min = 16;

std::optional<std::string> secret_value(Reader& r, const Node& n) {
  auto secret = r.secret(n);
  if (!secret) return std::nullopt;
  if (secret->value.size() < secret_bytes_min)
    r.error(Code::weak_secret, n.at, {std::to_string(secret->value.size()), std::to_string(secret_bytes_min)});
  r.note_secret(secret->source);
  return std::move(secret->value);
}

const Table<chat::Website>& website_table() {
  using W = chat::Website;
  static const Table<W> table{
      languages<W>("name", FD_AT(name), "shown in the title of the chat", "聊天窗口标题"),
      needed(parsed<W>(
          "origins", "list of origins", FD_AT(origins), parse_origins,
          [](const std::vector<std::string>& v) { return boost::json::value_from(v); },
          "pages that may open this chat: exact scheme, host and port; no wildcard",
          "允许嵌入的网页来源：精确的协议、主机、端口，不支持通配符")),
      parsed<W>("secret", "secret", FD_AT(secret), secret_value, SecretShow{},
                "signs identities of customers who are signed in: {file: path} or {credential: name}",
                "为已登录客户的身份签名：{file: 路径} 或 {credential: 名称}"),
      flag<W>("allow_app", FD_AT(allow_app), "apps (Origin null) may chat, with a signed identity only",
              "允许 App（Origin 为 null），必须带签名身份"),
      languages<W>("greeting", FD_AT(greeting), "first words of the empty chat", "空白聊天窗口的问候语"),
      list_of<W>(
          "topics", FD_AT(topics), topic_table(), [](Reader&, const Node&, const chat::Topic&) {},
          "buttons of the empty chat", "空白聊天窗口的话题按钮"),
      section<W>("consent", FD_AT(consent), consent_table(), "line above the composer of the empty chat",
                 "空白聊天窗口输入框上方的提示"),
      prechat_field(),
      text<W>("phone", FD_AT(phone), "shown when no connection opens", "无法连接时显示的电话"),
      text<W>("mail", FD_AT(mail), "shown when no connection opens", "无法连接时显示的邮箱"),
  };
  return table;
}

const Table<walkin::Service>& service_table() {
  using S = walkin::Service;
  static const Table<S> table{
      needed(parsed<S>(
          "prefix", "1 … 3 of A-Z", FD_AT(prefix), parse_prefix, [](const std::string& v) { return v; },
          "of the numbers: A gives A001", "号码前缀：A 产生 A001")),
      languages<S>("name", FD_AT(name), "on the kiosk", "取号机上显示的名称"),
      needed(reference<S>("queue", FD_AT(queue), Names::queue, "where its tickets wait", "取号后进入的队列")),
  };
  return table;
}

struct Device {
  std::string token;
};

const Table<Device>& device_table() {
  static const Table<Device> table{
      parsed<Device>("token", "secret", FD_AT(token), secret_value, SecretShow{}, "unset: derived from the root secret",
                     "不填则由根密钥派生"),
  };
  return table;
}

}  // namespace

const Table<http::Limits>& http_table() {
  using L = http::Limits;
  static const Table<L> table{
      bytes<L>("header_bytes_max", FD_AT(header_bytes_max), KiB, MiB, "request line and headers; more: 431",
               "请求行和头部的上限，超出返回 431"),
      integer<L>("headers_max", FD_AT(headers_max), 8, 1000, "headers of a request; more: 431", "头部个数上限"),
      bytes<L>("body_bytes_max", FD_AT(body_bytes_max), KiB, 64 * MiB, "body of a request; more: 413",
               "正文上限，超出返回 413"),
      duration<L>("header_time_max", FD_AT(header_time_max), second, hour, "in all, however slowly it drips; more: 408",
                  "接收头部的总时限，超出返回 408"),
      duration<L>("body_time_max", FD_AT(body_time_max), second, hour, "in all; more: 408", "接收正文的总时限"),
      integer<L>("body_rate_min", FD_AT(body_rate_min), 0, 1'000'000,
                 "bytes a second of a body; slower: 408; 0: no such limit",
                 "正文每秒最少字节数，更慢返回 408，0 为不限"),
      duration<L>("body_rate_after", FD_AT(body_rate_after), none, hour, "… asked for from then on",
                  "从多久之后开始要求该速率"),
      duration<L>("keep_alive_idle", FD_AT(keep_alive_idle), second, hour, "an idle connection is closed after",
                  "空闲连接的关闭时间"),
      integer<L>("keep_alive_requests_max", FD_AT(keep_alive_requests_max), 1, 1'000'000, "requests of one connection",
                 "单个连接的请求数上限"),
      integer<L>("connections_max", FD_AT(connections_max), 1, 1'000'000, "connections of a listener; more: 503",
                 "单个监听的连接数上限，超出返回 503"),
      integer<L>("connections_per_address_max", FD_AT(connections_per_address_max), 1, 1'000'000,
                 "connections of one address (IPv6: of a /64)", "单个地址的连接数上限（IPv6 按 /64）"),
      duration<L>("handler_time_max", FD_AT(handler_time_max), second, hour, "a request must be answered within",
                  "请求处理的时限"),
      duration<L>("write_time_max", FD_AT(write_time_max), second, hour, "an answer must be taken within",
                  "发送应答的时限"),
      parsed<L>(
          "trusted_proxies", "list of networks", FD_AT(trusted_proxies), parse_networks,
          [](const std::vector<std::string>& v) { return boost::json::value_from(v); },
          "whose X-Forwarded-For is believed", "信任其 X-Forwarded-For 的代理网段"),
      bytes<L>("outbox_total_bytes_max", FD_AT(outbox_total_bytes_max), MiB, 4096 * MiB,
               "unsent bytes of all sockets together", "所有 WebSocket 未发送数据的总上限"),
      duration<L>("close_time_max", FD_AT(close_time_max), none, minute, "a closing socket may flush for",
                  "关闭时发送剩余数据的时限"),
      duration<L>("restart_retry_min", FD_AT(restart_retry_min), none, hour, "at a restart clients come back after",
                  "重启时客户端最早多久后重连"),
      duration<L>("restart_retry_spread", FD_AT(restart_retry_spread), none, hour, "… spread over",
                  "重连分散在多长时间内"),
  };
  return table;
}

const Table<http::SocketLimits>& socket_table() {
  using L = http::SocketLimits;
  static const Table<L> table{
      bytes<L>("message_bytes_max", FD_AT(message_bytes_max), KiB, MiB, "one frame from the other side",
               "单个消息的上限"),
      bytes<L>("outbox_bytes_max", FD_AT(outbox_bytes_max), 16 * KiB, 64 * MiB, "unsent bytes; more: closed",
               "未发送数据的上限，超出则关闭"),
      duration<L>("ping_every", FD_AT(ping_every), second, hour, "a ping this often", "心跳间隔"),
      duration<L>("dead_after", FD_AT(dead_after), second, hour, "silent so long: closed", "多久无响应则关闭"),
      duration<L>("handshake_time_max", FD_AT(handshake_time_max), second, minute, "the handshake must be done within",
                  "握手时限"),
  };
  return table;
}

const Table<chat::Settings>& chat_table() {
  using S = chat::Settings;
  static const Table<S> table{
      duration<S>("token_life", FD_AT(token_life), hour, 365 * day, "a visitor is remembered for", "访客令牌的有效期"),
      integer<S>("text_chars_max", FD_AT(text_chars_max), 100, 16'000, "characters of a message", "单条消息的字数上限"),
      duration<S>("hello_within", FD_AT(hello_within), second, minute, "a socket must say hello within",
                  "连接后首帧的时限"),
      real<S>("rate_burst", FD_AT(rate_burst), 1, 1000, "messages at once", "瞬时可发的消息数"),
      real<S>("rate_per_s", FD_AT(rate_per_s), 0.01, 1000, "messages a second in the long run", "长期每秒消息数"),
      duration<S>("request_patience", FD_AT(request_patience), second, minute, "waits for the router's answer",
                  "等待路由应答的时间"),
      duration<S>("busy_every", FD_AT(busy_every), second, minute, "tells the customer to be patient this often",
                  "繁忙提示的间隔"),
      duration<S>("read_every", FD_AT(read_every), tick, minute, "read marks at most this often", "已读标记的最短间隔"),
      integer<S>("waiting_max", FD_AT(waiting_max), 1, 1000, "unanswered messages of a socket",
                 "单个连接未确认消息的上限"),
      map_of<S>(
          "websites", website_table(), [](const std::string&) { return chat::Website{}; },
          [](S& s, const std::string& token, chat::Website w) {
            w.token = token;
            s.websites[token] = std::move(w);
          },
          [](const S& s, auto&& each) {
            for (const auto& [token, w] : s.websites) each(token, w);
          },
          "by the token in the page's script tag; it is public", "以网页脚本标签中的令牌为键，令牌是公开的"),
  };
  return table;
}

const Table<walkin::Settings>& walkin_table() {
  using S = walkin::Settings;
  static const Table<S> table{
      duration<S>("request_patience", FD_AT(request_patience), second, minute, "waits for the router's answer",
                  "等待路由应答的时间"),
      real<S>("rate_burst", FD_AT(rate_burst), 1, 1000, "tickets of one device at once", "单台设备瞬时可取的号数"),
      real<S>("rate_per_s", FD_AT(rate_per_s), 0.01, 1000, "tickets of one device a second in the long run",
              "单台设备长期每秒取号数"),
      duration<S>("services_max_age", FD_AT(services_max_age), tick, minute, "figures of the lines may be so old",
                  "排队数据的最长缓存时间"),
      duration<S>("busy_every", FD_AT(busy_every), second, minute, "tells a display to be patient this often",
                  "繁忙提示的间隔"),
      map_of<S>(
          "services", service_table(), [](const std::string&) { return walkin::Service{}; },
          [](S& s, const std::string& id, walkin::Service service) {
            service.id = id;
            s.services.push_back(std::move(service));
          },
          [](const S& s, auto&& each) {
            for (const auto& service : s.services) each(service.id, service);
          },
          "what a ticket can be taken for, in the order of the kiosk", "可取号的业务，按取号机上的顺序"),
      map_of<S>(
          "devices", device_table(), [](const std::string&) { return Device{}; },
          [](S& s, const std::string& id, Device device) { s.devices[id] = std::move(device.token); },
          [](const S& s, auto&& each) {
            for (const auto& [id, token] : s.devices) each(id, Device{token});
          },
          "kiosks and call displays", "取号机和叫号屏"),
  };
  return table;
}

const Table<desk::Settings>& desk_table() {
  using S = desk::Settings;
  static const Table<S> table{
      duration<S>("session_life", FD_AT(session_life), minute, 7 * day, "a sign-in lasts", "登录的有效期"),
      duration<S>("session_idle", FD_AT(session_idle), minute, 7 * day, "… without an open desk",
                  "工作台未打开时的有效期"),
      integer<S>("tries_max", FD_AT(tries_max), 1, 1000, "wrong passwords of an account within the window",
                 "窗口期内单个账号可输错的次数"),
      integer<S>("tries_address_max", FD_AT(tries_address_max), 1, 10'000, "… of one address",
                 "窗口期内单个地址可输错的次数"),
      duration<S>("tries_window", FD_AT(tries_window), minute, day, "the window", "窗口期"),
      duration<S>("request_patience", FD_AT(request_patience), second, minute, "waits for the router's answer",
                  "等待路由应答的时间"),
      duration<S>("attach_patience", FD_AT(attach_patience), second, minute, "then the page is told to be patient",
                  "多久后提示页面等待"),
      duration<S>("hello_wait", FD_AT(hello_wait), second, minute, "a socket must say hello within",
                  "连接后首帧的时限"),
      duration<S>("read_every", FD_AT(read_every), tick, minute, "read marks at most this often", "已读标记的最短间隔"),
      integer<S>("commands_max", FD_AT(commands_max), 1, 10'000, "unanswered commands of a socket",
                 "单个连接未应答的命令数上限"),
      integer<S>("asks_max", FD_AT(asks_max), 1, 1000, "open questions of a socket", "单个连接未应答的查询数上限"),
  };
  return table;
}

}  // namespace fd::config
