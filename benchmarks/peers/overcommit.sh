#!/usr/bin/env bash
# Presses on three servers, each with its data on a disk, and tells whether leadership changed: twice as many busy loops as there are cores,
# a million keys, values of 16 MB, small writes and reads, snapshots of everything, and forced full collections in each server.
#   usage: benchmarks/peers/overcommit.sh
# MINUTES (10), KEYS (1000000, of 64 bytes), VALUE_BYTES (16777216), COLLECT_SECONDS (5; 0 for none), BUSY (twice the cores), ELECTION
# (RaftOptions.ElectionTimeout, such as 00:00:01.5; its default), LOG (where the servers' logs and the collections are kept, and when their
# threads were late; nowhere), DATA (a directory on a disk; /var/tmp), NODE_BUILD (a built discovery-node), HOOK_BUILD (a built
# Discovery.ForcedCollections), BASE (21200). The busy loops run only while it is pressed on. Only what it started is ended, by pid.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
minutes=${MINUTES:-10} keys=${KEYS:-1000000} value=${VALUE_BYTES:-16777216} busy=${BUSY:-$((2 * $(nproc)))} BASE=${BASE:-21200}
[[ -z ${ELECTION:-} ]] || DISCOVERY=", \"Raft\": {\"ElectionTimeout\": \"$ELECTION\"}"
LOG_LEVEL=info LIMITS=", \"kv_max_value_size\": $value"
source benchmarks/peers/cluster.sh
use_disk
loops=()
calm() {
  local p
  for p in "${loops[@]}"; do kill "$p" 2> /dev/null || true; wait "$p" 2> /dev/null || true; done
  loops=()
}
cleanup() {
  calm
  stop_cluster
  if [[ -n ${LOG:-} ]]; then mkdir -p "$LOG"; cp "$work"/ours-?.log "$work"/collections.* "$work/load.err" "$LOG" 2> /dev/null || true; fi
  rm -rf "$work"
}
trap cleanup EXIT
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
DOTNET_ROOT=${DOTNET_ROOT:-$(dotnet --list-runtimes | sed -n 's:^Microsoft.NETCore.App .*\[\(.*\)/shared/.*:\1:p' | head -n 1)}
export DOTNET_ROOT
NODE=${NODE_BUILD:-$work/node}/discovery-node
build() { dotnet build "$1" -c Release -o "$2" -v q --nologo > "$work/build.log" || { cat "$work/build.log"; exit 1; }; }
[[ -n ${NODE_BUILD:-} ]] || build samples/Node "$work/node"
hook=${HOOK_BUILD:-$work/hook}
[[ -n ${HOOK_BUILD:-} ]] || build benchmarks/Discovery.ForcedCollections "$work/hook"

memory() { # FIELD: of each server, in MB
  local i
  for i in 1 2 3; do awk -v f="$1:" '$1 == f {printf "%d ", $2 / 1024}' "/proc/${pid[$i]}/status"; done
}
terms() { curl -sm 10 "$(url 1)/v1/operator/autopilot/health" | jq -r '[.Servers[].LastTerm] | max'; }
changes() { cat "$work"/ours-?.log | grep -c 'This server leads in term' || true; }
load_now() { cut -d' ' -f1-3 /proc/loadavg; }

echo "load before: $(load_now), $(nproc) cores, data on $(stat -f -c %T "$work")"
export COLLECT_SECONDS=${COLLECT_SECONDS:-5} COLLECT_LOG=$work/collections
DOTNET_STARTUP_HOOKS=$hook/Discovery.ForcedCollections.dll start_cluster ours
echo "filled with $keys keys in $(python3 benchmarks/peers/overcommit_load.py fill "$keys" "$(url 1)" "$(url 2)" "$(url 3)") s"
for _ in $(seq 100); do lead=$(leader ours); [[ -z $lead ]] || break; sleep 0.2; done
before=$(terms) leads=$(changes) first=$lead
echo "server $lead leads in term $before; while it was filled, leadership was taken $((leads - 1)) times more; memory (RSS) $(memory VmRSS)MB"
for _ in $(seq "$busy"); do
  (while :; do :; done) &
  loops+=($!)
done
echo "pressed from $(date -u +%H:%M:%S) for $minutes minutes with $busy busy loops:"
python3 benchmarks/peers/overcommit_load.py press $((minutes * 60)) "$value" "$(url 1)" "$(url 2)" "$(url 3)" 2> >(tee "$work/load.err" >&2)
echo "load at its end: $(load_now); memory (RSS) $(memory VmRSS)MB, most (HWM) $(memory VmHWM)MB"
calm
for _ in $(seq 100); do lead=$(leader ours); [[ -z $lead ]] || break; sleep 0.2; done
echo "server $lead leads in term $(terms), before: server $first in term $before"
echo "changes of leader: $(($(changes) - leads))"
grep -h 'leads in term' "$work"/ours-?.log | sort | tail -n 30 | sed 's/^/# /' >&2
for i in 1 2 3; do
  [[ -f $work/collections.${pid[$i]} ]] || continue
  awk -v i="$i" '{n++; s += $2; if ($2 > m) m = $2; g = $3}
    END {printf "server %d: %d forced collections, mean %d ms, longest %d ms; %d of generation 2 in all\n", i, n, s / n, m, g}' "$work/collections.${pid[$i]}"
done
