// Effects whose batch is durable leave here, as answers and notices; nothing else does.
#include <spdlog/spdlog.h>

#include "router/model/words.hpp"
#include "router/site/site.hpp"

namespace fd::site {

void Site::release(const Receipt& receipt) {
  while (!held_.empty() && held_.front().effects.batch() <= receipt.batch()) {
    HeldStep step = std::move(held_.front());
    held_.pop_front();
    auto effects = std::move(step.effects).open(receipt);
    if (!effects) return;
    for (const engine::Effect& effect : *effects)  // rows go out before lines and carry the newest text already
      if (const auto* line = std::get_if<engine::LineAdded>(&effect); line && line->line.kind == MessageKind::text)
        previews_[line->row->id] = preview_of(body(*step.bodies, line->body));
    for (const engine::Effect& effect : *effects) emit(effect, *step.bodies);
  }
  while (!waiters_.empty() && waiters_.front().batch() <= receipt.batch()) {
    auto timer = std::move(waiters_.front()).open(receipt);
    waiters_.pop_front();
    if (timer) (*timer)->cancel();
  }
  std::erase_if(barriers_, [](const auto& b) { return b.expired(); });
}

// Committed, then another router took the lead: what is kept is acknowledged, everything else is the next one's to say.
void Site::release_answers(const Receipt& receipt) {
  for (; !held_.empty() && held_.front().effects.batch() <= receipt.batch(); held_.pop_front())
    if (const auto effects = std::move(held_.front().effects).open(receipt))
      for (const engine::Effect& effect : *effects) static_cast<void>(emit_answer(effect));
}

void Site::emit_line(const engine::LineAdded& e, const Bodies& bodies) {
  Line line = e.line;
  if (line.kind == MessageKind::text) line.text = body(bodies, e.body);
  if (line.kind == MessageKind::greeting) line.text = greeting(names(), *e.row, line.agent);
  const Contact& row = *e.row;
  if (!row.visitor.empty()) to_customer(row.visitor, line_frame(row.id, line, names(), row.locale, true));
  if (row.owner.empty()) return;
  to_agent(row.owner, line_frame(row.id, line, names(), row.locale, false));
}

// Answers to who asked. False: the effect is none.
bool Site::emit_answer(const engine::Effect& effect) {
  const auto reply = [this](engine::RequestRef r, bus::Answer a) {
    if (auto ref = take_ref(r)) {
      answer(ref->asker, std::move(a));
      if (ref->intake) finished(ref->intake);
    }
  };
  if (const auto* e = std::get_if<engine::Kept>(&effect)) {
    if (const auto ref = refs_.find(e->ref); ref != refs_.end() && ref->second.intake->edge_gone)
      if (!by_visitor_.contains(ref->second.intake->event.visitor)) push(engine::CustomerDetached{e->contact});
    json::object o{{"contact", e->contact.str()},
                   {"seq", e->seq},
                   {"case", e->number.str()},
                   {"duplicate", e->duplicate},
                   {"at", e->at.ms}};
    if (e->row && !e->row->ticket.empty()) {
      o["ticket"] = e->row->ticket;
      o["ahead"] = e->position > 0 ? json::value(e->position - 1) : json::value(nullptr);
      o["est_wait_s"] = e->estimate ? json::value(e->estimate->count() / 1000) : json::value(nullptr);
    }
    if (!e->duplicate || e->seq > 0) {
      reply(e->ref, bus::Ack{std::move(o)});
    } else if (auto ref = take_ref(e->ref)) {  // the first try was on its way when this one came; now it is stored
      finished(ref->intake);
      spawn(answer_duplicate(ref->intake, std::move(o)), "repeated message");
    }
  } else if (const auto* d = std::get_if<engine::Done_>(&effect)) {
    if (!d->cid.empty()) {
      if (auto ref = take_ref(d->ref)) spawn(answer_again(ref->asker, *d->contact, d->cid), "repeated line");
      return true;
    }
    json::object o;
    if (d->contact) o["contact"] = d->contact->str();
    if (d->seq != 0) o["seq"] = d->seq;
    reply(d->ref, bus::Ack{std::move(o)});
  } else if (const auto* refused = std::get_if<engine::Refused>(&effect)) {
    json::object now;
    const auto asked = refs_.find(refused->ref);
    if (refused->now && asked != refs_.end() && may_read(asked->second.agent, *refused->now)) {
      const auto preview = previews_.find(refused->now->id);
      now = row(*refused->now, preview == previews_.end() ? std::string_view{} : std::string_view(preview->second));
    }
    reply(refused->ref, bus::Reject{refused->code, refused->why, std::move(now)});
  } else if (const auto* gap = std::get_if<engine::Gap>(&effect)) {
    reply(gap->ref, bus::Retry{0, "gap", {{"next", gap->next}}});
  } else {
    return false;
  }
  return true;
}

// An agent's line that was taken before: the same answer, its seq found by cid in the last 200 lines (design §8).
asio::awaitable<void> Site::answer_again(Asker asker, ContactId id, std::string cid) {
  bus::Answer reply = bus::Retry{1000, "store", {}};
  auto row = co_await store_.contact(id);
  const std::uint64_t last = row && *row ? (*row)->seq : 0;
  boost::system::result<std::vector<Line>, store::Failure> lines = std::vector<Line>{};
  if (last > 0) lines = co_await store_.lines(id, last > 200 ? last - 199 : 1, last);
  if (row && lines) {
    json::object o{{"contact", id.str()}};
    for (const Line& line : *lines)
      if (line.by == Author::agent && line.cid == cid) o["seq"] = line.seq;
    reply = bus::Ack{std::move(o)};
  }
  answer(asker, std::move(reply));
}

asio::awaitable<void> Site::answer_duplicate(std::shared_ptr<Intake> in, json::object kept) {
  store::LookUp question{in->event.channel.str(), {}, in->event.visitor, in->event.external_id, {}};
  const auto facts = co_await store_.look_up(std::move(question));
  if (facts && facts->seen) {
    kept["contact"] = facts->seen->contact.str();
    kept["seq"] = facts->seen->seq;
    kept["case"] = facts->seen->number.str();
  }
  if (facts)
    answer(in->asker, bus::Ack{std::move(kept)});
  else
    answer(in->asker, bus::Retry{1000, "store", {}});
}

// The call display in the hall. False: the effect is none of its.
bool Site::emit_display(const engine::Effect& effect) {
  const auto forget = [this](const engine::Row& row) {
    for (auto* list : {&calls_, &ended_})
      std::erase_if(*list, [&](const json::object& call) { return call.at("number").as_string() == row->ticket; });
  };
  if (const auto* called = std::get_if<engine::Called>(&effect)) {
    forget(called->row);
    calls_.push_front({{"number", called->row->ticket},
                       {"counter", called->row->counter},
                       {"at", now().ms},
                       {"recall", called->recall}});
    if (calls_.size() > calls_kept) calls_.pop_back();
  } else if (const auto* display = std::get_if<engine::DisplayChanged>(&effect)) {
    if (!display->end.empty()) {
      forget(display->row);
      ended_.push_front({{"number", display->row->ticket}, {"reason", display->end}});
      if (ended_.size() > calls_kept) ended_.pop_back();
    }
  } else {
    return false;
  }
  display_changed();
  return true;
}

void Site::emit(const engine::Effect& effect, const Bodies& bodies) {
  if (emit_answer(effect) || emit_display(effect) || emit_job(effect)) return;
  if (const auto* line = std::get_if<engine::LineAdded>(&effect)) {
    emit_line(*line, bodies);
  } else if (const auto* note = std::get_if<engine::NoteAdded>(&effect)) {
    Note n = note->note;
    n.text = body(bodies, note->body);
    to_agent(n.agent, note_frame(note->row->id, n));
    if (!note->row->owner.empty() && note->row->owner != n.agent)
      to_agent(note->row->owner, note_frame(note->row->id, n));
  } else if (const auto* state = std::get_if<engine::StateChanged>(&effect)) {
    if (!state->row->visitor.empty()) to_customer(state->row->visitor, state_frame(*state->row, names()));
    if (state->row->state == ContactState::closed) previews_.erase(state->row->id);
  } else if (const auto* changed = std::get_if<engine::RowChanged>(&effect)) {
    const auto preview = previews_.find(changed->row->id);
    json::object frame =
        row(*changed->row, preview == previews_.end() ? std::string_view{} : std::string_view(preview->second));
    frame["type"] = "contact";
    to_agent(changed->agent, frame);
  } else if (const auto* gone = std::get_if<engine::RowGone>(&effect)) {
    if (!engine_->contact(gone->contact)) previews_.erase(gone->contact);
    to_agent(gone->agent, {{"type", "contact_gone"}, {"id", gone->contact.str()}, {"why", gone->why}});
  } else if (const auto* offer = std::get_if<engine::OfferOpened>(&effect)) {
    const auto channel = engine_->settings().channels.find(offer->row->channel.str());
    to_agent(offer->agent,
             offer_frame(*offer->row, offer->offer, offer->why,
                         channel == engine_->settings().channels.end() ? 0 : channel->second.cost, now()));
  } else if (const auto* end = std::get_if<engine::OfferEnded>(&effect)) {
    json::object frame{
        {"type", "offer_end"}, {"offer", end->offer.str()}, {"end", word(end->end)}, {"reason", end->reason}};
    if (!end->by.empty()) frame["by"] = end->by.str();
    to_agent(end->agent, frame);
  } else if (const auto* failed = std::get_if<engine::TransferFailed>(&effect)) {
    to_agent(failed->giver, transfer_failed_frame(*failed));
  } else if (const auto* p = std::get_if<engine::PresenceChanged>(&effect)) {
    json::object frame = presence(*p->agent);
    frame["type"] = "presence";
    to_agent(p->agent->id, frame);
  } else if (const auto* c = std::get_if<engine::CapacityChanged>(&effect)) {
    to_agent(c->agent, {{"type", "capacity"}, {"used", c->used}, {"total", c->total}});
  } else if (const auto* todo = std::get_if<engine::TodoChanged>(&effect)) {
    spawn(tell_todo(todo->agent), "todo");
  } else if (const auto* read = std::get_if<engine::ReadMark>(&effect)) {
    const json::object frame{{"type", "read"}, {"contact", read->row->id.str()}, {"seq", read->seq}};
    if (read->by == Author::agent && !read->row->visitor.empty()) to_customer(read->row->visitor, frame);
    if (read->by == Author::customer && !read->row->owner.empty()) to_agent(read->row->owner, frame);
  } else if (const auto* over = std::get_if<engine::SessionOver>(&effect)) {
    if (over->session.empty())
      to_agent(over->agent, {{"type", "error"}, {"code", "disabled"}, {"text", "the account was disabled"}});
    else
      to_agent(over->agent,
               {{"type", "error"}, {"code", "session_over"}, {"text", "signed out"}, {"session", over->session.str()}});
  } else if (const auto* alarm = std::get_if<engine::Alarm>(&effect)) {
    spdlog::warn("event=alarm what={} contact={}", alarm->what, alarm->contact.str());
  }
}

}  // namespace fd::site
