#!/usr/bin/env python3
#
# Part of the moe-opt project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Executes the console transcripts of Markdown pages and compares the output.

usage: run_transcripts.py [--update] SOURCE_DIR BIN_DIR PAGE...

A transcript is a ```console block. A line that starts with "$ " is a command
(lines after a trailing backslash belong to it); what follows is its output,
stdout and stderr as they come. A line "..." stands for any number of lines. The
commands of one block run in one bash, in SOURCE_DIR, with BIN_DIR on PATH and its
parent as $BUILD. Where a command says /tmp/, it gets a fresh folder that lasts for
the page, so that two runs do not meet.

Exits 1 and prints a diff for every command that says something else; --update
writes into the page what it says.
"""

import difflib
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TIME_LIMIT_S = 300
# Printed after each command, without losing its exit status.
MARK = "@@@ end of command @@@"
END_COMMAND = f"(code=$?; printf '%s\\n' '{MARK}'; exit $code)\n"


@dataclass
class Command:
    text: str
    line: int  # in the page, from 1
    expected: list = field(default_factory=list)


def read_block(text, first_line):
    """The commands of one block with what they are expected to print."""
    commands = []
    continues = False
    for number, line in enumerate(text.splitlines(), first_line):
        if continues:
            commands[-1].text += line + "\n"
        elif line.startswith("$ "):
            commands.append(Command(line[2:] + "\n", number))
        elif not commands:
            sys.exit(f"line {number}: a transcript starts with '$ ', found '{line}'")
        else:
            commands[-1].expected.append(line.rstrip())
            continue
        continues = line.endswith("\\")
    for command in commands:
        while command.expected and not command.expected[-1]:
            command.expected.pop()
    return commands


def matches(expected, found):
    """Whether the lines are equal, "..." standing for any number of them."""
    # reachable[j]: expected[:i] can stand for found[:j].
    reachable = [True] + [False] * len(found)
    for want in expected:
        if want == "...":
            first = reachable.index(True) if True in reachable else len(found) + 1
            reachable = [j >= first for j in range(len(found) + 1)]
        else:
            reachable = [False] + [
                reachable[j] and found[j] == want for j in range(len(found))
            ]
    return reachable[-1]


def run_block(commands, source, bin_dir, scratch):
    """What each command printed, as lists of lines; shorter if bash ended early."""
    script = "exec 2>&1\n" + "".join(command.text + END_COMMAND for command in commands)
    path = f"{bin_dir}{os.pathsep}{os.environ['PATH']}"
    environment = dict(os.environ, PATH=path, BUILD=str(bin_dir.parent))
    done = subprocess.run(
        ["bash", "-c", script.replace("/tmp/", scratch + "/")],
        cwd=source, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        timeout=TIME_LIMIT_S, encoding="utf-8", errors="replace",
    )
    printed = done.stdout.replace(scratch + "/", "/tmp/")
    parts = printed.split(MARK + "\n")
    return [[line.rstrip() for line in part.rstrip().splitlines()] for part in parts]


def differs(command, found, page):
    """Whether the command printed something else than the page; prints what."""
    if matches(command.expected, found):
        return False
    print(f"{page}:{command.line}: $ {command.text}", end="")
    print("\n".join(difflib.unified_diff(
        command.expected, found, "page", "command", lineterm="")))
    return True


class PageCheck:
    """Runs the transcripts of one page; counts its commands and the wrong ones."""

    def __init__(self, page, source, bin_dir):
        self.page, self.source, self.bin_dir = page, source, bin_dir
        self.count = self.wrong = 0

    def run(self):
        """The page with what its commands print today."""
        text = self.page.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as scratch:
            return BLOCK.sub(lambda block: self.run_block(block, scratch), text)

    def run_block(self, block, scratch):
        commands = read_block(block.group(1), block.string.count("\n", 0, block.start(1)) + 1)
        outputs = run_block(commands, self.source, self.bin_dir, scratch)
        outputs += [["(not reached)"]] * len(commands)
        lines = []
        for command, found in zip(commands, outputs):
            self.count += 1
            wrong = differs(command, found, self.page)
            self.wrong += wrong
            lines += [f"$ {command.text}"[:-1], *(found if wrong else command.expected)]
        return "\n".join(["```console", *lines, "```"])


def main():
    arguments = sys.argv[1:]
    update = arguments[:1] == ["--update"]
    if len(arguments) < 3 + update:
        print(__doc__, file=sys.stderr)
        return 2
    source, bin_dir, *pages = map(Path, arguments[update:])
    failures = 0
    for page in pages:
        check = PageCheck(page, source, bin_dir.resolve())
        renewed = check.run()
        print(f"{page.name}: {check.count - check.wrong} of {check.count} commands as written")
        failures += check.wrong
        if update and check.wrong:
            page.write_text(renewed, encoding="utf-8")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
