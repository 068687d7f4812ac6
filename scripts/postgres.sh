# Starts a PostgreSQL cluster of our own for the tests and stops it when the calling script ends. Sourced.
# Sets EVENKEEL_TEST_POSTGRES to its address.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

find_postgres_programs() {
  local folder
  for folder in $(ls -1d /usr/lib/postgresql/*/bin 2>/dev/null | sort -Vr) "$(dirname "$(command -v initdb 2>/dev/null || echo /none/x)")"; do
    if [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ]; then echo "$folder"; return 0; fi
  done
  return 1
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start_postgres() {
  local programs as=()
  if ! programs=$(find_postgres_programs); then
    apt_install postgresql
    programs=$(find_postgres_programs) || die "PostgreSQL was installed but initdb is not to be found"
  fi
  EVENKEEL_PG_DIR=$(mktemp -d /tmp/evenkeel-pg.XXXXXX)
  # initdb refuses to run as root.
  if [ "$(id -u)" -eq 0 ]; then
    id postgres >/dev/null 2>&1 || apt_install postgresql-common
    chown postgres "$EVENKEEL_PG_DIR"
    as=(runuser -u postgres --)
  fi
  EVENKEEL_PG_PORT=$(free_port)
  say "Starting PostgreSQL for the tests on port $EVENKEEL_PG_PORT"
  ( cd / && run_quietly initdb ${as[@]+"${as[@]}"} "$programs/initdb" -D "$EVENKEEL_PG_DIR/data" -U evenkeel -A trust -E UTF8 --no-locale )
  ( cd / && run_quietly pg-start ${as[@]+"${as[@]}"} "$programs/pg_ctl" -D "$EVENKEEL_PG_DIR/data" -w -l "$EVENKEEL_PG_DIR/log" \
      -o "-p $EVENKEEL_PG_PORT -c listen_addresses=127.0.0.1 -c unix_socket_directories=$EVENKEEL_PG_DIR -c max_connections=300 -c fsync=off" start )
  EVENKEEL_PG_STOP=(${as[@]+"${as[@]}"} "$programs/pg_ctl" -D "$EVENKEEL_PG_DIR/data" -m immediate stop)
  export EVENKEEL_TEST_POSTGRES="postgres://evenkeel@127.0.0.1:$EVENKEEL_PG_PORT"
}

stop_postgres() {
  [ -n "${EVENKEEL_PG_DIR:-}" ] || return 0
  ( cd / && "${EVENKEEL_PG_STOP[@]}" >/dev/null 2>&1 ) || true
  rm -rf "$EVENKEEL_PG_DIR"
  EVENKEEL_PG_DIR=
}
