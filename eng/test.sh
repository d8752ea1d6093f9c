#!/usr/bin/env bash
# Builds Release once and runs all tests; the last line is "N passed, N failed", and ", N skipped" where there are skips.
#   usage: eng/test.sh [PROJECT...]      PROJECT is the name of a folder under tests/; default: every *.Tests, Discovery.Simulation and Discovery.Peers
# Needs the .NET SDK and bash. Tests against peers that are not installed are skipped and listed; under CI=true
# eng/peers.sh installs the peers first, and then a skip is a failure; and at the end eng/planted.sh plants some bugs.
# Exit code 0: something ran and nothing failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
passed=0 failed=0 skipped=0 results=artifacts/test-results

finish() {
  local code=0
  if ((failed > 0)); then code=1; fi
  if ((passed + failed == 0)); then echo "No test ran."; code=1; fi
  printf '%d passed, %d failed' "$passed" "$failed"
  if ((skipped > 0)); then printf ', %d skipped' "$skipped"; fi
  printf '\n'
  exit "$code"
}

# TEXT: one failure that no test reported (a build, a peer, a crashed test host).
broken() { echo "FAILED: $1"; failed=$((failed + 1)); }

# FILE NAME: the number in attribute NAME of the counters in a result file.
counter() { grep -oE '<Counters [^>]*' "$1" | grep -oE " $2=\"[0-9]+\"" | grep -oE '[0-9]+' || echo 0; }

# FILE: the names of the skipped tests in a result file, each with its reason.
list_skipped() {
  sed -nE '/<UnitTestResult .*outcome="NotExecuted"/,/<\/UnitTestResult>/ {
    s/.* testName="([^"]*)".*/    skipped: \1/p
    s/.*<Message>(.*)<\/Message>.*/             \1/p
  }' "$1" | sed -e 's/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&amp;/\&/g'
}

run_project() {
  local name=$1 file=$results/$1.trx started=$SECONDS code total executed ok bad
  rm -f "$file"
  dotnet test "tests/$name/$name.csproj" -c Release --no-build --nologo -v q --results-directory "$results" \
    --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" \
    --blame-hang-timeout 8m --blame-hang-dump-type none > "$results/$name.log" 2>&1 < /dev/null
  code=$?
  total=0 executed=0 ok=0
  if [[ -f $file ]]; then
    total=$(counter "$file" total) executed=$(counter "$file" executed) ok=$(counter "$file" passed)
  fi
  bad=$((executed - ok))
  passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + total - executed))
  if ((code != 0 || bad > 0)); then cat "$results/$name.log"; fi
  printf '%-36s %6d passed %4d failed %4d skipped %5d s\n' "$name" "$ok" "$bad" $((total - executed)) $((SECONDS - started))
  if ((total > executed)); then list_skipped "$file"; fi
  if ((code != 0 && bad == 0)); then broken "$name ended with code $code without a failed test"; fi
}

# Some bugs that are planted and must be caught; each counts as a test.
run_planted() {
  local log=$results/planted.log started=$SECONDS code caught=0 missed=0
  timeout 10m eng/planted.sh --some 4 > "$log" 2>&1 < /dev/null
  code=$?
  cat "$log"
  if [[ $(tail -n 1 "$log") =~ ^([0-9]+)\ caught,\ ([0-9]+)\ not\ caught$ ]]; then
    caught=${BASH_REMATCH[1]} missed=${BASH_REMATCH[2]}
  fi
  passed=$((passed + caught)) failed=$((failed + missed))
  printf '%-36s %6d passed %4d failed %4d skipped %5d s\n' "planted bugs" "$caught" "$missed" 0 $((SECONDS - started))
  if ((code != 0 && missed == 0)); then broken "eng/planted.sh ended with code $code"; fi
}

rm -rf "$results"
mkdir -p "$results"
if [[ ${CI:-} == true ]] && ! eng/peers.sh; then broken "eng/peers.sh could not install the peers"; finish; fi
if ! eng/build.sh < /dev/null; then broken "the build"; finish; fi
all=$(($# == 0))
if ((all)); then
  for project in tests/*.Tests/*.Tests.csproj tests/Discovery.{Simulation/Discovery.Simulation,Peers/Discovery.Peers}.csproj; do
    set -- "$@" "$(basename "$project" .csproj)"
  done
fi
for name in "$@"; do run_project "$name"; done
if ((all)) && [[ ${CI:-} == true ]]; then run_planted; fi
if [[ ${CI:-} == true ]] && ((skipped > 0)); then broken "tests were skipped, and under CI nothing may be missing"; fi
finish
