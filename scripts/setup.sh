# shellcheck shell=bash
# set_up GROUP…: sees to what a command needs. Sourced after common.sh. Quick, and without a word, when all is there.
# Other systems than Debian and Ubuntu are left as they are: there CMake tells what it misses.

# What each group needs, one need a line: "PROGRAMS = PACKAGE" is there when one of the programs is, "PACKAGES" when one of the
# packages is installed; the first package is what gets installed.
needs_of() {
  case $1 in
    build) cat <<'NEEDS' ;;
c++ = g++
cmake = cmake
ninja make = ninja-build
pkg-config = pkg-config
libcurl4-openssl-dev libcurl4-gnutls-dev libcurl4-nss-dev
libssl-dev
rapidjson-dev
libgtest-dev
libevent-dev
libhiredis-dev
python3-pytest
python3-h2
openssl = openssl
NEEDS
    generator) cat <<'NEEDS' ;;
python3-yaml
python3-jinja2
python3-fastjsonschema
NEEDS
    # Not redis-server, which is the same program with a service that would start at once.
    redis) cat <<'NEEDS' ;;
redis-server valkey-server redis-check-rdb = redis-tools
redis-cli valkey-cli = redis-tools
NEEDS
    clang) cat <<'NEEDS' ;;
clang++-16 = clang-16
libclang-rt-16-dev
NEEDS
    lint) cat <<'NEEDS' ;;
git = git
clang-format-16 = clang-format-16
clang-tidy-16 = clang-tidy-16
black = black
mypy = mypy
flake8 = flake8
vulture = vulture
shellcheck = shellcheck
NEEDS
    *) die "set_up: unknown group $1" ;;
  esac
}

# The packages to install for the groups.
missing_packages() {
  local group need name programs packages found installed
  local -a needs=()
  for group; do mapfile -t -O "${#needs[@]}" needs < <(needs_of "$group"); done

  # One look-up for all packages; those it does not know it tells on stderr.
  # shellcheck disable=SC2046 # one word per package
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' \
    $(printf '%s\n' "${needs[@]}" | grep -v =) 2>/dev/null || true)

  for need in "${needs[@]}"; do
    found=
    if [[ $need == *=* ]]; then
      programs=${need%%=*} packages=${need##*= }
      for name in $programs; do command -v "$name" >/dev/null && found=yes; done
    else
      packages=$need
      for name in $packages; do [[ $'\n'$installed$'\n' == *$'\n'"installed $name"$'\n'* ]] && found=yes; done
    fi
    [[ $found ]] || printf '%s\n' "${packages%% *}"
  done
}

as_root() {
  if [[ $EUID -eq 0 ]]; then "$@"; else sudo -n "$@"; fi
}

install_packages() {
  local -a install=(apt-get install -y --no-install-recommends "$@")
  if [[ $EUID -ne 0 ]] && ! sudo -n true 2>/dev/null; then
    die "missing packages, and no way to install them without a password. Run: sudo apt-get update; sudo ${install[*]}"
  fi
  say "Installing: $*"
  as_root apt-get update -qq >&2 || say "note: apt-get update failed; going on with the lists that are there"

  local package
  local -a unknown=()
  for package; do
    [[ $(apt-cache policy "$package") == *'Candidate: '[!\(]* ]] || unknown+=("$package")
  done
  if [[ ${#unknown[@]} -gt 0 ]]; then
    die "apt knows no package ${unknown[*]} on $(. /etc/os-release && printf '%s' "$PRETTY_NAME"); Debian 12 and Ubuntu 24.04 have all"
  fi
  as_root env DEBIAN_FRONTEND=noninteractive "${install[@]}" -qq >&2 || die "apt-get could not install: $*"
}

set_up() {
  command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || return 0
  local -a missing
  mapfile -t missing < <(missing_packages "$@")
  [[ ${#missing[@]} -eq 0 ]] || install_packages "${missing[@]}"
}

# What building and testing a preset needs.
set_up_preset() {
  local -a groups=(build generator redis)
  [[ $1 != @(clang|sanitize|tsan) ]] || groups+=(clang)
  set_up "${groups[@]}"
}
