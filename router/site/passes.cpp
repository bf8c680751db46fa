// What is told by the clock: places in line, the wall, the call display. Read from the engine, held like all else.
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/array.hpp>

#include "router/model/words.hpp"
#include "router/site/site.hpp"

namespace fd::site {

json::object Site::place_frame(ContactId id, const engine::Place& place) {
  // exact to 20, then rounded: a far place is a guess anyway
  const std::size_t shown = place.position <= 20    ? place.position
                            : place.position <= 100 ? (place.position + 4) / 5 * 5
                                                    : (place.position + 24) / 25 * 25;
  return {{"type", "place"},
          {"contact", id.str()},
          {"position", shown},
          {"est_wait_s", place.estimate ? json::value(place.estimate->count() / 1000) : json::value(nullptr)}};
}

void Site::place_pass() {
  std::unordered_map<QueueName, std::size_t> watched;  // queues with somebody who watches
  for (const auto& [visitor, list] : by_visitor_) {
    const auto id = engine_->contact_of(visitor);
    const auto row = id ? engine_->contact(*id) : nullptr;
    if (row && (row->state == ContactState::queued || row->state == ContactState::offered)) ++watched[row->queue];
  }
  auto places = std::make_shared<std::vector<std::pair<VisitorId, json::object>>>();
  for (auto& [queue, left] : watched)
    engine_->walk(queue, [&, &left = left](std::size_t position, ContactId id) {
      const auto row = engine_->contact(id);
      const auto list = by_visitor_.find(row->visitor);
      if (row->visitor.empty() || list == by_visitor_.end()) return true;
      const bool changed = std::any_of(list->second.begin(), list->second.end(),
                                       [&](const Attached& a) { return a->place != position; });
      if (changed) {
        engine::Place place{position, std::nullopt};
        if (const auto exact = engine_->place(id)) place.estimate = exact->estimate;
        places->emplace_back(row->visitor, place_frame(id, place));
        for (const Attached& a : list->second) a->place = position;
      }
      return --left > 0;
    });
  if (places->empty()) return;
  spawn(
      [](Site* site, std::shared_ptr<std::vector<std::pair<VisitorId, json::object>>> list) -> asio::awaitable<void> {
        if (!co_await site->barrier()) co_return;
        for (const auto& [visitor, frame] : *list) site->to_customer(visitor, frame);
      }(this, places),
      "places");
}

void Site::wall_pass() {
  const bool watched =
      std::any_of(attachments_.begin(), attachments_.end(), [](const auto& entry) { return entry.second->wall; });
  if (!watched && seen_.empty()) return;
  json::object frame{{"type", "wall"}, {"at", now().ms}, {"long_wait_ms", settings_.long_wait.count()}};
  frame["queues"] = queues_view()["queues"];  // forgets who saw an alarm that is over, also while nobody looks
  if (!watched) return;
  frame["agents"] = agents_view()["agents"];
  spawn(
      [](Site* site, json::object wall) -> asio::awaitable<void> {
        if (!co_await site->barrier()) co_return;
        for (const auto& [key, a] : site->attachments_)
          if (a->wall && a->ready) site->to(*a, wall);
      }(this, std::move(frame)),
      "wall");
}

json::object Site::display_frame() {
  json::array calls(calls_.begin(), calls_.end());
  json::array waiting;
  const auto views = services();
  for (const auto& view : views.at("services").as_array())
    waiting.push_back(json::object{{"id", view.at("id")}, {"waiting", view.at("waiting")}});
  return {{"type", "display"},
          {"at", now().ms},
          {"calls", std::move(calls)},
          {"ended", json::array(ended_.begin(), ended_.end())},
          {"waiting", std::move(waiting)}};
}

// One frame a batch at most, however many tickets it held.
void Site::display_changed() {
  if (displays_.empty() || std::exchange(display_stale_, true)) return;
  spawn(
      [](Site* site) -> asio::awaitable<void> {
        co_await asio::post(site->io_, asio::use_awaitable);
        site->display_stale_ = false;
        const auto frame = site->leading_ ? site->display_frame() : json::object{};
        if (!co_await site->barrier()) co_return;
        for (const Attached& a : site->displays_) site->to(*a, frame);
      }(this),
      "display");
}

}  // namespace fd::site
