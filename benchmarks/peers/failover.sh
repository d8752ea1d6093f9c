#!/usr/bin/env bash
# Makes the leader of three servers fail under load, again and again, and tells how long no survivor took a write, and what was lost.
#   usage: benchmarks/peers/failover.sh [FAULT...]     FAULT is kill (kill -9), stop (SIGSTOP) or drop (its packets); default: all
# drop needs root: each server has a network namespace, and the leader's link is taken off the bridge between them: it stays up, and what
# is sent to it and by it goes nowhere.
# Six writers, two a server, before and during the fault; all acknowledged writes are read back from both survivors in each round.
# SYSTEMS ("ours consul etcd"), ROUNDS (20), DATA (a directory on a disk; /var/tmp), NODE_BUILD (a built discovery-node), BASE (21100).
# Each round is bounded in time. Only what it started is ended, by pid, and only the namespaces that it made are deleted.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
rounds=${ROUNDS:-20} systems=${SYSTEMS:-ours consul etcd} BASE=${BASE:-21100}
source benchmarks/peers/cluster.sh
use_disk
net=dsc$$
cleanup() { stop_cluster; leave_network; rm -rf "$work"; }
make_network() {
  local i
  ip link add "$net" type bridge && ip link set "$net" up && ip addr add 10.231.7.254/24 dev "$net"
  for i in 1 2 3; do
    ip netns add "$net-$i"
    ip link add "$net.$i" type veth peer name eth0 netns "$net-$i"
    ip link set "$net.$i" master "$net" up
    ip -n "$net-$i" addr add "10.231.7.$i/24" dev eth0
    ip -n "$net-$i" link set eth0 up
    ip -n "$net-$i" link set lo up
    NAMESPACE[$i]=$net-$i ADDRESS[$i]=10.231.7.$i
  done
}
leave_network() {
  local i
  for i in "${!NAMESPACE[@]}"; do ip netns del "${NAMESPACE[$i]}" 2> /dev/null || true; done
  [[ ${#NAMESPACE[@]} == 0 ]] || ip link del "$net" 2> /dev/null || true
  NAMESPACE=() ADDRESS=()
}
trap cleanup EXIT
if (($# == 0)); then set -- kill stop drop; fi
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
DOTNET_ROOT=${DOTNET_ROOT:-$(dotnet --list-runtimes | sed -n 's:^Microsoft.NETCore.App .*\[\(.*\)/shared/.*:\1:p' | head -n 1)}
export DOTNET_ROOT
NODE=${NODE_BUILD:-$work/node}/discovery-node
if [[ " $systems " == *" ours "* && -z ${NODE_BUILD:-} ]]; then
  dotnet build samples/Node -c Release -o "$work/node" -v q --nologo > "$work/build.log" || { cat "$work/build.log"; exit 1; }
fi
[[ " $systems " != *" consul "* || -n ${CONSUL:-} ]] || eval "$(eng/peers.sh consul)"

heal() { # FAULT SYSTEM
  case $1 in
    kill) wait "${pid[$lead]}" 2> /dev/null || true; start_server "$2" "$lead" ;;
    stop) kill -CONT "${pid[$lead]}" ;;
    drop) ip link set dev "$net.$lead" master "$net" ;;
  esac
}
settle() { # SYSTEM: until all three take a write, each within its own time
  local i
  for i in 1 2 3; do
    for _ in $(seq 150); do if put "$1" $i "ready/$i" 1; then break; fi; sleep 0.1; done
  done
  sleep 1
  for _ in $(seq 100); do lead=$(leader "$1"); [[ -z $lead ]] || return 0; sleep 0.1; done
  echo "$1 has no leader" >&2; return 1
}
printf '| leader | system | rounds | median ms | worst ms | acknowledged writes | lost |\n|---|---|---:|---:|---:|---:|---:|\n'
for fault in "$@"; do
  [[ $fault != drop ]] || make_network
  for s in $systems; do
    start_cluster "$s"
    : > "$work/rows"
    for round in $(seq "$rounds"); do
      settle "$s"
      case $fault in
        kill) command=(kill -9 "${pid[$lead]}") ;;
        stop) command=(kill -STOP "${pid[$lead]}") ;;
        drop) command=(ip link set dev "$net.$lead" nomaster) ;;
      esac
      timeout 60 python3 benchmarks/peers/failover_load.py "$s" "$round" "$lead" "$(url 1)" "$(url 2)" "$(url 3)" "${command[@]}" > "$work/row" ||
        echo "# $s, $fault, round $round: $(cat "$work/row")" >&2
      cat "$work/row" >> "$work/rows"
      echo "# $fault $s $round: $(cat "$work/row")  load $(cut -d' ' -f1 /proc/loadavg)" >&2
      heal "$fault" "$s"
    done
    stop_cluster
    printf '| %s | %s | %s | %s | %s | %s | %s |\n' "$fault" "$s" "$(wc -l < "$work/rows")" "$(cut -d' ' -f1 "$work/rows" | median)" \
      "$(cut -d' ' -f1 "$work/rows" | sort -n | tail -n 1)" "$(awk '{n += $2} END {print n}' "$work/rows")" "$(awk '{n += $3} END {print n}' "$work/rows")"
  done
  leave_network
done
