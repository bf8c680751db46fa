// Jobs for adapters (design §7): said in their order to the first adapter of the channel, at most `jobs_out` ahead of
// its reports; again when it attaches anew, when it leaves and another takes over, and after `job_again`.
#include <algorithm>
#include <charconv>

#include <spdlog/spdlog.h>

#include "router/site/site.hpp"

namespace fd::site {
namespace {

// "j-N-AT": its number, and when it was opened, for numbers are given anew after a backup was restored.
std::string id_of(const Job& job) { return "j-" + std::to_string(job.n) + "-" + std::to_string(job.at.ms); }

std::optional<engine::JobDone> reported(std::string_view id) {
  if (!id.starts_with("j-")) return std::nullopt;
  engine::JobDone done;
  const auto* const end = id.data() + id.size();
  const auto n = std::from_chars(id.data() + 2, end, done.n);
  if (n.ec != std::errc{} || n.ptr == end || *n.ptr != '-') return std::nullopt;
  const auto at = std::from_chars(n.ptr + 1, end, done.at.ms);
  if (at.ec != std::errc{} || at.ptr != end) return std::nullopt;
  return done;
}

// A code, for it stays in the record of events, where no customer's number or name may.
bool is_code(std::string_view reason) {
  return reason.size() <= 64 && std::all_of(reason.begin(), reason.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

}  // namespace

void Site::report_job(const Asker& asker, const bus::Command& c) {
  auto done = reported(c.job);
  if (!done) return answer(asker, bus::Reject{"bad_request", "job: give the id as it was said", {}});
  if (!is_code(c.reason))
    return answer(asker, bus::Reject{"bad_request", "reason: a code of at most 64 of a-z, 0-9 and _", {}});
  done->failed = c.reason;
  done->ref = ref(asker);
  if (!done->failed.empty())
    for (const auto& [channel, box] : outboxes_)
      if (const auto job = box.open.find(done->n); job != box.open.end() && !engine_->contact(job->second.contact))
        return spawn(with_closed(done->ref, job->second.contact, std::move(*done), {}), "undelivered");
  push(std::move(*done));
}

asio::awaitable<void> Site::attach_adapter(Asker asker, bus::Attach request) {
  const auto channel = engine_->settings().channels.find(request.channel.str());
  const bool outbox = channel != engine_->settings().channels.end() && channel->second.outbox;
  const auto left = outboxes_.find(request.channel);  // by a configuration that gave the channel an outbox
  if (!outbox && (left == outboxes_.end() || left->second.open.empty())) {
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
    if (box.open.empty()) continue;
    const Duration oldest = at - box.open.begin()->second.at;
    if (oldest < settings_.job_old || at < box.warned + settings_.job_old) continue;
    box.warned = at;
    spdlog::warn("event=alarm what=jobs_wait channel={} jobs={} oldest_s={} adapters={}", channel.str(),
                 box.open.size(), oldest.count() / 1000, box.adapters.size());
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
    const std::uint64_t before = box.said;
    auto lines = co_await store_.lines(job.contact, job.seq, job.seq);
    auto row = co_await store_.contact(job.contact);
    if (!leading_) break;
    const bool same = box.said == before && !box.adapters.empty() && box.adapters.front() == to;
    if (!same || !box.open.contains(job.n)) continue;  // said from the beginning, meanwhile, or reported
    const bool unreadable = (!lines && lines.error().code != store::Fail::unreachable) ||
                            (!row && row.error().code != store::Fail::unreachable);
    if (!unreadable && (!lines || !row)) break;
    box.said = job.n;
    if (unreadable || lines->empty() || !*row) {  // it waited longer than closed contacts are kept
      push(engine::JobDone{0, job.n, job.at, unreadable ? "unreadable" : "expired", {}});
      continue;
    }
    box.out.emplace(job.n, now());
    json::object body = line_frame(job.contact, lines->front(), names(), (*row)->locale, true);
    body.erase("type");
    body["channel"] = channel.str();
    body["case"] = (*row)->number.str();
    body["visitor"] = (*row)->visitor.str();
    if (!lines->front().agent.empty()) body["agent"] = names().agent(lines->front().agent, (*row)->locale);
    port_.job(to->edge, {to->id, id_of(job), "deliver", std::move(body)});
  }
  box.saying = false;
}

}  // namespace fd::site
