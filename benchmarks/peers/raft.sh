#!/usr/bin/env bash
# Measures writes to the leader of three servers, each on a disk that is synced: discovery-node beside Consul 1.8.7 and etcd 3.5.
#   usage: benchmarks/peers/raft.sh [SYSTEM...]      SYSTEM is consul, etcd, ours or ceiling; default: the first three
# The ceiling is one bare Kestrel that answers the same requests with "true" and does nothing: what HTTP alone costs here.
# Values have 64 bytes, over 1, 64 and 256 connections that stay open. Consul and ours: PUT /v1/kv/KEY by wrk, 1,000 keys in turn. etcd:
# etcdserverpb.KV/Put over gRPC by h2load, one call at a time on each connection, one key (h2load sends the same body again and again).
# The systems take turns, one running at a time on fresh data. ROUNDS (3), SECONDS_EACH (5), WARM (8 seconds), CONNECTIONS ("1 64 256"),
# DATA (a directory on a disk; /var/tmp), NODE_BUILD (a built discovery-node, to save the building). Prints a table as Markdown.
# Needs wrk, h2load, jq, CONSUL (eng/peers.sh consul) and ETCD. Everything listens on loopback, and only what it started is ended, by pid.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
rounds=${ROUNDS:-3} seconds=${SECONDS_EACH:-5} warm=${WARM:-8} connections=${CONNECTIONS:-1 64 256} BASE=${BASE:-21000}
source benchmarks/peers/cluster.sh
use_disk
cleanup() { stop_cluster; rm -rf "$work"; }
trap cleanup EXIT
if (($# == 0)); then set -- consul etcd ours; fi
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
NODE=${NODE_BUILD:-$work/node}/discovery-node
DOTNET_ROOT=${DOTNET_ROOT:-$(dotnet --list-runtimes | sed -n 's:^Microsoft.NETCore.App .*\[\(.*\)/shared/.*:\1:p' | head -n 1)}
export DOTNET_ROOT
if [[ " $* " == *" ours "* && -z ${NODE_BUILD:-} ]]; then
  dotnet build samples/Node -c Release -o "$work/node" -v q --nologo > "$work/build.log" || { cat "$work/build.log"; exit 1; }
fi
if [[ " $* " == *" ceiling "* ]]; then
  dotnet build benchmarks/Discovery.PeerLoad -c Release -o "$work/load" -v q --nologo > "$work/build.log" || { cat "$work/build.log"; exit 1; }
  echo true > "$work/true"
fi
[[ " $* " != *" consul "* || -n ${CONSUL:-} ]] || eval "$(eng/peers.sh consul)"

cat > "$work/put.lua" <<'L'
local requests, n = {}, 0
init = function()
  for i = 0, 999 do
    requests[i] = wrk.format("PUT", "/v1/kv/bench/" .. i, nil, string.rep("x", 64))
  end
end
request = function()
  n = n + 1
  return requests[n % 1000]
end
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format("RESULT %d %.0f %d %d %d\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout))
end
L
# A gRPC call: not compressed, 75 bytes: key "bench/1" and a value of 64 bytes.
printf '\x00\x00\x00\x00\x4b\x0a\x07bench/1\x12\x40%s' "$(printf 'x%.0s' $(seq 64))" > "$work/put.grpc"

# SYSTEM CONNECTIONS SECONDS: "requests microseconds p50_us p99_us errors" on standard output
load() {
  local s=$1 c=$2 d=$3
  case $s in
    etcd)
      rm -f "$work/log"
      h2load -t1 -c"$c" -m1 -D"$d" -d "$work/put.grpc" -H 'content-type: application/grpc' -H 'te: trailers' --log-file="$work/log" \
        "$(url "$lead")/etcdserverpb.KV/Put" > "$work/h2load.out"
      sort -n -k3,3 "$work/log" | awk -v d="$d" '{v[NR] = $3; if ($2 != 200) e++} END {print NR, d * 1000000, v[int(NR / 2) + 1], v[int(NR * 0.99)], e + 0}' ;;
    *) wrk -t1 -c"$c" -d"${d}s" --timeout 10s -s "$work/put.lua" "$(url "$lead")" | awk '/^RESULT/ {print $2, $3, $4, $5, $6}' ;;
  esac
}
# How far etcd's key has come: each put raises its version.
version() { curl -s -X POST -d "{\"key\":\"$(printf bench/1 | base64)\"}" "$(url "$lead")/v3/kv/range" | jq -r '.kvs[0].version // 0'; }
start() { # SYSTEM
  if [[ $1 != ceiling ]]; then start_cluster "$1"; return; fi
  pid=()
  lead=1
  dotnet exec "$work/load/Discovery.PeerLoad.dll" ceiling "$(client_port 1)" "$work/true" > "$work/ceiling.log" 2>&1 &
  pid[1]=$!
  for _ in $(seq 100); do if curl -s -o /dev/null "$(url 1)"; then return; fi; sleep 0.1; done
  echo "the ceiling did not come up:" >&2; cat "$work/ceiling.log" >&2; return 1
}
measure() { # SYSTEM CONNECTIONS: one row into $work/rows
  local s=$1 c=$2 before after out wrote begin=0
  [[ $s != etcd ]] || begin=$(version)
  before=$(ticks)
  out=$(load "$s" "$c" "$seconds")
  after=$(ticks)
  if [[ $s == etcd ]]; then
    # h2load counts calls, not outcomes: the store must have counted as many.
    wrote=$(($(version) - begin))
    awk -v w="$wrote" '{if (w < $1 * 0.99) {print "etcd has written " w " of " $1 > "/dev/stderr"; exit 1}}' <<< "$out"
  fi
  awk -v s="$s" -v c="$c" -v t=$((after - before)) '{
    if ($5 > 0) {print s ": " $5 " errors" > "/dev/stderr"}
    printf "%s %s %.0f %.2f %.2f %.2f %.0f\n", s, c, $1 * 1e6 / $2, $3 / 1000, $4 / 1000, t * 10000 / $2, t * 10000 / $1}' <<< "$out" >> "$work/rows"
  echo "# $(tail -n 1 "$work/rows")  load $(cut -d' ' -f1-3 /proc/loadavg)" >&2
}

echo "load before: $(cut -d' ' -f1-3 /proc/loadavg), $(nproc) cores, data on $(stat -f -c %T "$work")"
for _ in $(seq "$rounds"); do
  for s in "$@"; do
    start "$s"
    load "$s" 64 "$warm" > /dev/null
    for c in $connections; do measure "$s" "$c"; done
    [[ $s == ceiling || $(leader "$s") == "$lead" ]] || echo "# $s has changed its leader" >&2
    stop_cluster
  done
done
printf '\n| connections | system | writes/s | p50 ms | p99 ms | cores, three servers | us of processor a write |\n|---:|---|---:|---:|---:|---:|---:|\n'
for c in $connections; do
  for s in "$@"; do
    printf '| %s | %s' "$c" "$s"
    for column in 3 4 5 6 7; do printf ' | %s' "$(awk -v s="$s" -v c="$c" -v k=$column '$1 == s && $2 == c {print $k}' "$work/rows" | median)"; done
    echo ' |'
  done
done
echo
echo "load after: $(cut -d' ' -f1-3 /proc/loadavg)"
