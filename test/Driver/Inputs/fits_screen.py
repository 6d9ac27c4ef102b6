"""fits_screen.py COMMAND...: a help text that succeeds, fits 24 lines of 80
columns and shows an example."""

import subprocess
import sys

run = subprocess.run(sys.argv[1:], capture_output=True, text=True, timeout=30)
lines = run.stdout.splitlines()
if run.returncode != 0 or run.stderr:
    sys.exit("exit status %d: %s" % (run.returncode, run.stderr))
if len(lines) > 24:
    sys.exit("%d lines" % len(lines))
for line in lines:
    if len(line) > 80:
        sys.exit("%d columns: %s" % (len(line), line))
if "example" not in run.stdout.lower():
    sys.exit("no example")
