#!/usr/bin/env bash
# From a bare machine to a first diagnostic and a launch bundle: installs what
# is missing, builds `moec` alone, checks a plan with real faults, compiles a
# sound one into a bundle, proves the bundle, and shows that a bundle with one
# changed byte is refused. Exit status 0 only if each step ended as it should.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: utils/demo.sh [--no-build]
  --no-build  install and build nothing: use the `moec` of an existing build
  MOE_BUILD_DIR  build folder; default: build-demo, with --no-build: build
  MOE_DEMO_DIR   folder for the bundles; default: demo in the build folder
USAGE
}

fail() {
  echo "demo.sh: error: $1" >&2
  exit 1
}

build=yes
case "${1-}" in
  "") ;;
  --no-build) build=no ;;
  --help | -h) usage; exit 0 ;;
  *) usage >&2; exit 2 ;;
esac
[ $# -le 1 ] || { usage >&2; exit 2; }

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
default=$source_dir/build
[ "$build" = no ] || default=$source_dir/build-demo
build_dir=$(realpath -m "${MOE_BUILD_DIR:-$default}")
demo_dir=$(realpath -m "${MOE_DEMO_DIR:-$build_dir/demo}")
faulty=examples/seed-001-previous.json
sound=examples/mixtral-8x22b-128xH100.json

# Shows a command of moec and runs it; $1 is the exit status it must have.
show() {
  local expected=$1 status=0
  shift
  printf '\n$ moec %s\n' "$*"
  "$build_dir/bin/moec" "$@" || status=$?
  [ "$status" = "$expected" ] || fail "exit status $status, expected $expected"
}

if [ "$build" = yes ]; then
  "$source_dir/utils/setup.sh" --minimal
  echo "demo.sh: building moec in $build_dir"
  # Several sources at a time share the headers of MLIR: 46 s instead of 162 s
  # on 2 cores. Batches of 16 were faster than 5 (69 s) and 8 (58 s).
  cmake -S "$source_dir" -B "$build_dir" -G Ninja --log-level=WARNING \
    -DMOE_BUILD_MLIR_TOOLS=OFF -DMOE_BUILD_TESTS=OFF \
    -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=16 >/dev/null
  cmake --build "$build_dir" --target moec
fi
[ -x "$build_dir/bin/moec" ] || fail "there is no moec in $build_dir/bin"

cd "$source_dir"
show 1 check "$faulty"
show 0 check "$sound"
mkdir -p "$demo_dir"
bundle=$demo_dir/mixtral-8x22b
show 0 build "$sound" -o "$bundle"
printf '\n$ head -n 24 %s\n' "$bundle/report.md"
head -n 24 "$bundle/report.md"
show 0 verify "$bundle"

# One digit of one rank's GPU.
changed=$demo_dir/changed
rm -rf "$changed"
cp -r "$bundle" "$changed"
sed -i 's/^0,0,0/0,0,1/' "$changed/rankmap.csv"
! cmp -s "$bundle/rankmap.csv" "$changed/rankmap.csv" || fail "nothing changed"
printf '\n$ # one byte of %s is changed\n' "$changed/rankmap.csv"
show 1 verify "$changed"
echo
echo "demo.sh: every step ended as it should; the bundle is $bundle"
