#!/usr/bin/env bash
# make bench: what is measured, printed as it is measured. Give names to run some of them: scripts/bench.sh schedules
. "$(dirname "$0")/toolchain.sh"
cd "$EVENKEEL_ROOT"
benches=("$@")
[ "${#benches[@]}" -gt 0 ] || benches=(schedules import)
for bench in "${benches[@]}"; do
  say "Measuring: $bench"
  cargo bench --features ssr --bench "$bench"
done
say "Done. What the figures mean is at the top of each file in benches/."
