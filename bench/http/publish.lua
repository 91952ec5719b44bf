-- Each request publishes one batch: ten messages of 256 bytes.
local messages = {}
for i = 1, 10 do
  messages[i] = '{"body":"' .. string.rep(string.char(96 + i), 256) .. '"}'
end
wrk.method = "POST"
wrk.body = '{"messages":[' .. table.concat(messages, ",") .. "]}"
wrk.headers["Content-Type"] = "application/json"

function done(summary, latency, requests)
  local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  io.write(string.format("RESULT messages=%d seconds=%.1f failed=%d p50_us=%d p99_us=%d\n",
    (summary.requests - summary.errors.status) * 10, summary.duration / 1e6, failed,
    latency:percentile(50), latency:percentile(99)))
end
