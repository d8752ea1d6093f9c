#!/usr/bin/env bash
# Runs seeds of the simulated cluster (docs/simulation.md) and prints those that fail, with their options, and what was covered.
#   usage: eng/sim.sh [--full] --seed N [--count M] [--first] [--trace LINES]
#     --full         whole nodes: driver, disk, locks, watchers; without it cores alone, which is twenty times as fast
#     --seed N       the first seed (1)          --first         ends at the first failure
#     --count M      how many seeds (1)          --trace LINES   prints the last lines of what happened
# A seed decides everything: the same seed gives the same hash. Exit code 0: no seed failed and, of 100 seeds or more, nothing that
# the simulation is for never happened.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
if ! log=$(dotnet build tests/Discovery.Simulation/Discovery.Simulation.csproj -c Release -v q --nologo 2>&1 < /dev/null); then
  echo "$log"
  exit 1
fi
exec dotnet tests/Discovery.Simulation/bin/Release/net10.0/Discovery.Simulation.dll "$@"
