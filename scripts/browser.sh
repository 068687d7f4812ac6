# The browser and the journeys in it. Sourced.

. "$(dirname "${BASH_SOURCE[0]}")/node.sh"

need_browser() {
  CHROMIUM=""
  local name
  for name in chromium chromium-browser google-chrome; do
    if have "$name"; then CHROMIUM=$(command -v "$name"); break; fi
  done
  if [ -z "$CHROMIUM" ]; then
    apt_install chromium
    CHROMIUM=$(command -v chromium) || die "Chromium was installed but is not to be found"
  fi
  export CHROMIUM
}

browser_tests() {
  need_browser
  need_node 20
  node_packages "$EVENKEEL_ROOT/end2end"
  ( cd "$EVENKEEL_ROOT/end2end" && EVENKEEL_SITE="$SITE_DIR" npx playwright test "$@" )
}
