# Sourced by the scripts: gets what is missing, says so, and is quick when nothing is.

polku_say() { printf '  %s\n' "$*"; }

# polku_apt PACKAGE…: install Debian packages as root; otherwise name the command and stop.
polku_apt() {
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    polku_say "Installing $* …"
    mkdir -p var/log
    if { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } \
      >>var/log/apt.log 2>&1; then
      return 0
    fi
    tail -n 5 var/log/apt.log >&2
    exit 3
  fi
  echo "Something is missing. Install it with: sudo apt-get install -y --no-install-recommends $*" >&2
  exit 3
}

# polku_fresh NAME FILE…: whether the stamp of NAME still matches the contents of the files.
polku_digest() { cat "$@" 2>/dev/null | cksum | tr ' ' '-'; }
polku_fresh() { [ "$(cat "var/stamps/$1" 2>/dev/null)" = "$2" ]; }
polku_stamp() { mkdir -p var/stamps && printf '%s' "$2" >"var/stamps/$1"; }

# polku_quietly COMMAND…: run it into a log, and show the end of the log when it fails.
polku_quietly() {
  mkdir -p var/log
  if ! "$@" >>var/log/install.log 2>&1; then
    tail -n 15 var/log/install.log >&2
    echo "Failed: $*" >&2
    exit 1
  fi
}

# polku_venv: a virtual environment with the installer in it.
polku_venv() {
  if ! .venv/bin/python -c 'import pip' 2>/dev/null; then
    polku_say "Making a virtual environment …"
    if ! command -v python3 >/dev/null; then
      polku_apt python3 python3-venv
    elif ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
      echo "Polku needs Python 3.11 or newer; this machine has $(python3 --version)." >&2
      exit 3
    fi
    rm -rf .venv var/stamps/requirements*
    if ! python3 -m venv .venv >/dev/null 2>&1; then
      rm -rf .venv
      polku_apt python3-venv
      python3 -m venv .venv
    fi
  fi
  local digest
  digest=$(polku_digest requirements-uv.txt)
  if ! polku_fresh requirements-uv "$digest"; then
    polku_say "Installing the installer …"
    polku_pip .venv requirements-uv.txt
    polku_stamp requirements-uv "$digest"
  fi
}

# polku_pip ENVIRONMENT FILE: by pip, hashes required.
polku_pip() {
  polku_quietly .venv/bin/python -m pip --python "$1/bin/python" install --quiet --disable-pip-version-check \
    --require-hashes -r "$2"
}

# polku_install FILE [ENVIRONMENT]: what a locked file names, by hash; uv is fast, pip knows this machine's own settings.
polku_install() {
  local digest name=${1%.txt} environment=${2:-.venv}
  digest=$(polku_digest "$1")
  if polku_fresh "$name" "$digest"; then
    return 0
  fi
  polku_say "Installing the packages of $1 …"
  mkdir -p var/log
  if ! .venv/bin/uv pip install --python "$environment/bin/python" --require-hashes -r "$1" >>var/log/install.log 2>&1; then
    polku_pip "$environment" "$1"
  fi
  polku_stamp "$name" "$digest"
}

# polku_node: npm of the machine, else one from a wheel in var/node.
polku_node() {
  if command -v npm >/dev/null && command -v node >/dev/null \
    && node -e 'process.exit(+process.versions.node.split(".")[0] >= 20 ? 0 : 1)' 2>/dev/null; then
    return 0
  fi
  if [ ! -x var/node/bin/python ]; then
    rm -f var/stamps/requirements-node
    .venv/bin/python -m venv --without-pip var/node
  fi
  polku_install requirements-node.txt var/node
  export PATH="$PWD/var/node/bin:$PATH"
}
