#include "app/observation.hpp"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>

namespace syncwell::app {
namespace {

// From a call to a near provider to a job that fetches years.
const prometheus::Histogram::BucketBoundaries bounds{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,  2.5,
                                                     5,     10,   15,    30,   45,  60,   120, 300};

// Of an answer of the API: most are there within milliseconds.
const prometheus::Histogram::BucketBoundaries api_bounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                         0.25,  0.5,    1,     2.5,  5,     10,   30};

double seconds(Duration duration) { return static_cast<double>(duration.count()) / 1000.0; }

// "2xx", "4xx", or the name of the error.
std::string outcome_of(const engine::CallEnded& call) {
  if (call.status) return std::to_string(*call.status / 100) + "xx";
  return std::string(name_of(call.error.value_or(ErrorCode::internal)));
}

}  // namespace

Observation::Observation(bool with_traces)
    : with_traces_(with_traces),
      call_seconds_(prometheus::BuildHistogram()
                        .Name("syncwell_provider_call_seconds")
                        .Help("How long calls to providers took.")
                        .Register(registry_)),
      calls_(prometheus::BuildCounter()
                 .Name("syncwell_provider_calls_total")
                 .Help("Calls to providers by the answer's class, or the error where none came.")
                 .Register(registry_)),
      job_seconds_(prometheus::BuildHistogram()
                       .Name("syncwell_job_seconds")
                       .Help("How long attempts at jobs took.")
                       .Register(registry_)),
      failures_(prometheus::BuildCounter()
                    .Name("syncwell_job_failures_total")
                    .Help("Attempts that failed or were put off, by provider and error code.")
                    .Register(registry_)),
      sync_seconds_(prometheus::BuildHistogram()
                        .Name("syncwell_sync_latency_seconds")
                        .Help("From when a job was asked for until its records were at the destination.")
                        .Register(registry_)
                        .Add({}, bounds)),
      api_seconds_(prometheus::BuildHistogram()
                       .Name("syncwell_api_request_seconds")
                       .Help("How long requests to the API took, by route and the answer's class.")
                       .Register(registry_)) {}

std::string Observation::new_span_id() {
  const MutexLock lock(mutex_);
  return syncwell::new_span_id(random_);
}

void Observation::call_ended(const engine::CallEnded& call) {
  const std::string provider(call.provider);
  call_seconds_.Add({{"provider", provider}}, bounds).Observe(seconds(call.took));
  calls_.Add({{"provider", provider}, {"outcome", outcome_of(call)}}).Increment();
  if (!with_traces_ || call.parent.trace_id.empty()) return;
  Span span{{call.parent.trace_id, new_span_id()}};
  span.parent_span_id = call.parent.span_id;
  span.name = std::string(call.method) + " " + provider;
  span.kind = Span::Kind::client;
  span.began = call.began;
  span.took = call.took;
  span.attributes = {{"http.request.method", std::string(call.method)}, {"syncwell.provider", provider}};
  if (call.status) span.attributes.emplace_back("http.response.status_code", std::int64_t{*call.status});
  if (call.error) span.error = name_of(*call.error);
  if (call.status && *call.status >= 400) span.error = std::to_string(*call.status);
  spans_.add(std::move(span));
}

void Observation::request_ended(const api::RequestEnded& request) {
  api_seconds_
      .Add({{"route", std::string(request.route)}, {"outcome", std::to_string(request.status / 100) + "xx"}},
           api_bounds)
      .Observe(seconds(request.took));
}

void Observation::job_ended(const engine::JobEnded& job) {
  const std::string outcome(job.error ? name_of(*job.error) : "succeeded");
  job_seconds_.Add({{"outcome", job.error ? "failed" : "succeeded"}}, bounds).Observe(seconds(job.took));
  if (job.error) {
    failures_.Add({{"provider", job.provider.empty() ? "none" : std::string(job.provider)}, {"code", outcome}})
        .Increment();
  } else if (job.asked) {
    sync_seconds_.Observe(seconds(job.began + job.took - *job.asked));
  }
  if (!with_traces_ || job.context.trace_id.empty()) return;
  Span span{job.context};
  span.parent_span_id = job.parent_span;
  span.name = "sync job";
  span.kind = Span::Kind::consumer;
  span.began = job.began;
  span.took = job.took;
  span.attributes = {{"syncwell.job.id", std::string(job.job_id)},
                     {"syncwell.data_type", std::string(job.data_type)},
                     {"syncwell.attempt", std::int64_t{job.attempt}}};
  if (job.error) span.error = outcome;
  spans_.add(std::move(span));
}

}  // namespace syncwell::app
