// Tables of what decides: queues, channels, times, lists.

#include "config/tables.hpp"

namespace fd::config {
namespace {

using namespace std::chrono_literals;
constexpr Duration none = 0ms, second = 1s, minute = 60s, hour = 3600s, day = 24 * hour, month = 30 * day;

using engine::Channel;
using engine::Option;
using engine::Queue;
using engine::RelaxStep;
using engine::Settings;

std::optional<std::vector<SkillNeed>> levels(Reader& r, const Node& n) { return r.levels(n); }

boost::json::object shown_levels(const std::vector<SkillNeed>& needs) {
  boost::json::object out;
  for (const auto& need : needs) out[need.skill] = need.level;
  return out;
}

const Table<RelaxStep>& step_table() {
  static const Table<RelaxStep> table{
      needed(duration<RelaxStep>("after", FD_AT(after), second, day, "waited so long", "等待多久之后")),
      parsed<RelaxStep>(
          "replace", "{skill: level}", FD_AT(replace), levels,
          [](const auto& needs) { return needs ? boost::json::value(shown_levels(*needs)) : nullptr; },
          "these instead of all that was required until now", "以此取代之前的全部技能要求"),
      parsed<RelaxStep>("needs", "{skill: level}", FD_AT(needs), levels, shown_levels,
                        "skills are lowered to this level; 0 drops the need", "技能要求降到此级别，0 表示不再要求"),
      parsed<RelaxStep>("add", "{skill: level}", FD_AT(add), levels, shown_levels,
                        "required from here on, at least at this level", "此后至少还要求这些技能和级别"),
  };
  return table;
}

}  // namespace

const Table<Queue>& queue_table() {
  static const Table<Queue> table{
      languages<Queue>("name", FD_AT(label), "as agents see it", "显示名称"),
      choice<Queue>("mode", FD_AT(mode), {"push", "pull"},
                    "push: offered to agents; pull: called by the agent, as at a counter",
                    "push 自动派单，pull 由客服叫号（柜台）"),
      choice<Queue>("strategy", FD_AT(strategy), {"longest_idle", "least_loaded", "round_robin", "top_down"},
                    "which of the free agents is asked first", "空闲客服的选择策略"),
      integer<Queue>("parallel_offers", FD_AT(parallel_offers), 1, 50,
                     "so many agents are asked at once; the first to accept has it", "同时派给几位客服，先接受者得"),
      duration<Queue>("max_wait", FD_AT(max_wait), none, month, "waited so long: on to the overflow queue; 0s: never",
                      "等待超过此时间转入溢出队列，0s 表示不转"),
      reference<Queue>("overflow", FD_AT(overflow), Names::queue, "where to, at max_wait", "溢出到哪个队列"),
      duration<Queue>("ttl", FD_AT(ttl), minute, 12 * month, "longest life of a waiting contact; unset: the channel's",
                      "排队的最长寿命，不填则取渠道的值"),
      list_of<Queue>(
          "steps", FD_AT(steps), step_table(), [](Reader&, const Node&, const RelaxStep&) {},
          "requirements relaxed by waiting time, ascending", "随等待时间放宽技能要求，按时间递增"),
      duration<Queue>("offer_deadline", FD_AT(offer_deadline), second, hour,
                      "an offer waits so long; unset: the channel's", "派单等待应答的时间，不填则取渠道的值"),
      duration<Queue>("wrapup", FD_AT(wrapup), none, hour, "time after a contact for notes; unset: the channel's",
                      "话后整理时间，不填则取渠道的值"),
  };
  return table;
}

const Table<Channel>& channel_table() {
  static const Table<Channel> table{
      choice<Channel>("connect", FD_AT(media), {"instant", "media"}, "media: a call must be set up after accepting",
                      "media 表示接受后还需建立通话"),
      flag<Channel>("can_reply", FD_AT(can_reply), "agents can write to the customer here", "客服能否在此渠道回复文字"),
      flag<Channel>("outbox", FD_AT(outbox),
                    "what agents write leaves as jobs for an adapter (docs/bus.md), kept until it reports them done",
                    "客服的回复作为任务交给适配器发送（见 docs/bus.md），直到其报告完成为止一直保留"),
      integer<Channel>("cost", FD_AT(cost), 1, 100, "capacity one contact takes, of an agent's 100",
                       "一个联络占用的容量，满额 100"),
      integer<Channel>("at_once", FD_AT(at_once), 0, 1000,
                       "contacts of it an agent has at a time at most; 0: as capacity allows",
                       "一名客服同时最多承接几个，0 表示只看容量"),
      texts<Channel>("interrupts", FD_AT(interrupts), Names::channel,
                     "what an agent has of these channels takes no capacity from a contact of this one",
                     "客服手上这些渠道的联络不占本渠道的容量（可被本渠道打断）"),
      duration<Channel>("offer_deadline", FD_AT(offer_deadline), second, hour, "an offer waits so long for an answer",
                        "派单等待应答的时间"),
      integer<Channel>("missed_max", FD_AT(missed_max), 1, 100,
                       "missed so many in a row: the agent counts as not responding",
                       "连续未应答几次后客服变为“未响应”"),
      duration<Channel>("ttl", FD_AT(ttl), minute, 12 * month, "longest life of a waiting contact", "排队的最长寿命"),
      flag<Channel>("ttl_closes", FD_AT(ttl_closes),
                    "at the ttl the contact is closed instead of moved to the default queue",
                    "到期直接关闭，而不是转入默认队列"),
      duration<Channel>("wrapup", FD_AT(wrapup), none, hour, "time after a contact for notes", "话后整理时间"),
      duration<Channel>("active_max", FD_AT(active_max), minute, month, "longest active time (chat: without a line)",
                        "最长服务时间（聊天：无消息）"),
      duration<Channel>("paused_max", FD_AT(paused_max), minute, month, "longest pause", "最长暂停时间"),
      duration<Channel>("resume_window", FD_AT(resume_window), none, day,
                        "an abandoned customer who is back in time keeps the place", "放弃后在此时间内返回可保留原位"),
      flag<Channel>("presence", FD_AT(presence), "the customer has a socket whose loss counts",
                    "客户有连接，断开会计入离开"),
      duration<Channel>("away_skip", FD_AT(away_skip), second, day, "away so long: passed over in the line",
                        "离开多久后排队时跳过"),
      duration<Channel>("away_abandon", FD_AT(away_abandon), second, day, "away so long while waiting: abandoned",
                        "排队中离开多久视为放弃"),
      duration<Channel>("away_pause", FD_AT(away_pause), second, day, "away and silent so long while served: paused",
                        "服务中离开且无消息多久后暂停"),
  };
  return table;
}

const Table<Settings>& routing_table() {
  using S = Settings;
  static const Table<S> table{
      duration<S>("head_start_high", FD_AT(head_start_high), -day, day, "advantage in the line of priority high",
                  "高优先级在队列中提前的时间"),
      duration<S>("head_start_medium", FD_AT(head_start_medium), -day, day, "… of medium", "中优先级提前的时间"),
      duration<S>("head_start_low", FD_AT(head_start_low), -day, day, "… of low; negative: behind",
                  "低优先级提前的时间，负数为推后"),
      duration<S>("transfer_head_start", FD_AT(transfer_head_start), none, day, "… of a contact that was transferred",
                  "转接的联络提前的时间"),
      duration<S>("reoffer_after", FD_AT(reoffer_after), none, hour, "who missed or declined is not asked again before",
                  "未接或拒接后多久内不再派给同一客服"),
      duration<S>("decline_delay", FD_AT(decline_delay), none, hour, "… nor before this when nobody else is left",
                  "没有其他人可派时的最短间隔"),
      duration<S>("sticky_wait", FD_AT(sticky_wait), none, hour,
                  "a customer who returns waits so long for the same agent", "回访客户等待原客服的时间"),
      duration<S>("reopen_within", FD_AT(reopen_within), none, month,
                  "a message so soon after the end continues the case", "结束后多久内来信仍归同一工单"),
      duration<S>("called_for", FD_AT(called_for), second, hour, "counter: a called customer is taken as arrived after",
                  "柜台：叫号后多久视为到场"),
      duration<S>("absent_skip", FD_AT(absent_skip), second, hour, "counter: absent once, passed over for",
                  "柜台：首次未到，跳过多久"),
      duration<S>("absent_window", FD_AT(absent_window), second, day, "counter: absent twice, may come back within",
                  "柜台：再次未到，多久内仍可返回"),
      duration<S>("media_setup", FD_AT(media_setup), second, hour, "a call must be set up within", "建立通话的时限"),
      duration<S>("agent_grace", FD_AT(agent_grace), none, hour, "an agent without a connection stays for",
                  "客服断线的宽限时间"),
      duration<S>("agent_return", FD_AT(agent_return), none, hour, "back so soon, an agent has the former presence",
                  "断线后多久内返回可恢复原状态"),
      duration<S>("not_responding_return", FD_AT(not_responding_return), none, hour,
                  "not responding ends by itself; 0s: by a click only", "“未响应”自动恢复的时间，0s 表示只能手动"),
      duration<S>("load_grace", FD_AT(load_grace), none, hour, "after a restart everybody has so long to connect again",
                  "重启后的重连宽限时间"),
      duration<S>("closed_kept", FD_AT(closed_kept), hour, 12 * month, "closed contacts are kept in Redis for",
                  "已结束的联络在 Redis 中保留多久"),
      duration<S>("short_abandon", FD_AT(short_abandon), none, hour,
                  "abandoned sooner does not count against the service level", "多快放弃不计入服务水平"),
      integer<S>("hops_max", FD_AT(hops_max), 1, 100, "overflows of one contact", "一个联络最多溢出几次"),
      integer<S>("connect_failed_max", FD_AT(connect_failed_max), 1, 100,
                 "failed calls in a row: the agent is away (device)", "连续建立通话失败几次后客服变为离开"),
      integer<S>("fire_max", FD_AT(fire_max), 1, 100'000, "deadlines handled in one step",
                 "一步最多处理多少个到期事件"),
  };
  return table;
}

const Table<Option>& option_table() {
  static const Table<Option> table{
      needed(name<Option>("id", FD_AT(id), "an id", "stored; never renamed", "存储用的 id，不要改名")),
      languages<Option>("name", FD_AT(name), "as people see it", "显示名称"),
  };
  return table;
}

const Table<Option>& disposition_table() {
  static const Table<Option> table{
      needed(name<Option>("id", FD_AT(id), "an id", "stored; never renamed", "存储用的 id，不要改名")),
      languages<Option>("name", FD_AT(name), "as people see it", "显示名称"),
      texts<Option>("kinds", FD_AT(kinds), Names::kind, "only for these kinds; empty: for all",
                    "仅用于这些类别，空为全部"),
  };
  return table;
}

Queue queue_preset(const std::string& id) {
  static const std::map<std::string, std::map<std::string, std::string>> labels{
      {"phone", {{"zh", "电话客服"}, {"en", "Phone"}}},           {"online", {{"zh", "在线客服"}, {"en", "Online"}}},
      {"complaints", {{"zh", "投诉处理"}, {"en", "Complaints"}}}, {"vip", {{"zh", "VIP 客服"}, {"en", "VIP"}}},
      {"counter", {{"zh", "柜台"}, {"en", "Counter"}}},
  };
  Queue q;
  q.name = QueueName(id);
  if (const auto it = labels.find(id); it != labels.end())
    q.label = it->second;
  else
    q.label = {{"en", id}, {"zh", id}};
  if (id == "counter") q.mode = engine::Mode::pull;
  return q;
}

Channel channel_preset(const std::string& id) {
  Channel c;
  c.name = ChannelName(id);
  if (id == "phone") {
    c.media = true;
    c.can_reply = false;
    c.cost = 100;
    c.interrupts = {"chat", "email"};
    c.offer_deadline = 20s;
    c.missed_max = 1;
    c.ttl = 2 * hour;
    c.wrapup = 30s;
    c.resume_window = 300s;
  } else if (id == "email") {
    c.cost = 20;
    c.offer_deadline = 120s;
    c.ttl = 336 * hour;
    c.paused_max = 168 * hour;
  } else if (id == "chat") {
    c.presence = true;
  } else if (id == "walkin") {
    c.can_reply = false;
    c.cost = 100;
    c.ttl = 12 * hour;
    c.ttl_closes = true;
    c.tickets = true;
    c.active_max = 12 * hour;
    c.resume_window = 1800s;
  }
  return c;
}

const std::vector<std::string>& preset_queues() {
  static const std::vector<std::string> names{"phone", "online", "complaints", "vip", "counter"};
  return names;
}

const std::vector<std::string>& preset_channels() {
  static const std::vector<std::string> names{"phone", "email", "chat", "walkin"};
  return names;
}

}  // namespace fd::config
