# Each target calls a script in scripts/, which says what it does.
.PHONY: run test test-long bench fmt lint clean

run:        ## set up and open the portal with a sample portfolio
	@scripts/run.sh

test:       ## set up what the tests need and run them all
	@scripts/test.sh

test-long:  ## the same with the exhaustive suites
	@EVENKEEL_LONG=1 scripts/test.sh

bench:      ## measure speed; the figures are printed
	@scripts/bench.sh

fmt:        ## format the code
	@bash -c '. scripts/toolchain.sh && cargo fmt'

lint:       ## lints of both builds
	@bash -c '. scripts/toolchain.sh && cargo clippy --features ssr --all-targets -- -D warnings && cargo clippy --lib --features hydrate --target wasm32-unknown-unknown -- -D warnings'

clean:      ## remove what was built (the toolchain stays)
	@bash -c '. scripts/lib.sh && rm -rf "$$CARGO_TARGET_DIR"'
