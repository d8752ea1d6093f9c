#!/usr/bin/env bash
# Packs every package under src/ with its symbols.
#   usage: eng/pack.sh [DIR [dotnet pack arguments...]]     DIR defaults to artifacts/packages
# Without further arguments it builds Release; "--no-build -c Release" packs what is built already.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
if [[ ${CI:-} == true ]]; then export MSBUILDDISABLENODEREUSE=1; fi
out=${1:-artifacts/packages}
if (($#)); then shift; fi
if (($# == 0)); then set -- -c Release; fi
mkdir -p "$out"
out=$(cd "$out" && pwd)
for project in src/*/*.csproj; do
  name=$(basename "$project" .csproj)
  rm -f "$out/$name".[0-9]*.nupkg "$out/$name".[0-9]*.snupkg
  dotnet pack "$project" -o "$out" -v q --nologo "$@"
done
ls -1 "$out"
