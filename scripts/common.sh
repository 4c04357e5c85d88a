# shellcheck shell=bash
# What the commands share. Sourced; leaves the working directory alone.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}
# For a mistake in the command line.
usage_error() {
  printf 'error: %s; see ./dev %s --help\n' "$*" "${0##*/}" >&2
  exit 2
}
# option_value OPTION VALUE…: the value, if there is one.
option_value() {
  [[ $# -ge 2 ]] || usage_error "$1 needs a value"
  printf '%s\n' "$2"
}

# The first Python that has the generator's modules: the system's before one of the user's.
find_python() {
  local candidate
  for candidate in /usr/bin/python3 python3; do
    if "$candidate" - yaml jinja2 fastjsonschema <<<'
import importlib.util, sys
sys.exit(any(importlib.util.find_spec(name) is None for name in sys.argv[1:]))' 2>/dev/null; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  return 1
}

# configure PRESET: runs CMake the first time and after a change of the presets; the build sees to the rest by itself.
configure() {
  local folder=$root/build/$1 built=
  if [[ -e $folder/build.ninja ]]; then built=$folder/build.ninja; else built=$folder/Makefile; fi
  [[ ! -e $built || $root/CMakePresets.json -nt $built ]] || return 0
  local generator=()
  if [[ ! -e $folder/CMakeCache.txt ]] && command -v ninja >/dev/null; then generator=(-G Ninja); fi
  (cd "$root" && cmake --preset "$1" "${generator[@]}")
}

# build PRESET [TARGET…]
build() {
  local preset=$1
  shift
  configure "$preset"
  cmake --build "$root/build/$preset" --parallel "$(nproc)" ${1:+--target "$@"}
}

# The redis-server or valkey-server of this machine. Where only redis-tools is installed: Debian and Ubuntu keep the server's
# program in there and tell it from the tool by the name it is called by.
machine_redis() {
  command -v redis-server || command -v valkey-server && return
  local tool=/usr/bin/redis-check-rdb link=$root/build/redis-server
  [[ -x $tool && ! -L $tool ]] || return 1
  mkdir -p "$root/build"
  ln -sf "$tool" "$link"
  printf '%s\n' "$link"
}

# Tells upstash-redis-local which server to start, if that is not told already. Without one it says itself what it misses.
use_machine_redis() {
  local server
  if [[ -z ${UPSTASH_LOCAL_REDIS_SERVER:-} ]] && server=$(machine_redis); then
    export UPSTASH_LOCAL_REDIS_SERVER=$server
  fi
}
