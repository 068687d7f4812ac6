# Builds the server and the site it serves. Sourced; gives build_server, build_site and the names of what they make.

. "$(dirname "${BASH_SOURCE[0]}")/toolchain.sh"
. "$(dirname "${BASH_SOURCE[0]}")/node.sh"

SITE_DIR="$CARGO_TARGET_DIR/site"

# cargo_build NAME ARGUMENT…: cargo build with a line now and then of how far it is.
cargo_build() {
  local name="$1"
  shift
  cargo_watched "$name" build "$@"
}

# cargo_watched NAME COMMAND ARGUMENT…: the same with another command of cargo's.
cargo_watched() {
  local name="$1" command="$2" log="$EVENKEEL_CACHE/log/$1.log" pid last=0 now done_units
  shift 2
  apt_install gcc libc6-dev
  ( cd "$EVENKEEL_ROOT" && exec cargo "$command" --message-format short "$@" ) >"$log" 2>&1 </dev/null &
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.5
    now=$(date +%s)
    if [ $((now - last)) -ge 20 ] && done_units=$(grep -c Compiling "$log"); then
      [ "$last" -ne 0 ] && say "  … $name: $done_units crates compiled, now $(grep Compiling "$log" | tail -1 | sed 's/ *Compiling //' | cut -d' ' -f1)"
      last=$now
    fi
  done
  wait "$pid" || { grep -E -A6 '^(error|src)' "$log" | head -60 >&2; die "$name failed. The whole output is in $log"; }
}

# build_server PROFILE (dev or release): sets EVENKEEL to the binary.
build_server() {
  local profile="$1" folder="$1"
  [ "$profile" = dev ] && folder=debug
  say "Building the server ($profile; the first time takes some minutes)"
  cargo_build "server-$profile" --features ssr --bin evenkeel --profile "$profile"
  EVENKEEL="$CARGO_TARGET_DIR/$folder/evenkeel"
  export EVENKEEL
}

wasm_bindgen_version() {
  awk '/^name = "wasm-bindgen"$/ {getline; gsub(/[^0-9.]/, ""); print; exit}' "$EVENKEEL_ROOT/Cargo.lock"
}

# The command of the very version of the library in Cargo.lock. Unoptimised: it compiles in a third of the time and our
# file takes it half a second.
need_wasm_bindgen() {
  local version home
  version=$(wasm_bindgen_version)
  home="$EVENKEEL_CACHE/wasm-bindgen-$version"
  WASM_BINDGEN="$home/bin/wasm-bindgen"
  [ -x "$WASM_BINDGEN" ] && return 0
  say "Building wasm-bindgen $version (about a minute, once)"
  CARGO_TARGET_DIR="$EVENKEEL_CACHE/target-tools" run_quietly wasm-bindgen \
    cargo install "wasm-bindgen-cli@$version" --no-default-features --profile dev --root "$home"
  rm -rf "$EVENKEEL_CACHE/target-tools"
}

# Never --all-features: Chromium refuses the result.
WASM_FEATURES=(--enable-bulk-memory --enable-bulk-memory-opt --enable-nontrapping-float-to-int --enable-sign-ext
  --enable-mutable-globals --enable-reference-types --enable-multivalue)

# The browser side, the stylesheet and the public files, compressed, in SITE_DIR.
build_site() {
  need_node 18
  node_packages "$EVENKEEL_ROOT/scripts/node"
  need_wasm_bindgen
  say "Building the browser side"
  local built="$CARGO_TARGET_DIR/wasm32-unknown-unknown/browser/evenkeel.wasm" programs="$CARGO_TARGET_DIR/programs" program inputs
  local browser=(--lib --features hydrate --target wasm32-unknown-unknown --profile browser)
  mkdir -p "$programs"
  # Two programs of one source: the second is only what redraws a changed plan (docs/decisions/0019-a-second-program.md).
  cargo_watched browser-plan rustc "${browser[@]}" -- --cfg plan_program
  cp "$built" "$programs/plan.wasm"
  cargo_watched browser rustc "${browser[@]}"
  cp "$built" "$programs/evenkeel.wasm"
  inputs=$( { cat "$programs"/*.wasm | sha256sum; cd "$EVENKEEL_ROOT" && find style public scripts/build.sh scripts/exports.mjs scripts/site.mjs src/islands/plan_change/listen.js -type f -print0 | sort -z | xargs -0 sha256sum; } | sha256sum | cut -c1-32)
  if [ "$(cat "$SITE_DIR/inputs" 2>/dev/null)" = "$inputs" ]; then return 0; fi

  local work="$SITE_DIR.part" tools="$EVENKEEL_ROOT/scripts/node/node_modules/.bin"
  rm -rf "$work" && mkdir -p "$work/bindgen" "$work/pkg"
  for program in evenkeel plan; do
    run_quietly bindgen "$WASM_BINDGEN" --target web --no-typescript --remove-name-section --out-dir "$work/bindgen" "$programs/$program.wasm"
    node "$EVENKEEL_ROOT/scripts/exports.mjs" "$work/bindgen/${program}_bg.wasm" >"$work/bindgen/exports.json"
    run_quietly wasm-metadce "$tools/wasm-metadce" "${WASM_FEATURES[@]}" --graph-file "$work/bindgen/exports.json" \
      "$work/bindgen/${program}_bg.wasm" -o "$work/bindgen/used.wasm"
    run_quietly wasm-opt "$tools/wasm-opt" -Oz --converge "${WASM_FEATURES[@]}" "$work/bindgen/used.wasm" \
      -o "$work/bindgen/$program.optimised.wasm"
  done
  run_quietly site node "$EVENKEEL_ROOT/scripts/site.mjs" "$EVENKEEL_ROOT" "$work"
  rm -rf "$work/bindgen"
  echo "$inputs" >"$work/inputs"
  rm -rf "$SITE_DIR" && mv "$work" "$SITE_DIR"
}
