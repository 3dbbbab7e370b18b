#!/bin/sh
# Installs one version of coppice:   COPPICE_RELEASES=WHERE sh install.sh VERSION
#
# WHERE has the tarballs of that version and SHA256SUMS, as `npm run release` makes them: a directory, or a URL below
# which they lie. PREFIX says where to: PREFIX/bin/coppice, by default /usr/local for root and ~/.local for others.
# The tarball must have the checksum of SHA256SUMS and its program must run here and be of that version; else nothing
# is changed. What was installed before is replaced in one step, also while it runs.
#
# shellcheck disable=SC2016 # backquotes in sentences are meant for people
set -eu

main() {
  if [ $# -ne 1 ]; then usage; fi
  case $1 in '' | -*) usage ;; esac
  version=${1#v}
  case $version in *[!0-9A-Za-z.+-]*) fail 2 "$1 is no version, such as 1.2.3." ;; esac
  : "${COPPICE_RELEASES:=}"
  [ -n "$COPPICE_RELEASES" ] || fail 2 'Say where the tarballs are: COPPICE_RELEASES=DIRECTORY_OR_URL.'
  prefix=$(prefix)
  name=coppice-$version-$(target)

  work=$(mktemp -d)
  staged=
  trap 'rm -rf "$work" ${staged:+"$staged"}' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP

  fetch SHA256SUMS
  expected=$(awk -v file="$name.tar.gz" '$2 == file || $2 == "*" file { print $1 }' "$work/SHA256SUMS")
  [ -n "$expected" ] || fail 1 "$COPPICE_RELEASES has no $name.tar.gz. It has:$(awk '{ printf " %s", $2 }' "$work/SHA256SUMS")"
  fetch "$name.tar.gz"
  found=$(sha256 "$work/$name.tar.gz")
  [ "$found" = "$expected" ] || fail 1 "$name.tar.gz has been changed: its SHA-256 is $found, not $expected."
  tar -xzf "$work/$name.tar.gz" -C "$work" "$name/bin/coppice" || fail 1 "$name.tar.gz cannot be unpacked."
  put "$work/$name/bin/coppice"
}

usage() {
  echo 'Usage: COPPICE_RELEASES=DIRECTORY_OR_URL [PREFIX=DIRECTORY] sh install.sh VERSION' >&2
  exit 2
}

fail() {
  code=$1
  shift
  printf 'install.sh: %s\n' "$@" >&2
  exit "$code"
}

prefix() {
  if [ -n "${PREFIX:-}" ]; then
    echo "$PREFIX"
  elif [ "$(id -u)" -eq 0 ]; then
    echo /usr/local
  else
    echo "${HOME:?install.sh: neither PREFIX nor HOME is set}/.local"
  fi
}

# One of the names that tarballs have: linux-x64, linux-arm64, each with -musl or without.
target() {
  system=$(uname -s)
  machine=$(uname -m)
  [ "$system" = Linux ] || fail 1 "There is no tarball for $system. With its sources, \`npm ci && npm run build\` makes a coppice."
  case $machine in
    x86_64 | amd64) arch=x64 ;;
    aarch64 | arm64) arch=arm64 ;;
    *) fail 1 "There is no tarball for $machine, only for x86_64 and aarch64." ;;
  esac
  if is_musl; then echo "linux-$arch-musl"; else echo "linux-$arch"; fi
}

# A loader of the other libc may lie about (gcompat, Debian's musl): what counts is what the system itself is made of.
is_musl() {
  case $(getconf GNU_LIBC_VERSION 2>/dev/null) in glibc*) return 1 ;; esac
  case $(ldd --version 2>&1) in
    *musl*) return 0 ;;
    *GNU* | *GLIBC*) return 1 ;;
  esac
  for loader in /lib/ld-musl-*; do
    [ -e "$loader" ] && return 0
  done
  return 1
}

# Copies or downloads one file from COPPICE_RELEASES into $work.
fetch() {
  from=${COPPICE_RELEASES%/}/$1
  case $from in
    http://* | https://*)
      if command -v curl >/dev/null; then
        curl -fsSL -o "$work/$1" "$from"
      elif command -v wget >/dev/null; then
        wget -q -O "$work/$1" "$from"
      else
        fail 1 'Neither curl nor wget is here. Download the files, and name their directory in COPPICE_RELEASES.'
      fi
      ;;
    *) cp "$from" "$work/$1" ;;
  esac || fail 1 "Could not get $from."
}

sha256() {
  if command -v sha256sum >/dev/null; then
    sum=$(sha256sum "$1")
  elif command -v shasum >/dev/null; then
    sum=$(shasum -a 256 "$1")
  else
    fail 1 'Neither sha256sum nor shasum is here, and nothing is installed unverified.'
  fi
  echo "${sum%% *}"
}

# Puts the program beside its place, tries it, and renames it: a directory for temporary files may forbid to run things.
put() {
  mkdir -p "$prefix/bin" || fail 1 "$prefix/bin cannot be made. Choose another place with PREFIX."
  staged=$prefix/bin/.coppice.$$
  cp "$1" "$staged" || fail 1 "$prefix/bin cannot be written. Choose another place with PREFIX."
  chmod 755 "$staged"
  says=$("$staged" version 2>&1) || fail 1 "It does not run here: $(echo "$says" | head -n 1)" "$(hint "$says")"
  [ "$says" = "coppice version $version" ] || fail 1 "The tarball has another version: $says"
  replaced=no
  [ ! -e "$prefix/bin/coppice" ] || replaced=yes
  mv -f "$staged" "$prefix/bin/coppice"
  staged=

  echo "Installed $prefix/bin/coppice, version $version."
  case :$PATH: in *":$prefix/bin:"*) ;; *) echo "$prefix/bin is not on your PATH." ;; esac
  [ "$replaced" = no ] || echo 'A daemon or an `up` that runs goes on with the old program until it is restarted.'
  echo '`coppice install` makes the daemon a service of systemd; `coppice up FILE` needs nothing else.'
}

hint() {
  case $1 in
    *libstdc++*) echo 'It needs the C++ library: `apk add libstdc++`.' ;;
    *) echo 'Nothing was installed.' ;;
  esac
}

main "$@"
