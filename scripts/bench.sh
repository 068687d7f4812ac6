#!/usr/bin/env bash
# make bench: every figure that was promised, measured here and printed beside its promise. What each means and how it is
# measured stands at the top of its file in benches/. Give names to run some of them: scripts/bench.sh schedules browser
#
# payment_request: beside a bare commit · ledger: the account page as the ledger grows (some minutes more) · collecting: two
# workers on PostgreSQL, killed five times (some minutes more) · evidence: memory while 10 MB come in · schedules: plans a
# second · import: accounts and history from files · account_page: beside a bare handler · browser: the plan builder, the weight
# of pages, Lighthouse. All of it takes four minutes once everything is built.
. "$(dirname "$0")/build.sh"
. "$(dirname "$0")/browser.sh"
cd "$EVENKEEL_ROOT"

measure_in_rust() {
  cargo_build "bench-$1" --features ssr --bench "$1" --profile bench
  cargo bench --quiet --features ssr --bench "$1"
}

measure_in_browser() {
  need_browser
  build_server release
  build_site
  # Lighthouse wants a recent one.
  need_node 22
  node_packages "$EVENKEEL_ROOT/benches/browser"
  EVENKEEL_SITE="$SITE_DIR" node benches/browser/measure.mjs
}

benches=("$@")
[ "${#benches[@]}" -gt 0 ] || benches=(schedules import account_page payment_request evidence ledger collecting browser)
say "On $(nproc) cores; the load before we began was $(cut -d' ' -f1 /proc/loadavg). Other work on this machine makes every figure worse."
for bench in "${benches[@]}"; do
  say "Measuring: $bench"
  case "$bench" in
    schedules | import | payment_request | evidence | collecting) measure_in_rust "$bench" ;;
    account_page | ledger)
      build_site
      EVENKEEL_SERVER_SITE_DIR="$SITE_DIR" measure_in_rust "$bench"
      ;;
    browser) measure_in_browser ;;
    *) die "there is no bench named $bench: schedules, import, account_page, payment_request, evidence, ledger, collecting and browser are" ;;
  esac
done
say "Done. \"missed\" means slower than promised; what the figures mean is at the top of each file in benches/."
