#!/usr/bin/env bash
# Plants each bug of tests/Discovery.Simulation/planted into a copy of the tree, runs seeds until one fails, and prints which did.
#   usage: eng/planted.sh [NAME...]      NAME is a patch without its ending; default: all. Begins with seed 1, and writes the seeds down
#          eng/planted.sh --some N       N of those that are caught soon, another N for another commit; begins with the seed written down
# Patches in planted/full are for the world of whole nodes. A bug that 200 seeds do not catch is an error. Takes some seconds for each,
# and for whole nodes up to some minutes. In CI a seed that no longer catches a bug is no error, as long as one after it does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
root=$PWD seeds=200 soon=10 caught=0 missed=0 output=bin/Release/net10.0 planted=tests/Discovery.Simulation/planted
known=$root/$planted/seeds.txt some=0

if [[ ${1:-} == --some ]]; then
  some=$2
  shift 2
  mapfile -t quick < <(awk -v soon="$soon" '$2 <= soon { print $1 }' "$known")
  from=$((0x$(git rev-parse --short=7 HEAD) % ${#quick[@]}))
  for ((i = 0; i < some; i++)); do set -- "$@" "${quick[(from + i) % ${#quick[@]}]}"; done
elif (($# == 0)); then
  for patch in "$planted"/*.patch "$planted"/full/*.patch; do set -- "$@" "$(basename "$patch" .patch)"; done
fi

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
build() { dotnet build "$@" -c Release -v q --nologo < /dev/null > "$copy/log" 2>&1 || { cat "$copy/log"; exit 1; }; }

# NAME SEED: puts the seed in the place of the one that was written down.
note() {
  { grep -v "^$1 " "$known" || true; printf '%-34s %6s\n' "$1" "$2"; } | LC_ALL=C sort > "$copy/seeds"
  cp "$copy/seeds" "$known"
}

build tests/Discovery.Simulation
cp -r "tests/Discovery.Simulation/$output" "$copy/run"
mkdir "$copy/tree"
tar -c --exclude=Debug Directory.Build.props Directory.Packages.props global.json .editorconfig eng src | tar -x -C "$copy/tree"
cd "$copy/tree"
projects=(Discovery.Core Discovery.KeyValue Discovery.Raft)
printf '%-34s %6s  %s\n' "planted" "seed" "caught by"
for name in "$@"; do
  patch=$root/$planted/$name.patch world=() first=1
  if [[ ! -f $patch ]]; then patch=$root/$planted/full/$name.patch world=(--full); fi
  if ((some > 0)); then first=$(awk -v name="$name" '$1 == name { print $2 }' "$known"); fi
  git apply "$patch"
  for project in "${projects[@]}"; do
    if grep -q "^+++ b/src/$project/" "$patch"; then
      build "src/$project" --no-dependencies --no-restore -p:RunAnalyzers=false
      cp "src/$project/$output/$project.dll" "$copy/run/"
    fi
  done
  found=$(dotnet "$copy/run/Discovery.Simulation.dll" "${world[@]}" --seed "$first" --count "$seeds" --first | grep -m 1 '^FAILED' || true)
  git apply -R "$patch"
  for project in "${projects[@]}"; do cp "$root/tests/Discovery.Simulation/$output/$project.dll" "$copy/run/"; done
  if [[ $found =~ ^FAILED\ seed\ ([0-9]+)\ at\ [0-9.]+\ s:\ (.*) ]]; then
    printf '%-34s %6d  %.90s\n' "$name" "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
    caught=$((caught + 1))
    if ((some == 0)); then note "$name" "${BASH_REMATCH[1]}"; fi
  else
    printf '%-34s %6s  in %d seeds\n' "$name" "never" "$seeds"
    missed=$((missed + 1))
  fi
done
echo "$caught caught, $missed not caught"
((missed == 0))
