# Starts and ends clusters of three servers on loopback, of one system at a time. Sourced by raft.sh and failover.sh, which set:
#   work   a directory on a real disk; data and output go below it
#   BASE   the first of the 100 ports that are used
# and may set, for ours: LIMITS and DISCOVERY (more of these keys, with a comma before it), LOG_LEVEL.
# SYSTEM is consul, etcd or ours. Server I of it is pid[I], its client port is $(client_port I).
declare -A pid=()

use_disk() { # sets work, on something that a sync has to wait for
  work=$(mktemp -d "${DATA:-/var/tmp}/discovery-raft.XXXXXX")
  local kind; kind=$(stat -f -c %T "$work")
  if [[ $kind == tmpfs || $kind == ramfs ]]; then echo "$work is in memory; set DATA to a directory on a disk" >&2; rmdir "$work"; exit 1; fi
}
port() { echo $((BASE + 10 * $1 + $2)); } # SERVER OFFSET
client_port() { port "$1" 0; }
server_port() { port "$1" 1; }
host_of() { echo "${ADDRESS[$1]:-127.0.0.1}"; } # of server I; another one in a network namespace
declare -A ADDRESS=()
url() { echo "http://$(host_of "$1"):$(client_port "$1")"; }
in_place() { # SERVER COMMAND...: runs it where the server lives
  local i=$1; shift
  if [[ -n ${NAMESPACE[$i]:-} ]]; then exec ip netns exec "${NAMESPACE[$i]}" "$@"; fi
  exec "$@"
}
declare -A NAMESPACE=()

start_server() { # SYSTEM SERVER
  local s=$1 i=$2 at dir="$work/$1-$2" j
  at=$(host_of "$i")
  mkdir -p "$dir"
  case $s in
    consul)
      local join=(); for j in 1 2 3; do join+=(-retry-join="$(host_of $j):$(port $j 2)"); done
      (in_place "$i" "$CONSUL" agent -server -bootstrap-expect=3 -node="n$i" -bind="$at" -client="$at" -data-dir="$dir" -log-level=err \
        -hcl='limits { http_max_conns_per_client = 2000 } performance { raft_multiplier = 1 } disable_update_check = true' \
        -http-port="$(client_port "$i")" -server-port="$(server_port "$i")" -serf-lan-port="$(port "$i" 2)" -serf-wan-port=-1 \
        -dns-port=-1 -grpc-port=-1 "${join[@]}") > "$dir.log" 2>&1 & ;;
    etcd)
      local all=; for j in 1 2 3; do all+="n$j=http://$(host_of $j):$(server_port $j),"; done
      (in_place "$i" "$ETCD" --name="n$i" --data-dir="$dir" --log-level=error --listen-client-urls="$(url "$i")" \
        --advertise-client-urls="$(url "$i")" --listen-peer-urls="http://$at:$(server_port "$i")" \
        --initial-advertise-peer-urls="http://$at:$(server_port "$i")" --initial-cluster="${all%,}" \
        --initial-cluster-token=bench --initial-cluster-state=new) > "$dir.log" 2>&1 & ;;
    ours)
      local all=; for j in 1 2 3; do all+="\"$(host_of $j):$(server_port $j)\","; done
      echo "{\"discovery\": {\"servers\": [${all%,}]${DISCOVERY:-}}, \"limits\": {\"http_max_conns_per_client\": 2000${LIMITS:-}}}" > "$dir.json"
      (in_place "$i" "$NODE" agent -server -node="n$i" -bind="$at" -client="$at" -data-dir="$dir" -config-file="$dir.json" \
        -log-level="${LOG_LEVEL:-warn}" \
        -http-port="$(client_port "$i")" -server-port="$(server_port "$i")" -serf-lan-port="$(port "$i" 2)" -serf-wan-port=-1 \
        -dns-port=-1 -grpc-port=-1) > "$dir.log" 2>&1 & ;;
  esac
  pid[$i]=$!
}

leader() { # SYSTEM: prints the number of the server that leads; nothing when none says so
  local s=$1 i told
  for i in "${!pid[@]}"; do
    case $s in
      etcd)
        told=$(in_shell "$i" curl -sm 1 -X POST -d '{}' "$(url "$i")/v3/maintenance/status" |
          jq -r 'select(.leader != null and .leader == .header.member_id) | .leader' 2> /dev/null) || true
        if [[ -n $told ]]; then echo "$i"; return; fi ;;
      *)
        told=$(in_shell "$i" curl -sm 1 "$(url "$i")/v1/status/leader" | tr -d '"') || true
        for j in 1 2 3; do if [[ $told == "$(host_of $j):$(server_port $j)" ]]; then echo $j; return; fi; done ;;
    esac
  done
  return 0
}
in_shell() { (in_place "$@"); }

start_cluster() { # SYSTEM: returns once it takes a write at its leader, whose number is then in lead
  local s=$1 i
  rm -rf "$work/$s"-*
  pid=()
  for i in 1 2 3; do start_server "$s" $i; done
  for _ in $(seq 300); do
    lead=$(leader "$s")
    if [[ -n $lead ]] && put "$s" "$lead" ready 1; then return; fi
    sleep 0.1
  done
  echo "$s did not come up:" >&2; tail -n 5 "$work/$s"-?.log >&2; return 1
}
put() { # SYSTEM SERVER KEY VALUE
  case $1 in
    etcd) in_shell "$2" curl -sfm 2 -o /dev/null -X POST "$(url "$2")/v3/kv/put" \
      -d "{\"key\":\"$(printf %s "$3" | base64)\",\"value\":\"$(printf %s "$4" | base64)\"}" ;;
    *) [[ $(in_shell "$2" curl -sfm 2 -X PUT -d "$4" "$(url "$2")/v1/kv/$3") == true ]] ;;
  esac
}
stop_cluster() { # kills by pid what start_cluster has started
  local i
  for i in "${!pid[@]}"; do kill -CONT "${pid[$i]}" 2> /dev/null || true; kill -9 "${pid[$i]}" 2> /dev/null || true; done
  for i in "${!pid[@]}"; do wait "${pid[$i]}" 2> /dev/null || true; done
  pid=()
}
ticks() { # the processor time of all servers so far, in hundredths of a second
  local i sum=0 t
  for i in "${!pid[@]}"; do t=$(sed 's/.*) //' "/proc/${pid[$i]}/stat" 2> /dev/null | awk '{print $12 + $13}'); sum=$((sum + ${t:-0})); done
  echo $sum
}
median() { sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
