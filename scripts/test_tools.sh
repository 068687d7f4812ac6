# Other people's programs that the tests open our work with: qpdf and poppler for documents, aiosmtpd as the mail server,
# localstripe as Stripe.
# Sourced. Sets EVENKEEL_TEST_PYTHON to a Python that has them.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

AIOSMTPD_VERSION=1.4.6
LOCALSTRIPE_VERSION=1.15.10

need_test_tools() {
  apt_install qpdf poppler-utils python3-venv
  local venv="$EVENKEEL_CACHE/test-python"
  local wanted="aiosmtpd==$AIOSMTPD_VERSION localstripe==$LOCALSTRIPE_VERSION"
  if [ ! -x "$venv/bin/python" ] || [ "$(cat "$venv/evenkeel-tools" 2>/dev/null)" != "$wanted" ]; then
    say "Preparing the tests' mail server and their Stripe"
    rm -rf "$venv"
    run_quietly test-python python3 -m venv "$venv"
    # shellcheck disable=SC2086 # two packages, two words
    run_quietly test-python-packages "$venv/bin/pip" install --quiet --disable-pip-version-check $wanted
    printf '%s\n' "$wanted" >"$venv/evenkeel-tools"
  fi
  export EVENKEEL_TEST_PYTHON="$venv/bin/python"
}
