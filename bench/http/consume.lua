-- Receives up to ten messages, then acknowledges what came; the next connection that is free does either.
local pending = {}
local received = 0
local base

function init(args)
  base = wrk.path
  wrk.headers["Content-Type"] = "application/json"
end

function request()
  local settle = table.remove(pending)
  if settle then
    return wrk.format("POST", base .. "/settle", nil, settle)
  end
  return wrk.format("POST", base .. "/receive", nil, '{"max":10,"waitMillis":0,"leaseMillis":60000}')
end

function response(status, headers, body)
  if status ~= 200 or not string.find(body, '"messages"', 1, true) then
    return
  end
  local items = {}
  for lease in string.gmatch(body, '"lease":"([^"]+)"') do
    items[#items + 1] = '{"lease":"' .. lease .. '","action":"acknowledge"}'
  end
  if #items > 0 then
    pending[#pending + 1] = '{"settle":[' .. table.concat(items, ",") .. "]}"
  end
end

function done(summary, latency, requests)
  local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  io.write(string.format("RESULT requests=%d seconds=%.1f failed=%d p50_us=%d p99_us=%d\n",
    summary.requests, summary.duration / 1e6, failed, latency:percentile(50), latency:percentile(99)))
end
