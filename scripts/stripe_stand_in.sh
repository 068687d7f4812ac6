#!/usr/bin/env bash
# A stand-in for Stripe on this machine, to try taking payments without an account there. Beside it: the portal on port 3000.
# Another port of its own: STAND_IN_PORT=12112; another portal: PORTAL=http://localhost:3001.
. "$(dirname "$0")/toolchain.sh"
apt_install gcc libc6-dev
say "Building the stand-in (the first time takes some minutes)"
cd "$EVENKEEL_ROOT"
run_quietly stripe-stand-in cargo build --features ssr --example stripe_stand_in
exec "$CARGO_TARGET_DIR/debug/examples/stripe_stand_in" "${STAND_IN_PORT:-12111}" "${PORTAL:-http://localhost:3000}/webhooks/stripe"
