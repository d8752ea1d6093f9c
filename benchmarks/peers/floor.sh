#!/usr/bin/env bash
# What a write to three servers costs at the least on this machine, one at a time: floor.c, with and without syncing the three files.
#   usage: benchmarks/peers/floor.sh
# ROUNDS (3), WRITES (8000), DATA (a directory on a disk; /var/tmp). Needs a C compiler (cc). For raft.sh's figures at one connection.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cc -O2 -Wall -o "$work/floor" floor.c
for ((i = 0; i < ${ROUNDS:-3}; i++)); do
  "$work/floor" "${DATA:-/var/tmp}" 1 "${WRITES:-8000}"
  "$work/floor" "${DATA:-/var/tmp}" 0 "${WRITES:-8000}"
done
