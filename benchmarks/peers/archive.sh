#!/usr/bin/env bash
# Takes and restores the archive of a million keys (GET and PUT /v1/snapshot) on three idle servers, at the leader and at a follower, and
# tells how long it took and how much memory each server had before and at most meanwhile (VmRSS, and VmHWM set back before it).
#   usage: benchmarks/peers/archive.sh [SYSTEM...]      SYSTEM is consul or ours; default: both
# KEYS (1000000, of 64 bytes), REST (10 seconds of rest before each), DATA (a directory on a disk; /var/tmp), NODE_BUILD (a built
# discovery-node), BASE (21300). Needs jq, and CONSUL (eng/peers.sh consul). Only what it started is ended, by pid.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
keys=${KEYS:-1000000} rest=${REST:-10} BASE=${BASE:-21300}
source benchmarks/peers/cluster.sh
use_disk
cleanup() { stop_cluster; rm -rf "$work"; }
trap cleanup EXIT
if (($# == 0)); then set -- consul ours; fi
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
DOTNET_ROOT=${DOTNET_ROOT:-$(dotnet --list-runtimes | sed -n 's:^Microsoft.NETCore.App .*\[\(.*\)/shared/.*:\1:p' | head -n 1)}
export DOTNET_ROOT
NODE=${NODE_BUILD:-$work/node}/discovery-node
if [[ " $* " == *" ours "* && -z ${NODE_BUILD:-} ]]; then
  dotnet build samples/Node -c Release -o "$work/node" -v q --nologo > "$work/build.log" || { cat "$work/build.log"; exit 1; }
fi
[[ " $* " != *" consul "* || -n ${CONSUL:-} ]] || eval "$(eng/peers.sh consul)"

memory() { awk -v f="$2:" '$1 == f {printf "%d", $2 / 1024}' "/proc/${pid[$1]}/status"; } # SERVER FIELD, in MB
measure() { # SYSTEM WHAT SERVER COMMAND...: one row
  local s=$1 what=$2 at=$3 i other before=() took
  shift 3
  sleep "$rest"
  for i in 1 2 3; do before[$i]=$(memory $i VmRSS); echo 5 > "/proc/${pid[$i]}/clear_refs"; done
  took=$(date +%s%N)
  "$@" || { echo "# $s, $what: failed, $(tail -c 200 "$work/answer")" >&2; what+=' (failed)'; }
  took=$((($(date +%s%N) - took) / 1000000))
  sleep 2
  other=
  for i in 1 2 3; do [[ $i == "$at" ]] || other+="${other:+, }${before[$i]} to $(memory $i VmHWM)"; done
  printf '| %s | %s | %d.%d | %s to %s | %s | %s |\n' "$s" "$what" $((took / 1000)) $((took % 1000 / 100)) \
    "${before[$at]}" "$(memory "$at" VmHWM)" "$other" "$(cut -d' ' -f1 /proc/loadavg)"
}
call() { # SERVER FILE OPTIONS...: what is answered goes to the file
  local at=$1 file=$2
  shift 2
  [[ $(curl -s -o "$file" -w '%{http_code}' "$@" "$(url "$at")/v1/snapshot") == 200 ]]
}
take() { call "$1" "$work/archive" || { mv "$work/archive" "$work/answer"; return 1; }; }
restore() { call "$1" "$work/answer" -T "$work/archive"; }

echo "load before: $(cut -d' ' -f1-3 /proc/loadavg), $(nproc) cores, data on $(stat -f -c %T "$work")"
printf '| system | what | seconds | memory there, MB | memory of the others, MB | load |\n|---|---|---:|---|---|---:|\n'
for s in "$@"; do
  start_cluster "$s"
  echo "# $s was filled in $(python3 benchmarks/peers/overcommit_load.py fill "$keys" "$(url 1)" "$(url 2)" "$(url 3)") s" >&2
  lead=$(leader "$s") follower=$((lead % 3 + 1))
  measure "$s" "taken from the leader" "$lead" take "$lead"
  measure "$s" "taken from a follower" $follower take $follower
  echo "# the archive has $(stat -c %s "$work/archive") bytes" >&2
  measure "$s" "restored at the leader" "$lead" restore "$lead"
  measure "$s" "restored at a follower" $follower restore $follower
  [[ $(leader "$s") == "$lead" ]] || echo "# $s has changed its leader" >&2
  stop_cluster
done
