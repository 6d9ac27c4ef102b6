"""on_terminal.py COMMAND...: runs a command with a terminal as its output and
prints what it wrote, escape characters as ^."""

import os
import pty
import sys

child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
text = b""
try:
    while True:
        piece = os.read(terminal, 4096)
        if not piece:
            break
        text += piece
except OSError:
    pass  # the terminal ends with the command
os.waitpid(child, 0)
sys.stdout.write(text.decode().replace("\033", "^").replace("\r", ""))
