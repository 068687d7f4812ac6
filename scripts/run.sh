#!/usr/bin/env bash
# make run: everything that is needed, then the portal with a sample portfolio.
. "$(dirname "$0")/build.sh"

say "Evenkeel: setting up (the first time takes some minutes; later a few seconds)"
build_server release
build_site

cd "$EVENKEEL_ROOT"
export EVENKEEL_SANDBOX_ENABLED="${EVENKEEL_SANDBOX_ENABLED:-true}"
export EVENKEEL_SERVER_SITE_DIR="${EVENKEEL_SERVER_SITE_DIR:-$SITE_DIR}"
if [ "$EVENKEEL_SANDBOX_ENABLED" = true ]; then
  say "Loading the sample portfolio"
  "$EVENKEEL" demo load
fi
exec "$EVENKEEL" serve
