#!/usr/bin/env bash
# Measures discovery-node beside Consul 1.8.7 (and bare Kestrel, the ceiling) in one run on one machine; prints a table as Markdown.
#   usage: benchmarks/peers/run.sh [PART...]      PART is http, kv, register, waiters, dns or start; default: all
# Needs wrk, dnsperf, jq and CONSUL (eng/peers.sh consul). Everything listens on loopback; the load is bounded in time and stops by itself.
# ROUNDS (3) and SECONDS_EACH (5) set how often and how long; every figure is the median of the rounds, which take turns between the servers.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
rounds=${ROUNDS:-3} seconds=${SECONDS_EACH:-5}
[[ -n ${CONSUL:-} ]] || eval "$(eng/peers.sh consul)"
work=$(mktemp -d) pids=()
cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2> /dev/null || true; done
  wait 2> /dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
dotnet publish samples/Node -c Release -o "$work/node" -v q --nologo > "$work/publish.log" || { cat "$work/publish.log"; exit 1; }
dotnet build benchmarks/Discovery.PeerLoad -c Release -o "$work/load" -v q --nologo > "$work/build.log" || { cat "$work/build.log"; exit 1; }
load() { dotnet exec "$work/load/Discovery.PeerLoad.dll" "$@"; }

# Ports: Consul 17100.., ours 17200.., ceiling 17300.
ports() { local p=$1; echo -http-port="$p" -dns-port=$((p + 1)) -server-port=$((p + 2)) -serf-lan-port=$((p + 3)) -serf-wan-port=$((p + 4)); }
limits='limits { http_max_conns_per_client = 15000 }'
url() { case $1 in consul) echo http://127.0.0.1:17100 ;; ours) echo http://127.0.0.1:17200 ;; ceiling) echo http://127.0.0.1:17300 ;; esac; }
declare -A pid
start_servers() {
  # shellcheck disable=SC2046
  "$CONSUL" agent -dev -node=n1 -bind=127.0.0.1 -log-level=err -grpc-port=-1 -hcl="$limits" $(ports 17100) > "$work/consul.log" 2>&1 &
  pid[consul]=$!; pids+=($!)
  # shellcheck disable=SC2046
  "$work/node/discovery-node" agent -dev -node=n1 -bind=127.0.0.1 -log-level=err -hcl="$limits" $(ports 17200) > "$work/ours.log" 2>&1 &
  pid[ours]=$!; pids+=($!)
  for s in consul ours; do
    for _ in $(seq 200); do
      # A leader is known when its own service is in the catalog.
      [[ $(curl -s "$(url $s)/v1/catalog/service/consul" | jq 'length' 2> /dev/null) == 1 ]] && break
      sleep 0.1
    done
  done
}
fill() { # ten instances of web, a thousand services
  for s in consul ours; do
    for i in $(seq 0 9); do
      curl -sf -X PUT "$(url $s)/v1/agent/service/register" \
        -d "{\"ID\":\"w$i\",\"Name\":\"web\",\"Port\":$((8000 + i)),\"Address\":\"10.0.0.$((i + 1))\",\"Tags\":[\"v1\",\"primary\"],\"Meta\":{\"zone\":\"a\"},\"Check\":{\"TTL\":\"1h\",\"Status\":\"passing\"}}"
    done
    for i in $(seq 1 100); do
      printf '{"Node":"x%d","Address":"10.1.0.%d","Service":{"ID":"s","Service":"service-%%d","Port":80,"Tags":["v1"]}}' "$i" "$i" > "$work/body"
      for j in $(seq 0 9); do printf "$(cat "$work/body")" $((i * 10 + j)) | sed "s/\"ID\":\"s\"/\"ID\":\"s$j\"/" > "$work/one.$j"; done
      curl -sf $(for j in $(seq 0 9); do echo -T "$work/one.$j" "$(url $s)/v1/catalog/register"; done) > /dev/null
    done
  done
}
start_ceiling() { # FILE
  dotnet exec "$work/load/Discovery.PeerLoad.dll" ceiling 17300 "$1" > "$work/ceiling.log" 2>&1 &
  pid[ceiling]=$!; pids+=($!)
  for _ in $(seq 100); do curl -s -o /dev/null "$(url ceiling)" && break; sleep 0.1; done
}
stop_ceiling() { kill "${pid[ceiling]}"; wait "${pid[ceiling]}" 2> /dev/null || true; }
ticks() { sed 's/.*) //' "/proc/$1/stat" | awk '{print $12 + $13}'; }
median() { sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }

# SERVER PATH [wrk arguments]: one measurement, "rate cpu_us" on standard output
wrk_once() {
  local s=$1 path=$2 before after out requests rate; shift 2
  before=$(ticks "${pid[$s]}")
  out=$(wrk -t1 -c64 -d"${seconds}s" "$@" "$(url "$s")$path")
  after=$(ticks "${pid[$s]}")
  if grep -q 'Non-2xx' <<< "$out"; then echo "$s $path: $out" >&2; return 1; fi
  requests=$(awk '/requests in/ {print $1}' <<< "$out")
  rate=$(awk '/Requests\/sec/ {print $2}' <<< "$out")
  awk -v t=$((after - before)) -v n="$requests" -v r="$rate" 'BEGIN {printf "%.0f %.1f\n", r, t * 10000 / n}'
}
# NAME PATH SERVERS [wrk arguments]: the servers take turns; prints one row a server
compare() {
  local name=$1 path=$2 servers=$3 s; shift 3
  for s in $servers; do rm -f "$work/$s.rows"; wrk -t1 -c64 -d2s "$@" "$(url "$s")$path" > /dev/null; done
  for _ in $(seq "$rounds"); do for s in $servers; do wrk_once "$s" "$path" "$@" >> "$work/$s.rows"; done; done
  for s in $servers; do
    printf '| %s | %s | %s | %s |\n' "$name" "$s" "$(cut -d' ' -f1 "$work/$s.rows" | median)" "$(cut -d' ' -f2 "$work/$s.rows" | median)"
  done
}
table() { printf '\n| %s |\n|%s\n' "$1" "$2"; }

part_http() {
  table 'request, 64 connections | server | replies/s | processor us/reply' '---|---|---:|---:|'
  local path
  for path in '/v1/health/service/web?passing' '/v1/catalog/services'; do
    curl -s "$(url ours)$path" > "$work/body.json"
    start_ceiling "$work/body.json"
    compare "GET $path ($(stat -c %s "$work/body.json") B)" "$path" "consul ours ceiling"
    stop_ceiling
  done
}
part_kv() {
  table 'request, 64 connections | server | replies/s | processor us/reply' '---|---|---:|---:|'
  local s value
  value=$(printf 'x%.0s' $(seq 64))
  for s in consul ours; do curl -sf -o /dev/null -X PUT -d "$value" "$(url $s)/v1/kv/bench/key"; done
  curl -s "$(url ours)/v1/kv/bench/key" > "$work/body.json"
  start_ceiling "$work/body.json"
  compare "GET /v1/kv/bench/key ($(stat -c %s "$work/body.json") B)" /v1/kv/bench/key "consul ours ceiling"
  stop_ceiling
  cat > "$work/put.lua" <<'L'
local n = 0
request = function()
  n = n + 1
  return wrk.format("PUT", "/v1/kv/bench/put/" .. n % 10000, nil, "value " .. n)
end
L
  compare 'PUT /v1/kv, 10,000 keys' /v1/kv/bench/put "consul ours" -s "$work/put.lua"
}
part_register() {
  cat > "$work/register.lua" <<'L'
local n = 0
request = function()
  n = n + 1
  local id = n % 1000
  return wrk.format("PUT", "/v1/agent/service/register", nil,
    '{"ID":"r' .. id .. '","Name":"reg","Port":' .. (1024 + n % 60000) .. ',"Tags":["v1"]}')
end
L
  table 'request, 64 connections | server | replies/s | processor us/reply' '---|---|---:|---:|'
  compare 'PUT /v1/agent/service/register, 1,000 ids' /v1/agent/service/register "consul ours" -s "$work/register.lua"
}
part_waiters() {
  table '5,000 blocked queries | server | last reply ms | processor us/reply | resident B/waiter' '---|---|---:|---:|---:|'
  local s
  for s in consul ours; do
    load waiters "${url_port[$s]}" "${pid[$s]}" 5000 | sed -E "s/.*last_ms=([0-9]+) cpu_us_per_reply=([0-9.]+) first_round_bytes_per_waiter=(-?[0-9]+)/| released by one change | $s | \1 | \2 | \3 |/"
  done
}
declare -A url_port=([consul]=17100 [ours]=17200)
part_dns() {
  table 'DNS over UDP, dnsperf -c16 | server | queries/s | processor us/query' '---|---|---:|---:|'
  local type s port before after out
  for type in A SRV; do
    printf 'web.service.consul %s\n' $type > "$work/queries"
    rm -f "$work"/*.rows
    for _ in $(seq "$rounds"); do
      for s in consul ours; do
        port=$((${url_port[$s]} + 1))
        before=$(ticks "${pid[$s]}")
        out=$(dnsperf -d "$work/queries" -s 127.0.0.1 -p "$port" -e -b 4096 -c16 -T1 -l "$seconds" 2> /dev/null)
        after=$(ticks "${pid[$s]}")
        awk -v t=$((after - before)) '/Queries completed/ {n = $3} /Queries per second/ {r = $4} /Response codes/ {c = $3} END {
          if (c != "NOERROR") exit 1; printf "%.0f %.1f\n", r, t * 10000 / n}' <<< "$out" >> "$work/$s.rows"
      done
    done
    for s in consul ours; do
      printf '| %s of 10 instances, EDNS | %s | %s | %s |\n' $type $s "$(cut -d' ' -f1 "$work/$s.rows" | median)" "$(cut -d' ' -f2 "$work/$s.rows" | median)"
    done
  done
}
part_start() {
  table 'start, agent -dev | server | port open ms | slowest | first write ms | slowest' '---|---|---:|---:|---:|---:|'
  local together line=(-http-port={port} -dns-port={port+1} -server-port={port+2} -serf-lan-port={port+3} -serf-wan-port={port+4})
  local show='s/.*open_ms=([0-9]+) open_max_ms=([0-9]+) first_write_ms=([0-9]+) first_write_max_ms=([0-9]+)/\1 | \2 | \3 | \4 |/'
  for together in 1 2; do
    printf '| %s at once | consul | ' $together
    load start 17400 7 $together "$CONSUL" agent -dev -bind=127.0.0.1 -grpc-port=-1 "${line[@]}" | sed -E "$show"
    printf '| %s at once | ours | ' $together
    load start 17500 7 $together "$work/node/discovery-node" agent -dev -bind=127.0.0.1 "${line[@]}" | sed -E "$show"
  done
  compiled
}
# What the published node compiles until its first write is answered; it says so itself when it is told to end.
compiled() {
  local node
  # shellcheck disable=SC2046
  DOTNET_TC_CallCounting=0 "$work/node/discovery-node" agent -dev -bind=127.0.0.1 $(ports 17500) > "$work/compiled.log" 2>&1 &
  node=$!; pids+=($!)
  for _ in $(seq 100); do
    curl -sf -X PUT -d '{"Node":"outside","Address":"192.0.2.1"}' http://127.0.0.1:17500/v1/catalog/register > /dev/null && break
    sleep 0.1
  done
  kill "$node"; wait "$node" || true
  printf '\nours: %s methods compiled at run time until the first write\n' "$(sed -n 's/.*Methods compiled so far: count=//p' "$work/compiled.log")"
}

if (($# == 0)); then set -- start http kv register dns waiters; fi
started=
for part in "$@"; do
  if [[ $part != start && -z $started ]]; then start_servers; fill; started=1; fi
  "part_$part"
done
