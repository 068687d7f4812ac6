#!/usr/bin/env bash
# make test: what the tests need, then all of them. make test-long: the exhaustive suites too.
. "$(dirname "$0")/build.sh"
. "$(dirname "$0")/postgres.sh"
. "$(dirname "$0")/test_tools.sh"
. "$(dirname "$0")/browser.sh"

trap stop_postgres EXIT
cd "$EVENKEEL_ROOT"

need_test_tools
start_postgres
build_server dev
build_site

if [ -n "${EVENKEEL_LONG:-}" ]; then
  # Ten times the cases, other ones each time: what they find becomes a test with a name.
  export EVENKEEL_PROPERTY_CASES="${EVENKEEL_PROPERTY_CASES:-4500000}"
else
  # The same cases each time: what turns red was caused by the change at hand.
  export PROPTEST_RNG_SEED="${PROPTEST_RNG_SEED:-20261123}"
fi

say "Tests of the rules, the store and the portal over HTTP"
# Most of them wait for a portal, a database or a crash more than for the processor: twice as many at once as there are cores.
export RUST_TEST_THREADS="${RUST_TEST_THREADS:-$((2 * $(nproc)))}"
cargo test --features ssr --lib --tests --no-fail-fast || FAILED=1

say "Journeys in a browser"
browser_tests || FAILED=1

if [ -n "${EVENKEEL_LONG:-}" ]; then
  say "Fuzzing of what others write"
  "$EVENKEEL_ROOT/scripts/fuzz.sh" || FAILED=1
fi

[ -z "${FAILED:-}" ] || die "some tests failed; see above"
say "All tests passed."
