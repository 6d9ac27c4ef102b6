"""Runs a command, prints what it prints, and fails unless it exits as it should.

usage: exit_status.py STATUS COMMAND... [--many N LAST]

With --many the last argument is given N times.
"""

import subprocess
import sys


def main(status, *command):
    command = list(command)
    if "--many" in command:
        at = command.index("--many")
        command[at:] = command[at + 2:] * int(command[at + 1])
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    return done.returncode != int(status)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
