#!/usr/bin/env bash
# Installs the packages that building and testing moe-opt needs, on Debian 12
# or newer. Does nothing, and needs no rights, where they are installed.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: utils/setup.sh [--minimal | --all]
  --minimal  what building `moec` alone needs
  (default)  also what the other tools and the tests need
  --all      also Slurm, Open MPI and PyTorch's torchrun, which some tests start
             launch scripts with, and Prometheus, whose promtool tests alerts
USAGE
}

# NLopt fits the cost model to measured runs (moec-calibrate); moec needs it not.
# MLIR 22 is in Debian's security suite; lit, FileCheck and python3 come with
# llvm-22-dev. zlib and zstd as archives make moec self-contained.
minimal=(g++ cmake ninja-build libmlir-22-dev mlir-22-tools llvm-22-dev
         nlohmann-json3-dev zlib1g-dev libzstd-dev)
tests=(libnlopt-dev lld-22 ccache libgtest-dev libbenchmark-dev clang-format-22 shellcheck
       python3 python3-jsonschema python3-yaml)
launchers=(slurm-wlm slurmctld slurmd slurm-client munge iproute2 openmpi-bin
           python3-torch prometheus)

fail() {
  echo "setup.sh: error: $1" >&2
  shift
  for line in "$@"; do echo "  $line" >&2; done
  exit 1
}

is_installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Runs apt-get as root, never asking questions.
apt_get() {
  local command=(env DEBIAN_FRONTEND=noninteractive apt-get -qq
                 -o Acquire::Retries=3 "$@")
  if [ "$(id -u)" = 0 ]; then
    "${command[@]}"
  else
    sudo "${command[@]}"
  fi
}

case "${1-}" in
  --minimal) wanted=("${minimal[@]}") ;;
  "") wanted=("${minimal[@]}" "${tests[@]}") ;;
  --all) wanted=("${minimal[@]}" "${tests[@]}" "${launchers[@]}") ;;
  --help | -h) usage; exit 0 ;;
  *) usage >&2; exit 2 ;;
esac
[ $# -le 1 ] || { usage >&2; exit 2; }

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  fail "this machine has no apt-get" \
    "install by other means: a C++17 compiler, cmake >= 3.20, ninja," \
    "LLVM and MLIR >= 22 with development files, nlohmann_json >= 3.10;" \
    "for the tests also GoogleTest and python3"
fi

missing=()
for package in "${wanted[@]}"; do
  is_installed "$package" || missing+=("$package")
done
if [ ${#missing[@]} = 0 ]; then
  echo "setup.sh: all ${#wanted[@]} packages are installed"
  exit 0
fi
echo "setup.sh: installing ${missing[*]}"
if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
  fail "installing packages needs root, and there is no sudo" \
    "as root, run: apt-get install ${missing[*]}"
fi

apt_get update || fail "'apt-get update' failed, see above"
unknown=()
for package in "${missing[@]}"; do
  apt-cache show "$package" >/dev/null 2>&1 || unknown+=("$package")
done
if [ ${#unknown[@]} != 0 ]; then
  fail "no apt source of this machine has: ${unknown[*]}" \
    "Debian 12 has LLVM 22 in its security suite (bookworm-security);" \
    "elsewhere add LLVM's own apt repository, https://apt.llvm.org"
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! apt_get install --no-install-recommends -y "${missing[@]}" >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  fail "'apt-get install' failed, see above"
fi
echo "setup.sh: installed ${#missing[@]} packages"
