// What an agent's page gets when it attaches: who it is, the lists it offers, its conversations and open cases.
#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "router/site/site.hpp"

namespace fd::site {
namespace {

constexpr std::size_t todo_shown = 100;  // the oldest; the next come as these are done

}  // namespace

json::object Site::desk_welcome(const AgentId& id, const std::string& page) {
  const auto view = engine_->agent(id);
  const engine::Account& account = *view->account;
  const auto words = [](const Words& w) {
    json::object o;
    for (const auto& [language, text] : w) o[language] = text;
    return o;
  };
  const auto options = [&](const std::vector<engine::Option>& list) {
    json::array out;
    for (const engine::Option& option : list) {
      json::object o{{"id", option.id}, {"name", words(option.name)}};
      if (!option.kinds.empty()) o["kinds"] = json::array(option.kinds.begin(), option.kinds.end());
      out.push_back(std::move(o));
    }
    return out;
  };
  json::array teams, queues, phrases;
  for (const auto& team : account.teams)
    teams.push_back(json::object{{"queue", team.queue.str()}, {"rank", team.rank}});
  for (const auto& [name, queue] : engine_->settings().queues)
    queues.push_back(json::object{{"id", name.str()},
                                  {"name", words(queue.label)},
                                  {"mode", queue.mode == engine::Mode::pull ? "pull" : "push"}});
  for (const auto& [phrase, text] : settings_.phrases)
    phrases.push_back(json::object{{"id", phrase}, {"text", words(text)}});
  std::uint64_t last = 0;
  for (const PageCounter& counter : view->row->pages)
    if (counter.page == page) last = counter.n;
  static constexpr std::array<const char*, 3> roles{"agent", "supervisor", "admin"};
  const engine::Settings& s = engine_->settings();
  return {{"at", now().ms},
          {"epoch", leadership_.epoch},
          {"me", json::object{{"id", id.str()},
                              {"no", account.staff_no},
                              {"name", words(account.name)},
                              {"role", roles[static_cast<std::size_t>(account.role)]},
                              {"teams", std::move(teams)},
                              {"channels", json::array(account.channels.begin(), account.channels.end())}}},
          {"last", last},
          {"zone", s.zone.name()},
          {"lists", json::object{{"kinds", options(s.kinds)},
                                 {"dispositions", options(s.dispositions)},
                                 {"decline", options(s.decline_reasons)},
                                 {"transfer", options(s.transfer_reasons)},
                                 {"away", options(s.away_reasons)},
                                 {"phrases", std::move(phrases)},
                                 {"queues", std::move(queues)}}}};
}

asio::awaitable<void> Site::attach_desk(Asker asker, bus::Attach request) {
  const auto view = engine_->agent(request.agent);
  if (!view || !view->account || view->account->disabled) {
    answer(asker, bus::Reject{"disabled", "this agent is not in the roster", {}});
    co_return;
  }
  request.wall = request.wall && view->account->role != engine::Role::agent;
  const Attached a = enter(asker, request);
  json::object welcome = desk_welcome(request.agent, request.page);
  std::vector<engine::Row> rows;
  json::array offers;
  for (const ContactId id : view->contacts) {
    auto row = engine_->contact(id);
    if (!row) continue;
    if (row->owner == request.agent && row->state != ContactState::offered) {
      rows.push_back(row);
      continue;
    }
    const auto channel = engine_->settings().channels.find(row->channel.str());
    for (const Offer& offer : row->offers)
      if (offer.agent == request.agent) {
        json::object frame = offer_frame(*row, offer, offer.why, channel->second.cost, now());
        frame.erase("type");
        offers.push_back(std::move(frame));
      }
  }
  json::object presence_now = presence(*view->row);
  if (!view->row->since.set()) presence_now["since"] = now().ms;  // never seen before today
  json::object capacity{{"used", view->used}, {"total", view->account->capacity}};
  auto todo = view->row->todo;
  if (!co_await barrier()) {
    answer(asker, bus::Retry{1000, "fenced", {}});
    co_return;
  }
  answer(asker, bus::Ack{{{"welcome", std::move(welcome)}}});
  co_await send_snapshot(a, std::move(presence_now), std::move(capacity), std::move(offers), std::move(rows),
                         std::move(todo));
}

asio::awaitable<json::array> Site::todo_list(std::vector<CaseNumber> todo) {
  json::array list;
  if (todo.size() > todo_shown) todo.resize(todo_shown);
  for (const CaseNumber& number : todo) {
    auto registered = co_await store_.find_case(number);
    if (registered && *registered)
      list.push_back(json::object{{"case", number.str()}, {"contact", (*registered)->contact.str()}});
  }
  co_return list;
}

asio::awaitable<void> Site::tell_todo(std::shared_ptr<const Agent> agent) {
  json::object frame{{"type", "todo"}, {"todo_total", agent->todo.size()}};
  frame["todo"] = co_await todo_list(agent->todo);
  if (leading_) to_agent(agent->id, frame);
}

// Parts of at most 256 KiB; rows without transcripts.
asio::awaitable<void> Site::send_snapshot(Attached a, json::object presence_now, json::object capacity,
                                          json::array offers, std::vector<engine::Row> rows,
                                          std::vector<CaseNumber> todo) {
  constexpr std::size_t part_bytes = 192 * 1024;  // of rows; the rest of the first part is small
  std::size_t bytes = 0;
  json::array list;
  std::vector<json::array> parts;
  for (const engine::Row& row_ : rows) {
    std::string preview;
    if (const auto known = previews_.find(row_->id); known != previews_.end()) preview = known->second;
    if (preview.empty() && row_->seq > 0) {
      auto lines = co_await store_.lines(row_->id, row_->seq > 3 ? row_->seq - 3 : 1, row_->seq);
      if (lines)
        for (const Line& line : *lines)
          if (line.kind == MessageKind::text) preview = preview_of(line.text);
    }
    if (engine_->contact(row_->id)) {  // it may have closed meanwhile, or have a newer one
      const auto kept = previews_.try_emplace(row_->id, preview).first;
      if (!kept->second.empty()) preview = kept->second;
    }
    list.push_back(row(*row_, preview));
    bytes += json::serialize(list.back()).size();
    if (bytes >= part_bytes) parts.push_back(std::exchange(list, {})), bytes = 0;
  }
  parts.push_back(std::move(list));
  const std::size_t todo_total = todo.size();
  json::array todo_rows = co_await todo_list(std::move(todo));
  if (!leading_) co_return;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    json::object frame{{"type", "snapshot"},
                       {"n", ++a->n},
                       {"part", i + 1},
                       {"parts", parts.size()},
                       {"contacts", std::move(parts[i])}};
    if (i == 0) {
      frame["presence"] = std::move(presence_now);
      frame["capacity"] = std::move(capacity);
      frame["offers"] = std::move(offers);
      frame["todo"] = std::move(todo_rows);
      frame["todo_total"] = todo_total;
    }
    port_.notice(a->edge, {a->id, std::move(frame)});
  }
  opened(a);
}

}  // namespace fd::site
