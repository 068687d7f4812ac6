#!/usr/bin/env bash
# Fuzzing: each target of fuzz/ for EVENKEEL_FUZZ_SECONDS (300). `make test-long` ends with it; scripts/fuzz.sh NAME runs one.
# It needs rustup's nightly compiler and cargo-fuzz, and says how to get them where they are missing: nothing is installed.
. "$(dirname "$0")/lib.sh"

SECONDS_EACH="${EVENKEEL_FUZZ_SECONDS:-300}"
LONGEST_INPUT_BYTES=20000
CORPUS="$EVENKEEL_CACHE/fuzz/corpus"
FOUND="$EVENKEEL_CACHE/fuzz/found"
TARGETS=(policy_file mapping signed_file returned_mail)

# A toolchain of ours that stands before rustup's on PATH knows nothing of nightly.
export PATH="$HOME/.cargo/bin:$PATH" RUSTUP_TOOLCHAIN=nightly
# Built apart from the rest: another compiler, other flags.
export CARGO_TARGET_DIR="$CARGO_TARGET_DIR/fuzz"

can_fuzz() {
  have rustup && rustup run nightly rustc --version >/dev/null 2>&1 && rustup run nightly cargo fuzz --version >/dev/null 2>&1
}

seed_corpus() {
  mkdir -p "$CORPUS"/{policy_file,mapping,signed_file,returned_mail} "$FOUND"
  cp "$EVENKEEL_ROOT"/policies/*.toml "$CORPUS/policy_file/"
  cp "$EVENKEEL_ROOT"/samples/*.toml "$CORPUS/mapping/"
  # The versions that the portal itself is built with.
  cp "$EVENKEEL_ROOT/Cargo.lock" "$EVENKEEL_ROOT/fuzz/Cargo.lock"
}

# Our code has no unsafe block (forbidden in Cargo.toml), so the address sanitizer would only watch the libraries.
run_target() {
  local target="$1"
  run_quietly "fuzz-$target" rustup run nightly cargo fuzz run --sanitizer none --fuzz-dir "$EVENKEEL_ROOT/fuzz" "$target" "$CORPUS/$target" -- \
    "-max_total_time=$SECONDS_EACH" "-max_len=$LONGEST_INPUT_BYTES" "-artifact_prefix=$FOUND/$target-"
  say "$target: $(grep -E '^Done [0-9]+ runs' "$EVENKEEL_CACHE/log/fuzz-$target.log" || echo "ended early; see the log"), nothing found"
}

if ! can_fuzz; then
  say "Not fuzzed: this needs rustup's nightly and cargo-fuzz (rustup toolchain install nightly; cargo install cargo-fuzz)"
  exit 0
fi

cd "$EVENKEEL_ROOT"
seed_corpus
if [ $# -gt 0 ]; then TARGETS=("$@"); fi
for target in "${TARGETS[@]}"; do
  say "Fuzzing $target for $SECONDS_EACH s (what is found is kept in $FOUND)"
  run_target "$target"
done
