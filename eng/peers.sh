#!/usr/bin/env bash
# Installs the independent implementations and clients that tests compare us with; what is there already is left alone.
#   usage: eng/peers.sh [NAME...]      default: all of these
# python      python3-msgpack, python3-lz4 and python3-consul of the running Debian release, for /usr/bin/python3
# patroni     Patroni of the same release, for its client of Consul; no PostgreSQL
# dns         dig and kdig
# haproxy     HAProxy
# consul      Consul 1.8.7 from the Debian release that last had it, unpacked into a cache folder and not installed
# prometheus  Prometheus 2.24.1 from the same release (later ones are built without Consul discovery), likewise
# npm-consul  npm's consul client in the version of tests/Discovery.Peers/npm-consul, in the cache folder; node and npm if they are missing
# The cache folder is $DISCOVERY_PEERS, or ~/.cache/discovery-peers. Installing needs root.
# Prints the path of each unpacked program as NAME=path on standard output, for eval; everything else goes to standard error.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cache=${DISCOVERY_PEERS:-$HOME/.cache/discovery-peers}
release=bullseye
packages=() from_release=()

fail() { echo "peers.sh: $*" >&2; exit 1; }

need_apt() { command -v apt-get > /dev/null || fail "$* is missing, and there is no apt-get here to install it"; }

# COMMAND PACKAGE: notes the package if the command is missing.
want_command() { PATH=$PATH:/usr/sbin command -v "$1" > /dev/null || packages+=("$2"); }

# MODULE: notes the package if /usr/bin/python3 cannot import the module.
want_module() { /usr/bin/python3 -c "import $1" 2> /dev/null || packages+=("python3-$1"); }

# PROGRAM PACKAGE: notes the package of the older release if its program is not in the cache.
want_unpacked() { [[ -x $cache/$1 ]] || from_release+=("$2"); }

install_packages() {
  if ((${#packages[@]} == 0)); then return; fi
  need_apt "${packages[@]}"
  apt-get update >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${packages[@]}" >&2
}

# The mirror that this machine reads its own release from, in either format of apt's source lists.
debian_mirror() {
  { cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2> /dev/null || true; } |
    sed -nE '/^[[:space:]]*#/d; s#^(deb |URIs:).*[[:space:]]?(https?://[^[:space:]]+/debian)/?([[:space:]].*)?$#\2#p' | head -n 1
}

# Downloads packages of the older release with an apt state of its own and unpacks them into the cache.
unpack_from_release() {
  local state=$cache/apt-$release mirror options package
  if ((${#from_release[@]} == 0)); then return; fi
  need_apt "${from_release[@]}"
  mirror=$(debian_mirror)
  [[ -n $mirror ]] || fail "no Debian mirror in the apt sources"
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
  : > "$state/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $release main" > "$state/sources.list"
  options=(-o "Dir::Etc::SourceList=$state/sources.list" -o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$state/lists"
           -o "Dir::Cache=$state/cache" -o "Dir::State::status=$state/status"
           -o Acquire::Check-Valid-Until=false -o Acquire::Languages=none -o APT::Sandbox::User=root)
  apt-get "${options[@]}" update >&2
  (cd "$state" && apt-get "${options[@]}" download "${from_release[@]}" >&2)
  for package in "${from_release[@]}"; do dpkg -x "$state/$package"_*.deb "$cache/$package"; done
}

install_npm_consul() {
  local folder=$cache/npm-consul source=tests/Discovery.Peers/npm-consul
  if [[ ! -d $folder/node_modules/consul ]] || ! cmp -s "$source/package-lock.json" "$folder/package-lock.json"; then
    mkdir -p "$folder"
    cp "$source/package.json" "$source/package-lock.json" "$folder/"
    (cd "$folder" && npm ci --no-audit --no-fund --ignore-scripts >&2)
  fi
}

# NAME PROGRAM WORD: prints the path of an unpacked program whose version has the word.
tell_program() {
  local version
  version=$("$cache/$2" version 2>&1 || "$cache/$2" --version 2>&1) || true
  [[ $version == *"$3"* ]] || fail "$cache/$2 is not $3"
  echo "$1=$cache/$2"
}

if (($# == 0)); then set -- python patroni dns haproxy consul prometheus npm-consul; fi
for name in "$@"; do
  case $name in
    python) for module in msgpack lz4 consul; do want_module "$module"; done ;;
    patroni) /usr/bin/python3 -c 'import patroni.dcs.consul' 2> /dev/null || packages+=(patroni) ;;
    dns) want_command dig bind9-dnsutils; want_command kdig knot-dnsutils ;;
    haproxy) want_command haproxy haproxy ;;
    consul) want_unpacked consul/usr/bin/consul consul ;;
    prometheus) want_unpacked prometheus/usr/bin/prometheus prometheus ;;
    npm-consul) want_command node nodejs; want_command npm npm ;;
    *) fail "unknown peer '$name' (known: python, patroni, dns, haproxy, consul, prometheus, npm-consul)" ;;
  esac
done
install_packages
unpack_from_release
for name in "$@"; do
  case $name in
    python) /usr/bin/python3 -c 'import msgpack, lz4, consul' || fail "the Python modules cannot be imported after their installation" ;;
    patroni) /usr/bin/python3 -c 'import patroni.dcs.consul' || fail "Patroni cannot be imported after its installation" ;;
    consul) tell_program CONSUL consul/usr/bin/consul 1.8.7 ;;
    prometheus) tell_program PROMETHEUS prometheus/usr/bin/prometheus 2.24.1 ;;
    npm-consul) install_npm_consul ;;
  esac
done
