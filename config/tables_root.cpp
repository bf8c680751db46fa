// The table of the file itself, and the one of accounts.

#include "config/notations.hpp"
#include "config/tables.hpp"

namespace fd::config {
namespace {

using namespace std::chrono_literals;
constexpr Duration none = 0ms, second = 1s, minute = 60s, hour = 3600s;

using C = Configuration;

std::string as_text(const std::string& s) { return s; }

struct Site {
  Redis redis;
  calendar::Zone zone;
  bool has_redis = false, has_zone = false;
};

const auto show_zone = [](const calendar::Zone& zone) { return zone.name(); };
const char* const zone_en = "time zone of days, case numbers and rules; a name of the tz database";
const char* const zone_zh = "日期、工单号和规则所用的时区，tz 数据库名称";

const Table<Redis>& managed_table() {
  static const Table<Redis> table{
      text<Redis>("binary", FD_AT(binary), "file of the server; empty: the redis-server or valkey-server that is found",
                  "服务器程序的路径，留空则自动查找 redis-server 或 valkey-server"),
  };
  return table;
}

// The password is shown by where it comes from, never itself.
const Table<Redis>& redis_table() {
  static const Table<Redis> table{
      needed(Field<Redis>{"address",
                          "address",
                          "",
                          "managed: the daemon runs its own; or unix:/path, unix://user@/path, "
                          "redis://[user@]host[:port][/database] with the user percent-encoded",
                          "managed 由守护进程自行启动；也可写 unix:/路径、unix://用户@/路径 或 "
                          "redis://[用户@]主机[:端口][/库号]，用户名用百分号编码",
                          [](Reader& r, const Node& n, Redis& redis) {
                            if (auto v = parse_redis(r, n)) static_cast<RedisAddress&>(redis) = std::move(*v);
                          },
                          [](const Redis& redis) { return boost::json::value(redis.text); },
                          {}}),
      Field<Redis>{"password",
                   "secret",
                   "",
                   "of the user in the address, else of the server's default user: {file: path} or {credential: name}",
                   "地址中用户的密码，未写用户则为默认用户的密码：{file: 路径} 或 {credential: 名称}",
                   [](Reader& r, const Node& n, Redis& redis) {
                     auto secret = r.secret(n);
                     if (!secret) return;
                     redis.password = std::move(secret->value);
                     redis.password_from = std::move(secret->source);
                   },
                   [](const Redis& redis) {
                     return redis.password_from.empty() ? boost::json::value()
                                                        : boost::json::value("{" + redis.password_from + "}");
                   },
                   {}},
      flag<Redis>("allow_weak", FD_AT(allow_weak),
                  "lead also over a Redis that could lose what was acknowledged (appendonly, appendfsync, evicting)",
                  "即使该 Redis 可能丢失已确认的数据（appendonly、appendfsync、淘汰策略）也照常服务"),
      section<Redis>(
          "managed", [](auto& redis) -> auto& { return redis; }, managed_table(), "the daemon's own redis-server",
          "守护进程自带的 redis-server"),
  };
  return table;
}

// An address alone is short for {address: …}. A map names its address, so that a file of conf.d which adds to a
// scalar cannot silently take the daemon to its own Redis.
void read_redis(Reader& r, const Node& n, Redis& redis) {
  redis = {};
  if (n.kind == Node::Kind::map)
    read_table(r, n, redis, redis_table());
  else if (auto v = parse_redis(r, n))
    static_cast<RedisAddress&>(redis) = std::move(*v);
  const Entry *address = n.find("address"), *password = n.find("password");
  if (address && password && address->value.text == "managed") r.error(Code::needless_password, password->at);
}

const Table<Site>& site_table() {
  static const Table<Site> table{
      Field<Site>{"redis",
                  "as redis below",
                  "",
                  "where this site is kept",
                  "本站点存放的位置",
                  [](Reader& r, const Node& n, Site& s) {
                    read_redis(r, n, s.redis);
                    s.has_redis = true;
                  },
                  [](const Site& s) { return boost::json::value(show_table(s.redis, redis_table())); },
                  {}},
      Field<Site>{"zone",
                  "time zone",
                  "",
                  zone_en,
                  zone_zh,
                  [](Reader& r, const Node& n, Site& s) {
                    if (auto zone = parse_zone(r, n)) s.zone = std::move(*zone);
                    s.has_zone = true;
                  },
                  [](const Site& s) { return boost::json::value(s.zone.name()); },
                  {}},
  };
  return table;
}

const Table<C>& listen_table() {
  const auto listener = [](const Listener& l) { return l.text; };
  static const Table<C> table{
      parsed<C>("public", "address", FD_AT(public_listener), parse_listener, listener, "for customers", "面向客户"),
      parsed<C>("internal", "address", FD_AT(internal_listener), parse_listener, listener, "for agents and health",
                "面向客服和健康检查"),
  };
  return table;
}

const Table<C>& log_table() {
  static const Table<C> table{
      choice<C>("level", FD_AT(log_level), {"trace", "debug", "info", "warning", "error"}, "how much is written",
                "日志级别"),
  };
  return table;
}

const Table<C>& wall_table() {
  static const Table<C> table{
      duration<C>("long_wait", FD_AT(wall_long_wait), second, 24 * hour,
                  "the wall gives an alarm when a customer has waited so long", "有客户等待达到这么久，大屏就报警"),
  };
  return table;
}

const Table<C>& sockets_table() {
  static const Table<C> table{
      section<C>("customers", FD_AT(sockets_customers), socket_table(), "chat, displays", "聊天和叫号屏"),
      section<C>("desk", FD_AT(desk.sockets), socket_table(), "agents", "客服"),
  };
  return table;
}

const Table<C>& customers_table() {
  static const Table<C> table{
      texts<C>("vip", FD_AT(vip), std::nullopt, "external ids (as the website signs them) with grade VIP",
               "VIP 客户的外部 id（由网站签名提供）"),
  };
  return table;
}

const Table<Bus>& bus_table() {
  static const Table<Bus> table{
      parsed<Bus>("endpoint", "inproc or ipc:/path", FD_AT(endpoint), parse_endpoint, as_text,
                  "inproc: one process; ipc:/path: several on one machine", "inproc 为单进程，ipc:/路径 为本机多进程"),
      integer<Bus>("window_intake", FD_AT(window_intake), 1, 65'536, "unanswered messages of an edge",
                   "单个接入端未应答的消息数"),
      integer<Bus>("window_agents", FD_AT(window_agents), 1, 65'536, "unanswered commands of an edge",
                   "单个接入端未应答的客服命令数"),
      duration<Bus>("heartbeat", FD_AT(heartbeat), 100ms, minute, "a sign of life this often", "心跳间隔"),
      duration<Bus>("gone_after", FD_AT(gone_after), second, 10 * minute, "silent so long: lost", "多久无心跳视为断开"),
  };
  return table;
}

const Table<Phrase>& phrase_table() {
  static const Table<Phrase> table{
      needed(name<Phrase>("id", FD_AT(id), "an id", "typed after / to find it", "在 / 之后输入以查找")),
      languages<Phrase>("text", FD_AT(text), "the sentence", "语句"),
  };
  return table;
}

Field<C> options(std::string key, std::vector<engine::Option> engine::Settings::*list,
                 const Table<engine::Option>& table, std::string en, std::string zh) {
  const std::string what = key;
  return list_of<C>(
      std::move(key), [list](auto& c) -> auto& { return c.engine.*list; }, table,
      [what](Reader& r, const Node& n, const engine::Option& o) { r.once("id of " + what, o.id, n.at); }, std::move(en),
      std::move(zh));
}

// A section whose values lie in the Configuration itself.
Field<C> part(std::string key, const Table<C>& table, std::string en, std::string zh) {
  return section<C>(
      std::move(key), [](auto& c) -> auto& { return c; }, table, std::move(en), std::move(zh));
}

Table<C> identity_fields() {
  return {
      map_of<C>(
          "sites", site_table(), [](const std::string&) { return Site{}; },
          [](C& c, const std::string& id, Site site) {
            c.engine.site = SiteName(id);
            if (site.has_redis) c.redis = std::move(site.redis);
            if (site.has_zone) c.engine.zone = std::move(site.zone);
          },
          [](const C& c, auto&& each) {
            each(c.engine.site.str(), Site{c.redis, c.engine.zone, true, true});
          },
          "the site of this process by name; `redis` and `zone` below are short for those of sites.main",
          "本进程的站点；下面的 redis 和 zone 是 sites.main 的简写"),
      Field<C>{"redis", "section", "", "where all of it is kept; an address alone is short for {address: …}",
               "全部数据的存放处；只写一个地址等于 {address: …}",
               [](Reader& r, const Node& n, C& c) { read_redis(r, n, c.redis); },
               [](const C& c) { return boost::json::value(show_table(c.redis, redis_table())); },
               [](const C& c, const std::string& path, std::vector<Row>& rows) {
                 list_rows(c.redis, redis_table(), path, rows);
               }},
      parsed<C>("zone", "time zone", FD_AT(engine.zone), parse_zone, show_zone, zone_en, zone_zh),
      languages<C>("company", FD_AT(company), "name of the company", "公司名称"),
      parsed<C>(
          "greeting", "{zh, en}", FD_AT(greeting), parse_greeting,
          [](const std::map<std::string, std::string>& v) { return boost::json::value_from(v); },
          "said for the agent who accepts; {company}, {name}, {staff_no}",
          "客服接受后自动发送；可用 {company}、{name}、{staff_no}"),
      parsed<C>("public_url", "https://host", FD_AT(public_url), parse_url, as_text,
                "as customers reach us through the TLS proxy", "客户经 TLS 代理访问的网址"),
      parsed<C>("internal_url", "https://host", FD_AT(internal_url), parse_url, as_text,
                "as agents reach us through the TLS proxy", "客服经 TLS 代理访问的网址"),
      flag<C>("allow_plain", FD_AT(allow_plain),
              "listen beyond this machine without TLS: everybody on the way can read",
              "允许在本机之外不加密监听：途中任何人都能读到内容"),
  };
}

Table<C> door_fields() {
  return {
      part("listen", listen_table(), "addresses to listen on", "监听地址"),
      part("log", log_table(), "the log", "日志"),
      section<C>("bus", FD_AT(bus), bus_table(), "between the doors and the router", "接入端与路由之间的总线"),
      section<C>("http", FD_AT(http_public), http_table(), "limits of both listeners", "两个监听的限制"),
      part("sockets", sockets_table(), "limits of WebSockets", "WebSocket 的限制"),
      section<C>("desk", FD_AT(desk), desk_table(), "the agents' desk", "客服工作台"),
      part("wall", wall_table(), "the supervisors' wall", "主管大屏"),
      section<C>("chat", FD_AT(chat), chat_table(), "chat on web pages", "网页聊天"),
      section<C>("walkin", FD_AT(walkin), walkin_table(), "tickets at the counter", "柜台取号"),
  };
}

Table<C> decision_fields() {
  return {
      reference<C>("default_queue", FD_AT(engine.default_queue), Names::queue,
                   "where a contact goes that no rule placed", "没有规则命中时进入的队列"),
      map_of<C>(
          "queues", queue_table(), queue_preset,
          [](C& c, const std::string& id, engine::Queue q) { c.engine.queues[QueueName(id)] = std::move(q); },
          [](const C& c, auto&& each) {
            for (const auto& [id, q] : c.engine.queues) each(id.str(), q);
          },
          "team queues by name", "队列，以名称为键"),
      map_of<C>(
          "channels", channel_table(), channel_preset,
          [](C& c, const std::string& id, engine::Channel ch) { c.engine.channels[id] = std::move(ch); },
          [](const C& c, auto&& each) {
            for (const auto& [id, ch] : c.engine.channels) each(id, ch);
          },
          "channels by name", "渠道，以名称为键"),
      section<C>("routing", FD_AT(engine), routing_table(), "times of the routing", "路由的时间参数"),
      integer<C>("transfers_max", FD_AT(engine.transfers_max), 0, 100,
                 "transfers of one contact; then the supervisor decides", "一个联络最多转接几次，之后由主管处理"),
      options("kinds", &engine::Settings::kinds, option_table(), "what customers come with", "联络类别"),
      options("dispositions", &engine::Settings::dispositions, disposition_table(), "how it was solved", "处理结果"),
      options("decline_reasons", &engine::Settings::decline_reasons, option_table(), "why an agent declines an offer",
              "拒接原因"),
      options("transfer_reasons", &engine::Settings::transfer_reasons, option_table(), "why a contact is passed on",
              "转接原因"),
      options("away_reasons", &engine::Settings::away_reasons, option_table(), "why an agent is away", "离开原因"),
      list_of<C>(
          "phrases", FD_AT(phrases), phrase_table(),
          [](Reader& r, const Node& n, const Phrase& p) { r.once("id of phrases", p.id, n.at); },
          "ready sentences of the desk", "常用语"),
      part("customers", customers_table(), "customers known by name", "已知客户"),
  };
}

const Table<engine::TeamMembership>& team_table() {
  using T = engine::TeamMembership;
  static const Table<T> table{
      needed(reference<T>("queue", FD_AT(queue), Names::queue, "the team's queue", "所属队列")),
      integer<T>("rank", FD_AT(rank), 1, 99, "order among the agent's queues, lower first",
                 "在本人各队列中的次序，小者优先"),
      duration<T>("delay", FD_AT(delay), none, hour, "a contact waits so long before this agent sees it",
                  "联络等待多久后才派给此客服"),
  };
  return table;
}

}  // namespace

const Table<Configuration>& root_table() {
  static const Table<C> table = [] {
    Table<C> all = identity_fields();
    for (Table<C> more : {door_fields(), decision_fields()})
      for (auto& field : more) all.push_back(std::move(field));
    return all;
  }();
  return table;
}

const Table<StoredAccount>& account_table() {
  using A = StoredAccount;
  static const Table<A> table{
      needed(name<A>("id", FD_AT(account.id), "an id", "stored; never renamed", "存储用的 id，不要改名")),
      needed(name<A>("staff_no", FD_AT(account.staff_no), "a staff number", "to sign in with", "登录用的工号")),
      languages<A>("name", FD_AT(account.name), "as customers and colleagues see it", "显示名称"),
      choice<A>("role", FD_AT(account.role), {"agent", "supervisor", "admin"}, "what this account may do", "角色"),
      list_of<A>(
          "teams", FD_AT(account.teams), team_table(), [](Reader&, const Node&, const engine::TeamMembership&) {},
          "queues this agent serves", "服务的队列"),
      parsed<A>(
          "skills", "{skill: level}", FD_AT(account.skills),
          [](Reader& r, const Node& n) -> std::optional<std::map<std::string, int>> {
            const auto levels = r.levels(n);
            if (!levels) return std::nullopt;
            std::map<std::string, int> out;
            for (const auto& need : *levels) out[need.skill] = need.level;
            return out;
          },
          [](const std::map<std::string, int>& v) { return boost::json::value_from(v); }, "with levels 1 … 9",
          "技能和级别 1 … 9"),
      integer<A>("capacity", FD_AT(account.capacity), 1, 1000, "sum of the costs at a time", "同时承接的容量总和"),
      texts<A>("channels", FD_AT(account.channels), Names::channel, "only these; empty: all", "仅这些渠道，空为全部"),
      parsed<A>(
          "password", "argon2id string", FD_AT(password),
          [](Reader& r, const Node& n) -> std::optional<std::string> {
            if (n.kind == Node::Kind::scalar && n.text.rfind("$argon2id$", 0) == 0 && n.text.size() < 128)
              return n.text;
            r.error(Code::bad_password_hash, n.at);
            return std::nullopt;
          },
          [](const std::string&) { return boost::json::value(); }, "written by frontdesk agent",
          "由 frontdesk agent 命令写入"),
      flag<A>("disabled", FD_AT(account.disabled), "may not sign in", "禁止登录"),
  };
  return table;
}

std::vector<Row> reference() {
  std::vector<Row> rows;
  list_rows(Configuration{}, root_table(), "", rows);
  return rows;
}

}  // namespace fd::config
