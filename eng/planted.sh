#!/usr/bin/env bash
# Plants each bug of tests/Discovery.Simulation/planted into a copy of the tree, runs seeds until one fails, and prints which did.
#   usage: eng/planted.sh [NAME...]      NAME is a patch without its ending; default: all
# Patches in planted/full are for the world of whole nodes. A bug that 200 seeds do not catch is an error. Takes some seconds for each,
# and for whole nodes up to some minutes; CI only checks that the patches still apply.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
root=$PWD seeds=200 missed=0 output=bin/Release/net10.0 planted=tests/Discovery.Simulation/planted
if (($# == 0)); then for patch in "$planted"/*.patch "$planted"/full/*.patch; do set -- "$@" "$(basename "$patch" .patch)"; done; fi

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
build() { dotnet build "$@" -c Release -v q --nologo < /dev/null > "$copy/log" 2>&1 || { cat "$copy/log"; exit 1; }; }

build tests/Discovery.Simulation
cp -r "tests/Discovery.Simulation/$output" "$copy/run"
mkdir "$copy/tree"
tar -c --exclude=bin --exclude=obj Directory.Build.props Directory.Packages.props global.json .editorconfig eng src | tar -x -C "$copy/tree"
cd "$copy/tree"
projects=(Discovery.Core Discovery.KeyValue Discovery.Raft)
for project in "${projects[@]}"; do build "src/$project"; done
printf '%-34s %6s  %s\n' "planted" "seed" "caught by"
for name in "$@"; do
  patch=$root/$planted/$name.patch world=()
  if [[ ! -f $patch ]]; then patch=$root/$planted/full/$name.patch world=(--full); fi
  git apply "$patch"
  for project in "${projects[@]}"; do
    if grep -q "^+++ b/src/$project/" "$patch"; then
      build "src/$project" --no-dependencies --no-restore
      cp "src/$project/$output/$project.dll" "$copy/run/"
    fi
  done
  found=$(dotnet "$copy/run/Discovery.Simulation.dll" "${world[@]}" --seed 1 --count "$seeds" --first | grep -m 1 '^FAILED' || true)
  git apply -R "$patch"
  for project in "${projects[@]}"; do cp "$root/tests/Discovery.Simulation/$output/$project.dll" "$copy/run/"; done
  if [[ $found =~ ^FAILED\ seed\ ([0-9]+)\ at\ [0-9.]+\ s:\ (.*) ]]; then
    printf '%-34s %6d  %.90s\n' "$name" "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
  else
    printf '%-34s %6s  in %d seeds\n' "$name" "never" "$seeds"
    missed=$((missed + 1))
  fi
done
if ((missed > 0)); then echo "$missed not caught"; exit 1; fi
