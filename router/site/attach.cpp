// Sessions of edges: who sits where, and the picture chats and displays get before the deltas (resync is attaching
// again). The desk's is in picture.cpp.
#include <algorithm>

#include "router/site/site.hpp"

namespace fd::site {

namespace {

// Whether an attachment's id still means what it meant: another kind, channel or person under it is another one.
bool same_seat(const auto& a, const bus::Attach& r) {
  return a.kind == r.kind && a.visitor == r.visitor && a.agent == r.agent && a.channel == r.channel;
}

}  // namespace

void Site::on_hello(const bus::EdgeId& edge, const std::string&) { on_edge_gone(edge); }

void Site::on_edge_gone(const bus::EdgeId& edge) {
  std::vector<Attached> gone;
  for (const auto& [key, attached] : attachments_)
    if (key.first == edge) gone.push_back(attached);
  for (const Attached& attached : gone) leave(attached, false);
  // a message on its way may begin a contact whose customer is no longer there
  const auto orphan = [&edge](const std::shared_ptr<Intake>& in) {
    if (in && in->asker.edge == edge) in->edge_gone = true;
  };
  for (const auto& [r, waiting] : refs_) orphan(waiting.intake);
  for (const Item& item : intake_lane_) orphan(item.intake);
  for (const auto& [key, line] : lines_)
    for (const auto& in : line) orphan(in);
}

void Site::on_signal(const bus::EdgeId& edge, bus::Signal signal) {
  const auto it = attachments_.find({edge, signal.attachment});
  if (!leading_ || it == attachments_.end()) return;
  const auto row = engine_->contact(signal.contact);
  if (!row) return;
  const json::object frame{{"type", "typing"}, {"contact", row->id.str()}, {"on", signal.typing}};
  if (it->second->kind == bus::AttachKind::chat) {
    if (row->visitor != it->second->visitor || row->owner.empty()) return;
    if (const auto list = by_agent_.find(row->owner); list != by_agent_.end())
      for (const Attached& a : list->second) to(*a, frame);
  } else if (row->owner == it->second->agent) {
    if (const auto list = by_visitor_.find(row->visitor); list != by_visitor_.end())
      for (const Attached& a : list->second) to(*a, frame);
  }
}

// --- sending --------------------------------------------------------------------------------------------------------

void Site::to(Attachment& a, json::object frame) {
  if (a.partial) return;
  if (!a.ready) {
    a.waiting.push_back(std::move(frame));
    return;
  }
  port_.notice(a.edge, {a.id, std::move(frame)});
}

void Site::to_delta(Attachment& a, json::object frame) {
  if (!a.ready) {
    a.waiting.push_back(std::move(frame));
    return;
  }
  frame["n"] = ++a.n;
  port_.notice(a.edge, {a.id, std::move(frame)});
}

void Site::opened(const Attached& a) {
  a->ready = true;
  for (json::object& frame : std::exchange(a->waiting, {})) {
    const auto type = frame.at("type").as_string();
    const bool unnumbered =
        a->kind != bus::AttachKind::desk || type == "typing" || type == "read" || type == "wall" || type == "error";
    unnumbered ? to(*a, std::move(frame)) : to_delta(*a, std::move(frame));
  }
}

void Site::to_customer(const VisitorId& visitor, const json::object& frame) {
  const auto it = by_visitor_.find(visitor);
  if (it == by_visitor_.end()) return;
  for (const Attached& a : it->second) to(*a, frame);
}

void Site::to_agent(const AgentId& agent, const json::object& frame) {
  const auto it = by_agent_.find(agent);
  if (it == by_agent_.end()) return;
  const auto type = frame.at("type").as_string();
  const bool unnumbered = type == "read" || type == "error";
  for (const Attached& a : it->second) unnumbered ? to(*a, frame) : to_delta(*a, frame);
}

// --- coming and going -----------------------------------------------------------------------------------------------

Site::Attached Site::enter(const Asker& asker, const bus::Attach& request) {
  const AttachmentKey key{asker.edge, request.attachment};
  if (const auto old = attachments_.find(key); old != attachments_.end() && !same_seat(*old->second, request))
    leave(Attached(old->second), false);                                     // the id was given to somebody else
  if (const auto old = attachments_.find(key); old != attachments_.end()) {  // again: a new picture for the same socket
    const Attached a = old->second;
    a->ready = a->partial = false;
    a->waiting.clear();
    a->n = 0;
    a->wall = request.wall;
    a->place.reset();
    return a;
  }
  auto a = std::make_shared<Attachment>();
  a->edge = asker.edge;
  a->id = request.attachment;
  a->kind = request.kind;
  a->visitor = request.visitor;
  a->owner = request.owner;
  a->agent = request.agent;
  a->channel = request.channel;
  a->locale = request.locale;
  a->wall = request.wall;
  attachments_[key] = a;
  if (a->kind == bus::AttachKind::chat) {
    by_visitor_[a->visitor].push_back(a);
  } else if (a->kind == bus::AttachKind::desk) {
    auto& list = by_agent_[a->agent];
    list.push_back(a);
    if (list.size() == 1) push(engine::AgentAttached{a->agent});
  } else if (a->kind == bus::AttachKind::display) {
    displays_.push_back(a);
  } else {
    outboxes_[a->channel].adapters.push_back(a);
  }
  return a;
}

void Site::leave(const Attached& a, bool lost) {
  attachments_.erase({a->edge, a->id});
  if (a->kind == bus::AttachKind::chat) {
    auto& list = by_visitor_[a->visitor];
    std::erase(list, a);
    if (!list.empty()) return;
    by_visitor_.erase(a->visitor);
    if (!leading_) return;
    if (const auto contact = engine_->contact_of(a->visitor)) push(engine::CustomerDetached{*contact});
  } else if (a->kind == bus::AttachKind::desk) {
    auto& list = by_agent_[a->agent];
    std::erase(list, a);
    if (!list.empty()) return;
    by_agent_.erase(a->agent);
    if (leading_) push(engine::AgentDetached{a->agent, lost});
  } else if (a->kind == bus::AttachKind::display) {
    std::erase(displays_, a);
  } else {
    leave_outbox(a);
  }
}

void Site::detach(const bus::EdgeId& edge, const bus::Detach& request) {
  if (const auto it = attachments_.find({edge, request.attachment}); it != attachments_.end())
    leave(Attached(it->second), request.lost);
}

void Site::attach(const Asker& asker, bus::Attach request) {
  switch (request.kind) {
    case bus::AttachKind::chat: return spawn(attach_chat(asker, std::move(request)), "attach chat");
    case bus::AttachKind::desk: return spawn(attach_desk(asker, std::move(request)), "attach desk");
    case bus::AttachKind::display: return spawn(attach_display(asker, std::move(request)), "attach display");
    case bus::AttachKind::adapter: return spawn(attach_adapter(asker, std::move(request)), "attach adapter");
  }
}

// --- chat -----------------------------------------------------------------------------------------------------------

json::object Site::chat_welcome(const engine::Row& row, const std::optional<engine::Place>& place) {
  const auto agents = engine_->agents();
  const bool online = std::any_of(agents.begin(), agents.end(), [](const auto& v) {
    return v.row->presence == Presence::available && v.row->attached;
  });
  json::object welcome{{"at", now().ms}, {"online", online}};
  welcome["contact"] = row ? json::value(row->id.str()) : json::value(nullptr);
  welcome["seq"] = row ? row->seq : 0;
  if (!row) return welcome;
  welcome["case"] = row->number.str();
  welcome["state"] = shown_state(*row);
  welcome["read"] = json::object{{"customer", row->read_customer}, {"agent", row->read_agent}};
  if (shown_state(*row) == "active" && !row->owner.empty()) welcome["agent"] = names().agent(row->owner, row->locale);
  if (place) welcome["place"] = place_frame(row->id, *place);
  return welcome;
}

std::string Site::owner_of(const VisitorId& visitor) const {
  if (const auto pages = by_visitor_.find(visitor); pages != by_visitor_.end())
    for (const Attached& a : pages->second)
      if (!a->owner.empty()) return a->owner;
  return {};
}

// Who holds its token is signed in: from now on it opens for that person only. Other pages that had it attach again,
// and are told.
void Site::bind(const bus::Attach& request, const std::optional<Visitor>& visitor) {
  if (visitor && visitor->owner.empty()) {
    Visitor bound = *visitor;
    bound.owner = request.owner;
    push(engine::VisitorBound{std::move(bound)});
  }
  for (const Attached& other : by_visitor_[request.visitor]) {
    if (other->owner == request.owner || other->partial) continue;
    other->partial = true;
    other->waiting.clear();
    port_.notice(other->edge, {other->id, {{"type", "more"}}});
  }
}

asio::awaitable<void> Site::attach_chat(Asker asker, bus::Attach request) {
  auto visitor = engine_->visitor(request.visitor);
  if (!visitor) {
    auto stored = co_await store_.visitor(request.visitor);
    if (!stored || !leading_) {
      answer(asker, bus::Retry{1000, "store", {}});
      co_return;
    }
    visitor = *stored;
    if (const auto fresh = engine_->visitor(request.visitor)) visitor = fresh;  // it wrote meanwhile
  }
  std::string owner = visitor ? visitor->owner : std::string();
  if (owner.empty()) owner = owner_of(request.visitor);
  if (!owner.empty() && owner != request.owner) {
    answer(asker, bus::Reject{"not_yours", "this visitor is somebody else's", {}});
    co_return;
  }
  const Attached a = enter(asker, request);
  if (!request.owner.empty()) bind(request, visitor);
  // from here on every new line waits in `a`; what is older is read from the store once it is durable
  const auto live = engine_->contact_of(request.visitor);
  engine::Row row = live ? engine_->contact(*live) : nullptr;
  if (live) push(engine::CustomerAttached{*live});
  const auto place = live ? engine_->place(*live, now()) : std::nullopt;
  const std::uint64_t epoch = leadership_.epoch;
  const bool durable = co_await barrier();
  if (!durable || epoch != leadership_.epoch) {
    answer(asker, bus::Retry{1000, "fenced", {}});
    co_return;
  }

  Missed missed;
  const bool found = co_await find_missed(request, row, missed);
  if (!found) {
    answer(asker, bus::Retry{1000, "store", {}});
    co_return;
  }
  std::uint64_t last = 0;
  if (visitor)
    for (const PageCounter& page : visitor->pages)
      if (page.page == request.page) last = page.n;
  json::object welcome = chat_welcome(row, place);
  welcome["from"] = missed.from;
  welcome["reset"] = missed.reset;
  welcome["last"] = last;
  answer(asker, bus::Ack{{{"welcome", std::move(welcome)}}});
  for (json::object& frame : missed.frames) port_.notice(a->edge, {a->id, std::move(frame)});
  if (missed.more) {  // whatever happens meanwhile is in the picture it gets when it attaches for the rest
    a->partial = true;
    a->waiting.clear();
    port_.notice(a->edge, {a->id, {{"type", "more"}}});
    co_return;
  }
  std::erase_if(a->waiting, [&](const json::object& frame) {  // lines the store had already
    return row && frame.at("type").as_string() == "msg" && frame.at("contact").as_string() == row->id.str() &&
           frame.at("seq").to_number<std::uint64_t>() <= row->seq;
  });
  opened(a);
}

// --- display
// ----------------------------------------------------------------------------------------------------------

asio::awaitable<void> Site::attach_display(Asker asker, bus::Attach request) {
  const Attached a = enter(asker, request);
  if (!co_await barrier()) {
    answer(asker, bus::Retry{1000, "fenced", {}});
    co_return;
  }
  answer(asker, bus::Ack{{{"welcome", json::object{{"at", now().ms}}}}});
  a->waiting.push_back(display_frame());
  opened(a);
}

}  // namespace fd::site
