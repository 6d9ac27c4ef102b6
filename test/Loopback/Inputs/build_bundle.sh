#!/usr/bin/env bash
# build_bundle.sh BUNDLE STANDINS SOURCE: builds BUNDLE's programs in BUNDLE/build
# with its own CMakeLists.txt, against the stand-ins of the folder STANDINS and
# the headers of SOURCE/test/Loopback. Prints nothing unless it fails.
set -euo pipefail
bundle=$1 standins=$2 include=$3/test/Loopback/include
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Without optimization: a test builds it once and runs it once. With the warnings
# that those ask for who read what they are to run.
warnings='-Wpedantic -Wshadow -Wconversion -Wsign-conversion'
if ! cmake -S "$bundle" -B "$bundle/build" -G Ninja -DCMAKE_BUILD_TYPE=Debug \
  -DCMAKE_CXX_FLAGS="$warnings" -DCMAKE_CXX_FLAGS_DEBUG=-O0 \
  -DCUDART_INCLUDE_DIR="$include" -DCUDART_LIBRARY="$standins/libcudart.so" \
  -DNCCL_INCLUDE_DIR="$include" -DNCCL_LIBRARY="$standins/libnccl.so" \
  >"$log" 2>&1 || ! cmake --build "$bundle/build" -j 2 >>"$log" 2>&1; then
  cat "$log"
  exit 1
fi
# A warning of a compiler is a fault of the bundle.
! grep -i warning "$log"
