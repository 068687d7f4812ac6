# Shared by the scripts beside it: where things are kept and how we speak while we work.
# Sourced, never run.

set -euo pipefail

EVENKEEL_ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
EVENKEEL_CACHE="${EVENKEEL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/evenkeel}"
EVENKEEL_STARTED_AT="${EVENKEEL_STARTED_AT:-$(date +%s)}"
export EVENKEEL_ROOT EVENKEEL_CACHE EVENKEEL_STARTED_AT

# Compiled output lives outside the checkout, so that a fresh clone starts warm.
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$EVENKEEL_CACHE/target}"
mkdir -p "$EVENKEEL_CACHE/log"

elapsed() {
  local seconds=$(( $(date +%s) - EVENKEEL_STARTED_AT ))
  printf '%02d:%02d' $((seconds / 60)) $((seconds % 60))
}

say() { printf '[%s] %s\n' "$(elapsed)" "$*"; }

die() {
  printf '[%s] Stopped: %s\n' "$(elapsed)" "$*" >&2
  exit 1
}

# run_quietly NAME COMMAND…: output goes to a log; a line every 30 seconds says that work goes on.
run_quietly() {
  local name="$1"; shift
  local log="$EVENKEEL_CACHE/log/$name.log"
  local pid since now
  since=$(date +%s)
  "$@" >"$log" 2>&1 </dev/null &
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    sleep 1
    now=$(date +%s)
    if (( (now - since) % 30 == 0 )); then
      say "  … $name, $((now - since)) s: $(tail -n 1 "$log" 2>/dev/null | tr -d '\r' | cut -c1-80)"
    fi
  done
  if ! wait "$pid"; then
    tail -n 40 "$log" >&2
    die "$name failed. The whole output is in $log"
  fi
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else die "this needs root or sudo: $*"
  fi
}

have() { command -v "$1" >/dev/null 2>&1; }

# apt_install PACKAGE…: only what is missing.
apt_install() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
  done
  [ "${#missing[@]}" -eq 0 ] && return 0
  have apt-get || die "these packages are needed and apt-get is not here: ${missing[*]}"
  say "Installing from the system's packages: ${missing[*]}"
  apt_update_once
  run_quietly apt as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y --no-install-recommends "${missing[@]}"
}

apt_update_once() {
  [ -n "${EVENKEEL_APT_UPDATED:-}" ] && return 0
  run_quietly apt-update as_root apt-get -o DPkg::Lock::Timeout=600 update
  EVENKEEL_APT_UPDATED=1
}
