#!/usr/bin/env bash
# Make .venv and install the given locked requirement files into it; do nothing where nothing changed.
# usage: tools/ensure_venv.sh requirements.txt [requirements-test.txt]
set -euo pipefail
cd "$(dirname "$0")/.."

python_of_venv=.venv/bin/python
supported='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))'

say() { printf '%s\n' "$*" >&2; }
refuse() { say "$*"; exit 1; }

find_python() {
  local name
  for name in python3 python3.14 python3.13 python3.12 python3.11; do
    if "$name" -c "$supported" 2>/dev/null; then
      command -v "$name"
      return
    fi
  done
  refuse "Cần Python 3.11–3.14. Debian/Ubuntu: apt install python3 python3-venv · macOS: brew install python@3.13"
}

# Debian and Ubuntu split ensurepip off into python3-venv.
ensure_ensurepip() {
  "$1" -c 'import ensurepip' 2>/dev/null && return
  local package
  package=$("$1" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "Cài $package …"
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y "$package"; } >/dev/null
  else
    refuse "Python này thiếu ensurepip. Chạy: sudo apt install $package"
  fi
}

make_venv() {
  say "Tạo môi trường Python trong .venv …"
  if command -v uv >/dev/null; then
    uv venv --quiet --clear --python '>=3.11,<3.15' .venv
  else
    local python
    python=$(find_python)
    ensure_ensurepip "$python"
    "$python" -m venv --clear .venv
  fi
}

install() {
  say "Cài thư viện theo $* (lần đầu khoảng một phút) …"
  local files=() file
  for file in "$@"; do files+=(-r "$file"); done
  if command -v uv >/dev/null; then
    uv pip install --quiet --python "$python_of_venv" --require-hashes "${files[@]}"
  else
    "$python_of_venv" -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: "${files[@]}"
  fi
}

is_usable() {
  "$python_of_venv" -c "$supported" 2>/dev/null && { command -v uv >/dev/null || [ -e .venv/bin/pip ]; }
}

# A virtual environment does not survive a move, an upgrade of its Python, or an interrupted start.
is_usable || make_venv

changed=()
for file in "$@"; do
  cmp -s "$file" ".venv/installed-$file" || changed+=("$file")
done
if [ ${#changed[@]} -gt 0 ]; then
  install "${changed[@]}"
  for file in "${changed[@]}"; do cp "$file" ".venv/installed-$file"; done
fi
