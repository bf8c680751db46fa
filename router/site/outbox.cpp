// Jobs for adapters (design §7): said in their order to the first adapter of the channel, at most `jobs_out` ahead of
// its reports; again when it attaches anew, when it leaves and another takes over, and after `job_again`.
#include <charconv>

#include "router/site/site.hpp"

namespace fd::site {
namespace {

constexpr std::string_view prefix = "j-";

}  // namespace

std::optional<std::uint64_t> job_number(std::string_view id) {
  if (!id.starts_with(prefix)) return std::nullopt;
  id.remove_prefix(prefix.size());
  std::uint64_t n = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), n);
  if (error != std::errc{} || end != id.data() + id.size()) return std::nullopt;
  return n;
}

asio::awaitable<void> Site::attach_adapter(Asker asker, bus::Attach request) {
  const auto channel = engine_->settings().channels.find(request.channel.str());
  if (channel == engine_->settings().channels.end() || !channel->second.outbox) {
    answer(asker, bus::Reject{"unknown_channel", "no channel of this name has `outbox: true`", {}});
    co_return;
  }
  const Attached a = enter(asker, request);
  a->ready = true;
  answer(asker, bus::Ack{{{"at", now().ms}}});
  Outbox& box = outboxes_[a->channel];
  if (box.adapters.front() == a) say_again(box, a->channel);
}

void Site::leave_outbox(const Attached& a) {
  Outbox& box = outboxes_[a->channel];
  const bool served = !box.adapters.empty() && box.adapters.front() == a;
  std::erase(box.adapters, a);
  if (served) say_again(box, a->channel);
}

bool Site::emit_job(const engine::Effect& effect) {
  const auto* opened = std::get_if<engine::JobOpened>(&effect);
  const auto* closed = std::get_if<engine::JobClosed>(&effect);
  if (!opened && !closed) return false;
  const Job& job = opened ? opened->job : closed->job;
  Outbox& box = outboxes_[job.channel];
  if (opened) box.open.emplace(job.n, job);
  if (closed) box.open.erase(job.n), box.out.erase(job.n);
  if (!box.adapters.empty() && !box.saying) spawn(say_jobs(job.channel), "jobs");
  return true;
}

void Site::say_again(Outbox& box, const ChannelName& channel) {
  box.out.clear();
  box.said = 0;
  if (!box.adapters.empty() && !box.saying) spawn(say_jobs(channel), "jobs");
}

void Site::say_overdue(Instant at) {
  for (auto& [channel, box] : outboxes_) {
    const bool overdue = !box.out.empty() && box.out.begin()->second + settings_.job_again <= at;
    const bool stopped = box.out.empty() && !box.open.empty();  // the store did not answer
    if (!box.adapters.empty() && (overdue || stopped)) say_again(box, channel);
  }
}

// One of it at a time a channel. The text is the transcript's; what to carry is kept once.
asio::awaitable<void> Site::say_jobs(ChannelName channel) {
  Outbox& box = outboxes_[channel];
  box.saying = true;
  while (leading_ && !box.adapters.empty() && box.out.size() < settings_.jobs_out) {
    const auto next = box.open.upper_bound(box.said);
    if (next == box.open.end()) break;
    const Job job = next->second;
    const Attached to = box.adapters.front();
    auto lines = co_await store_.lines(job.contact, job.seq, job.seq);
    auto row = co_await store_.contact(job.contact);
    if (!leading_ || !lines || !row) break;
    if (box.said >= job.n || !box.open.contains(job.n) || box.adapters.empty() || box.adapters.front() != to) continue;
    box.said = job.n;
    if (lines->empty() || !*row) {  // it waited longer than closed contacts are kept
      push(engine::JobDone{0, job.n, "expired"});
      continue;
    }
    box.out.emplace(job.n, now());
    json::object body = line_frame(job.contact, lines->front(), names(), (*row)->locale, true);
    body.erase("type");
    body["channel"] = channel.str();
    body["case"] = (*row)->number.str();
    body["visitor"] = (*row)->visitor.str();
    if (!lines->front().agent.empty()) body["agent"] = names().agent(lines->front().agent, (*row)->locale);
    port_.job(to->edge, {to->id, std::string(prefix) + std::to_string(job.n), "deliver", std::move(body)});
  }
  box.saying = false;
}

}  // namespace fd::site
