-- wrk: POST /v1/sync-jobs at a steady rate, each with a key of its own, for many people in turn.
-- Arguments after "--": a file with a line "token config-id" per person, and the requests per second.
local ffi = require("ffi")
ffi.cdef [[ typedef struct { long seconds; long microseconds; } timeval; int gettimeofday(timeval *now, void *zone); ]]
local now_value = ffi.new("timeval")

local function now_ms()
  ffi.C.gettimeofday(now_value, nil)
  return tonumber(now_value.seconds) * 1000 + tonumber(now_value.microseconds) / 1000
end

local threads = 0
function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

local people = {}
local made = 0
local begun
local pause_ms

function init(args)
  for line in io.lines(args[1]) do
    local token, config = line:match("(%S+) (%S+)")
    people[#people + 1] = { token = token, body = '{"syncConfigId":"' .. config .. '"}' }
  end
  pause_ms = 1000 / tonumber(args[2])  -- wrk is run with one thread
  math.randomseed(os.time() + number)
  prefix = string.format("%d-%d-%d-", os.time(), number, math.random(1e9))
  begun = now_ms()
end

function request()
  made = made + 1
  local person = people[made % #people + 1]
  return wrk.format("POST", "/v1/sync-jobs", {
    ["Authorization"] = "Bearer " .. person.token,
    ["Content-Type"] = "application/json",
    ["Idempotency-Key"] = '"' .. prefix .. made .. '"',
  }, person.body)
end

local sent = 0
function delay()
  sent = sent + 1
  local wait = begun + sent * pause_ms - now_ms()
  return wait > 0 and math.floor(wait + 0.5) or 0
end

function done(summary, latency)
  io.write(string.format('RESULT {"requests":%d,"seconds":%.3f,"non_2xx":%d,"socket_errors":%d,"p50_ms":%.2f,"p95_ms":%.2f,"p99_ms":%.2f,"max_ms":%.2f}\n',
    summary.requests, summary.duration / 1e6, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000, latency.max / 1000))
end
