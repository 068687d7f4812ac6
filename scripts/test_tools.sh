# Other people's programs that the tests open our work with: qpdf and poppler for documents, aiosmtpd as the mail server.
# Sourced. Sets EVENKEEL_TEST_PYTHON to a Python that has them.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

AIOSMTPD_VERSION=1.4.6

need_test_tools() {
  apt_install qpdf poppler-utils python3-venv
  local venv="$EVENKEEL_CACHE/test-python"
  if ! "$venv/bin/python" -c "import aiosmtpd, sys; sys.exit(aiosmtpd.__version__ != '$AIOSMTPD_VERSION')" 2>/dev/null; then
    say "Preparing the tests' mail server"
    rm -rf "$venv"
    run_quietly test-python python3 -m venv "$venv"
    run_quietly test-python-packages "$venv/bin/pip" install --quiet --disable-pip-version-check "aiosmtpd==$AIOSMTPD_VERSION"
  fi
  export EVENKEEL_TEST_PYTHON="$venv/bin/python"
}
