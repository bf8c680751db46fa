// What is told by the clock: places in line, the wall, the call display. Read from the engine, held like all else.
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/array.hpp>

#include "router/model/words.hpp"
#include "router/site/site.hpp"

namespace fd::site {

std::size_t Site::shown(std::size_t position) {  // exact to 20, then rounded: nobody counts so far
  return position <= 20 ? position : position <= 100 ? (position + 4) / 5 * 5 : (position + 24) / 25 * 25;
}

json::object Site::place_frame(ContactId id, const engine::Place& place) {
  return {{"type", "place"},
          {"contact", id.str()},
          {"position", shown(place.position)},
          {"est_wait_s", place.estimate ? json::value(place.estimate->count() / 1000) : json::value(nullptr)}};
}

// Who watches a place, a slice at a time, so that no number of them holds the loop up; true: the round is over.
bool Site::place_pass() {
  constexpr std::size_t slice = 500;
  auto places = std::make_shared<std::vector<std::pair<Attached, json::object>>>();
  auto it = attachments_.upper_bound(place_after_);
  for (std::size_t n = 0; it != attachments_.end() && n < slice; ++it, ++n) {
    place_after_ = it->first;
    const Attached& a = it->second;
    const auto id = a->visitor.empty() ? std::nullopt : engine_->contact_of(a->visitor);
    const auto place = id ? engine_->place(*id, now()) : std::nullopt;
    if (!place) a->place.reset();
    if (!place) continue;
    const std::pair seen{shown(place->position), place->estimate ? (place->estimate->count() + 30'000) / 60'000 : -1};
    if (a->place == seen) continue;
    a->place = seen;
    places->emplace_back(a, place_frame(*id, *place));
  }
  const bool over = it == attachments_.end();
  if (over) place_after_ = {};
  if (places->empty()) return over;
  spawn(
      [](Site* site, std::shared_ptr<std::vector<std::pair<Attached, json::object>>> list) -> asio::awaitable<void> {
        if (!co_await site->barrier()) co_return;
        for (const auto& [a, frame] : *list)
          if (const auto here = site->attachments_.find({a->edge, a->id});
              here != site->attachments_.end() && here->second == a)
            site->to(*a, frame);
      }(this, places),
      "places");
  return over;
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
          if (a->wall && a->ready && site->supervises(a->agent)) site->to(*a, wall);
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
