"""exits.py STATUS COMMAND...: runs a command that must end with this status
within 30 seconds; its stderr joins its stdout."""

import subprocess
import sys

expected, command = int(sys.argv[1]), sys.argv[2:]
try:
    found = subprocess.run(
        command, stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT, timeout=30
    ).returncode
except subprocess.TimeoutExpired:
    sys.exit("still running after 30 s: " + " ".join(command))
if found != expected:
    sys.exit("exit status %d, expected %d: %s" % (found, expected, " ".join(command)))
