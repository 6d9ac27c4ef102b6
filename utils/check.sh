#!/usr/bin/env bash
# Builds everything and runs every test: installs missing packages, configures
# and builds in build/ (or $MOE_BUILD_DIR), runs the lit and unit tests, among
# them a user's own pass built against an installed tree. Skipped tests are
# listed with the reason. The last line is `N passed, N failed, N skipped`; the
# exit status is 0 only if something ran and nothing failed.
set -euo pipefail

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build_dir=${MOE_BUILD_DIR:-$source_dir/build}

# A step that the tests cannot do without.
step() {
  echo "check.sh: $1"
  shift
  "$@" && return
  echo "check.sh: error: this step failed: $*" >&2
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
}

step "packages" "$source_dir/utils/setup.sh"
step "configure $build_dir" \
  cmake -S "$source_dir" -B "$build_dir" -G Ninja --log-level=WARNING \
  -DMOE_BUILD_FUZZERS=ON
step "build" cmake --build "$build_dir"
echo "check.sh: test"
results=$build_dir/test/results.xml
rm -f "$results"
python=$(sed -n 's/^MOE_PYTHON:FILEPATH=//p' "$build_dir/CMakeCache.txt")
lit=$(sed -n 's/^MOE_LIT:FILEPATH=//p' "$build_dir/CMakeCache.txt")
lit_status=0
"$python" "$lit" -sv --xunit-xml-output "$results" "$build_dir/test" || lit_status=$?
"$python" "$source_dir/utils/summarize_tests.py" "$results" \
  "$build_dir/test/missing-features.json" "$build_dir/test/Unit"
exit "$lit_status"
