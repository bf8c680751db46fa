// Lines that an adapter carries outside: each is a job, open until the adapter reports its end (design §7).
#include "router/engine/core.hpp"

namespace fd::engine {

void Core::open_job(ContactNode& node, std::uint64_t seq) {
  const Job job{count("job"), node.row->channel, node.row->id, seq, now};
  jobs.emplace(job.n, job);
  step.mutations.push_back(PutJob{job});
  step.transitions.push_back({'j', std::to_string(job.n), "", "open", "job", "", {}});
  step.rest.push_back(JobOpened{job});
}

void Core::on(const JobDone& e) {
  const auto found = jobs.find(e.n);
  if (found == jobs.end() || found->second.at != e.at) {
    const auto given = counters.find("job");
    if (e.n == 0 || given == counters.end() || e.n > given->second)
      step.replies.push_back(Refused{e.ref, "not_found", "no job of this number was ever given out", nullptr});
    else
      step.replies.push_back(Done_{e.ref, {}, 0, {}});  // reported before
    return;
  }
  const Job job = found->second;
  jobs.erase(found);
  step.mutations.push_back(DropJob{job.n});
  step.transitions.push_back(
      {'j', std::to_string(job.n), "open", e.failed.empty() ? "done" : "failed", "job_done", e.failed, {}});
  step.rest.push_back(JobClosed{job});
  if (!e.failed.empty()) {
    step.rest.push_back(Alarm{"undelivered", job.contact});
    if (ContactNode* node = find(job.contact))
      event_line(*node, "undelivered", {});
    else
      undelivered_late(job, e.facts);
  }
  step.replies.push_back(Done_{e.ref, job.contact, 0, {}});
}

}  // namespace fd::engine
