#!/usr/bin/env bash
# Run a command with a private PostgreSQL behind TEST_DATABASE_URL; server and data end with the command.
# A TEST_DATABASE_URL that is already set is used as it is.
# usage: tools/with_postgres.sh COMMAND [ARGUMENT…]
set -euo pipefail

[ -z "${TEST_DATABASE_URL:-}" ] || exec "$@"

say() { printf '%s\n' "$*" >&2; }
refuse() { say "$*"; exit 1; }

# The newest server on this machine; Debian keeps its programs off the PATH.
find_programs() {
  local folder newest
  newest=$(ls -d /usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin \
    2>/dev/null | sort -V | tail -n 1 || true)
  for folder in "$newest" "$(dirname "$(command -v initdb || echo /nowhere/initdb)")"; do
    if [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ]; then
      echo "$folder"
      return
    fi
  done
}

is_root() { [ "$(id -u)" = 0 ]; }

programs=$(find_programs)
if [ -z "$programs" ]; then
  if is_root && command -v apt-get >/dev/null; then
    say "Installing PostgreSQL …"
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y postgresql; } >/dev/null
    programs=$(find_programs)
  fi
  [ -n "$programs" ] || refuse "These tests need PostgreSQL: apt install postgresql, or brew install postgresql@17"
fi

# initdb refuses to run as root; the Debian package brings the user postgres.
as_server() {
  if is_root; then
    (cd "$home" && runuser -u postgres -- "$@")
  else
    "$@"
  fi
}

home=$(mktemp -d "${TMPDIR:-/tmp}/pg.XXXXXX")
stop() {
  as_server "$programs/pg_ctl" --pgdata "$home/data" --mode immediate --silent stop >/dev/null 2>&1 || true
  rm -rf "$home"
}
trap stop EXIT
trap 'exit 130' INT TERM HUP
! is_root || chown postgres "$home"

port=$("$(dirname "$0")/../.venv/bin/python" -c '
import socket
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1])')

as_server "$programs/initdb" --pgdata "$home/data" --username postgres --auth trust \
  --encoding UTF8 --locale C --no-sync >"$home/initdb.log" 2>&1 || { cat "$home/initdb.log" >&2; exit 1; }
# Durability is proved elsewhere; here the data lives no longer than the command.
as_server "$programs/pg_ctl" --pgdata "$home/data" --log "$home/data/log" --wait --silent --options \
  "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$home -c fsync=off -c full_page_writes=off" \
  start >/dev/null || { cat "$home/data/log" >&2; exit 1; }

export TEST_DATABASE_URL="postgresql://postgres@127.0.0.1:$port/postgres"
"$@"
