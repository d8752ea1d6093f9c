#!/usr/bin/env bash
# Builds the whole solution in Release; warnings are errors. Further arguments go to dotnet build.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
if [[ ${CI:-} == true ]]; then export MSBUILDDISABLENODEREUSE=1; fi
exec dotnet build Discovery.sln -c Release -v q --nologo "$@"
