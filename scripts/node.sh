# A recent Node.js on PATH and the build tools from npm. Sourced.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NODE_MAJOR=22

node_major() { node --version 2>/dev/null | sed -E 's/^v([0-9]+)\..*/\1/'; }

# need_node MAJOR: Node.js of at least this version. Where the system's is older, the one npm itself distributes is used.
need_node() {
  local least="$1"
  have node && have npm || apt_install nodejs npm
  [ "$(node_major)" -ge "$least" ] && return 0
  local home="$EVENKEEL_CACHE/node$NODE_MAJOR"
  if [ ! -x "$home/node_modules/node/bin/node" ]; then
    say "Fetching Node.js $NODE_MAJOR (this machine has $(node --version))"
    run_quietly node npm install --no-audit --no-fund --prefix "$home" "node@$NODE_MAJOR"
  fi
  export PATH="$home/node_modules/node/bin:$PATH"
  [ "$(node_major)" -ge "$least" ] || die "Node.js $least or newer is needed; this machine has $(node --version)"
}

# node_packages FOLDER: what its lock file says, if that is not there already.
node_packages() {
  local folder="$1" stamp
  stamp="$folder/node_modules/.installed-$(sha256sum "$folder/package-lock.json" | cut -c1-16)"
  [ -e "$stamp" ] && return 0
  say "Installing the npm packages of ${folder#"$EVENKEEL_ROOT"/}"
  ( cd "$folder" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 run_quietly "npm-$(basename "$folder")" npm ci --no-audit --no-fund --prefer-offline )
  touch "$stamp"
}
