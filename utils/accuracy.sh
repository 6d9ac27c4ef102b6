#!/bin/bash
# Refits the cost model to the published runs and writes docs/accuracy.md with its
# plots: utils/accuracy.sh [BUILD]. The plots need python3-matplotlib.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build}
predictions=$(mktemp)
trap 'rm -f "$predictions"' EXIT
"$build/bin/moec" calibrate benchmarks/accuracy/measured.csv --predictions "$predictions"
/usr/bin/python3 benchmarks/accuracy/page.py "$predictions" benchmarks/accuracy/notes.json \
  docs/accuracy.md --plots docs/images
