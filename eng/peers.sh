#!/usr/bin/env bash
# Installs the independent implementations that tests compare us with; what is there already is left alone.
#   usage: eng/peers.sh [NAME...]      NAME is python (the default) or consul
# python   python3-msgpack and python3-lz4 of the running Debian release, for /usr/bin/python3; needs root.
# consul   Consul 1.8.7 from the Debian release that last had it, unpacked into a cache folder and not installed.
# Prints the path of each unpacked program as NAME=path on standard output, for eval; everything else goes to standard error.
set -euo pipefail
cache=${DISCOVERY_PEERS:-$HOME/.cache/discovery-peers}

fail() { echo "peers.sh: $*" >&2; exit 1; }

need_apt() { command -v apt-get > /dev/null || fail "$1 is missing, and there is no apt-get here to install it"; }

python_peers() {
  local module missing=()
  for module in msgpack lz4; do
    /usr/bin/python3 -c "import $module" 2> /dev/null || missing+=("python3-$module")
  done
  if ((${#missing[@]} == 0)); then return; fi
  need_apt "${missing[*]}"
  apt-get update >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" >&2
  /usr/bin/python3 -c 'import msgpack, lz4' || fail "the Python modules cannot be imported after their installation"
}

# The mirror that this machine reads its own release from, in either format of apt's source lists.
debian_mirror() {
  { cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2> /dev/null || true; } |
    sed -nE '/^[[:space:]]*#/d; s#^(deb |URIs:).*[[:space:]]?(https?://[^[:space:]]+/debian)/?([[:space:]].*)?$#\2#p' | head -n 1
}

# RELEASE PACKAGE: downloads the package of another release with an apt state of its own and unpacks it into the cache.
unpack_from_release() {
  local release=$1 package=$2 state=$cache/apt-$1 mirror options
  need_apt "$package"
  mirror=$(debian_mirror)
  [[ -n $mirror ]] || fail "no Debian mirror in the apt sources"
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
  : > "$state/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $release main" > "$state/sources.list"
  options=(-o "Dir::Etc::SourceList=$state/sources.list" -o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$state/lists"
           -o "Dir::Cache=$state/cache" -o "Dir::State::status=$state/status"
           -o Acquire::Check-Valid-Until=false -o APT::Sandbox::User=root)
  apt-get "${options[@]}" update >&2
  (cd "$state" && apt-get "${options[@]}" download "$package" >&2)
  dpkg -x "$state/$package"_*.deb "$cache/$package"
}

consul_peer() {
  local program=$cache/consul/usr/bin/consul
  [[ -x $program ]] || unpack_from_release bullseye consul
  [[ $("$program" version) == *v1.8.7* ]] || fail "$program is not Consul 1.8.7"
  echo "CONSUL=$program"
}

if (($# == 0)); then set -- python; fi
for name in "$@"; do
  case $name in
    python) python_peers ;;
    consul) consul_peer ;;
    *) fail "unknown peer '$name' (known: python, consul)" ;;
  esac
done
