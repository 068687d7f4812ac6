# Puts a Rust toolchain that can build for the browser on PATH. Sourced by the other scripts.
#
# In order: a toolchain we unpacked earlier; the machine's own, if it has the browser target or rustup may add it;
# else Debian's rustc-web packages, unpacked into the cache, with the standard library for the browser compiled from
# Debian's sources. Nothing is installed system-wide for that.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

WASM_TARGET=wasm32-unknown-unknown
TOOLCHAINS="$EVENKEEL_CACHE/toolchain"

has_wasm_std() {
  local libdir
  libdir=$("$1" --print target-libdir --target "$WASM_TARGET" 2>/dev/null) || return 1
  compgen -G "$libdir/libstd-*.rlib" >/dev/null
}

# The crates we use need at least this compiler.
is_recent() {
  local minor
  minor=$("$1" --version 2>/dev/null | sed -E 's/^rustc 1\.([0-9]+).*/\1/')
  [ -n "$minor" ] && [ "$minor" -ge 94 ] 2>/dev/null
}

use_debian_toolchain() {
  local version="$1" root="$TOOLCHAINS/$1"
  unpack_debian_toolchain "$version" "$root"
  export PATH="$root/usr/bin:$PATH"
  unset RUSTUP_TOOLCHAIN
}

unpack_debian_toolchain() {
  local version="$1" root="$2"
  [ -e "$root/complete" ] && return 0
  apt_install patchelf gcc libc6-dev
  local llvm work
  say "Unpacking the Rust toolchain $version from Debian's packages (about 3 minutes, once)"
  rm -rf "$root" "$root.part"
  work="$root.part"
  mkdir -p "$work/debs"

  local wanted=(rustc-web cargo-web rust-web-src rust-web-clippy rustfmt-web libstd-rust-web-dev)
  local std_package
  std_package=$(apt-cache depends "libstd-rust-web-dev=$version" | awk '/Depends: libstd-rust-web-/ {print $2; exit}')
  llvm=$(apt-cache depends "$std_package=$version" | sed -nE 's/.*Depends: libllvm([0-9]+).*/\1/p' | head -1)
  wanted+=("$std_package")
  local packages=() package
  for package in "${wanted[@]}"; do packages+=("$package=$version"); done
  packages+=("libllvm$llvm" "lld-$llvm")
  # Libraries of cargo that this machine may lack (libgit2 and what it needs).
  while read -r package; do packages+=("$package"); done < <(
    apt-get -s install --no-install-recommends "cargo-web=$version" "lld-$llvm" 2>/dev/null |
      awk '/^Inst (lib[a-z0-9.+-]*)/ {print $2}' | grep -vE '^(libstd-rust|libllvm)' | sort -u)
  ( cd "$work/debs" && run_quietly toolchain-download apt-get download "${packages[@]}" )
  local deb
  for deb in "$work"/debs/*.deb; do dpkg -x "$deb" "$work"; done
  rm -rf "$work/debs"

  local lib="$work/usr/lib/x86_64-linux-gnu" binary
  for binary in rustc rustdoc cargo clippy-driver cargo-clippy rustfmt cargo-fmt; do
    [ -L "$work/usr/bin/$binary" ] || [ ! -e "$work/usr/bin/$binary" ] ||
      patchelf --force-rpath --set-rpath '$ORIGIN/../lib/x86_64-linux-gnu' "$work/usr/bin/$binary"
  done
  local rustlib="$work/usr/lib/rustlib/x86_64-unknown-linux-gnu/bin"
  mkdir -p "$rustlib"
  cp "$work/usr/lib/llvm-$llvm/bin/lld" "$rustlib/rust-lld"
  patchelf --force-rpath --set-rpath '$ORIGIN/../../../x86_64-linux-gnu' "$rustlib/rust-lld"
  [ -d "$lib" ] || die "the unpacked toolchain has no $lib"

  say "Compiling Rust's standard library for the browser (about a minute, once)"
  local sources
  sources=$(echo "$work"/usr/src/rustc-*/library)
  ( cd "$sources"
    export PATH="$work/usr/bin:$PATH" RUSTC_BOOTSTRAP=1 __CARGO_DEFAULT_LIB_METADATA=stablestd
    export RUSTFLAGS="-Cembed-bitcode=yes -Zforce-unstable-if-unmarked" CARGO_TARGET_DIR="$work/std-target"
    unset RUSTUP_TOOLCHAIN
    run_quietly wasm-std cargo build --release --locked --target "$WASM_TARGET" -p sysroot )
  mkdir -p "$work/usr/lib/rustlib/$WASM_TARGET/lib"
  cp "$work/std-target/$WASM_TARGET"/release/deps/*.rlib "$work/usr/lib/rustlib/$WASM_TARGET/lib/"
  rm -rf "$work/std-target" "$work/usr/share/doc" "$work/usr/share/man"
  touch "$work/complete"
  mv "$work" "$root"
}

install_rustup() {
  if apt-cache show rustup >/dev/null 2>&1; then
    apt_install rustup
  else
    apt_install curl ca-certificates
    say "Fetching rustup, Rust's own installer"
    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs -o "$EVENKEEL_CACHE/rustup-init.sh"
    run_quietly rustup sh "$EVENKEEL_CACHE/rustup-init.sh" -y --profile minimal --no-modify-path
    export PATH="$HOME/.cargo/bin:$PATH"
  fi
}

debian_web_version() {
  apt-cache policy rustc-web 2>/dev/null | awk '/Candidate:/ && $2 != "(none)" {print $2}'
}

choose_toolchain() {
  local version unpacked
  # 1. The one we unpacked before, newest first: no question to the network.
  for unpacked in $(ls -1d "$TOOLCHAINS"/*/complete 2>/dev/null | sort -Vr); do
    export PATH="$(dirname "$unpacked")/usr/bin:$PATH"
    unset RUSTUP_TOOLCHAIN
    return 0
  done
  # 2. The machine's own.
  if have rustc && is_recent rustc && has_wasm_std rustc; then return 0; fi
  # 3. rustup, unless the machine forbids it to download.
  if [ "${RUSTUP_AUTO_INSTALL:-1}" != 0 ] && have rustup; then
    say "Adding the browser target with rustup"
    is_recent rustc || run_quietly rustup-update rustup update stable
    run_quietly rustup-target rustup target add "$WASM_TARGET"
    rustup component add clippy rustfmt >/dev/null 2>&1 || true
    return 0
  fi
  # 4. Debian's packages.
  apt_update_once
  version=$(debian_web_version)
  if [ -n "$version" ] && [ "$(echo "$version" | sed -E 's/^1\.([0-9]+).*/\1/')" -ge 94 ]; then
    use_debian_toolchain "$version"
    return 0
  fi
  # 5. No Rust at all and no recent Debian package: rustup itself.
  [ "${RUSTUP_AUTO_INSTALL:-1}" != 0 ] ||
    die "no Rust toolchain with the target $WASM_TARGET here, and RUSTUP_AUTO_INSTALL=0 forbids fetching one"
  install_rustup
  run_quietly rustup-stable rustup toolchain install stable --profile minimal -c clippy -c rustfmt -t "$WASM_TARGET"
  rustup default stable >/dev/null 2>&1 || true
}

choose_toolchain
has_wasm_std rustc || die "rustc $(rustc --version) cannot build for $WASM_TARGET"
