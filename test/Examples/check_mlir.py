#!/usr/bin/env python3
#
# Part of the moe-opt project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks the *.mlir files beside the example plans.

usage: check_mlir.py EXAMPLES_DIR

Of every plan X.json: X.mlir is what `moe-translate --import-plan X.json` writes
today; it survives text and bytecode; `--verify-balance` passes it or names the
rules it breaks; a plan that passes goes down to the launch level. Prints one
line per plan for FileCheck; fails where a file drifted or a tool's exit code and
its diagnostics disagree. The tools are found on PATH.
"""

import difflib
import re
import subprocess
import sys
from pathlib import Path


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stderr}")
    return done


def drift(plan, stored):
    """The difference between `stored` and a fresh import of `plan`; "" for none."""
    imported = run("moe-translate", "--import-plan", plan)
    if imported.returncode:
        return imported.stderr
    old = stored.read_text(encoding="utf-8") if stored.exists() else ""
    lines = difflib.unified_diff(
        old.splitlines(True), imported.stdout.splitlines(True), str(stored), str(plan)
    )
    return "".join(lines)


def errors(text):
    return [line for line in text.splitlines() if ": error: " in line]


def verdict(module):
    """"legal", or the rules whose errors `--verify-balance` reports."""
    checked = run("moe-opt", module, "--verify-roundtrip", "--verify-balance", "-o", "-")
    found = errors(checked.stderr)
    if bool(found) != bool(checked.returncode):
        sys.exit(f"{module}: exit {checked.returncode} with\n{checked.stderr}")
    if not found:
        return "legal"
    rules = [re.search(r"\[([a-z]+-\d+)\]$", line) for line in found]
    if None in rules:
        sys.exit(f"{module}: an error without a rule:\n{checked.stderr}")
    return "errors: " + " ".join(sorted({rule.group(1) for rule in rules}))


def lowered(module):
    """What `--moe-lower-pipeline` makes of the plan: a world size or an error."""
    done = run("moe-opt", module, "--verify-roundtrip", "--moe-lower-pipeline")
    launch = re.search(r"moe\.launch .* world_size (\d+)", done.stdout)
    if done.returncode == 0 and launch:
        return f"a launch of {launch.group(1)} ranks"
    return "no launch: " + "; ".join(line.split(": error: ")[1] for line in errors(done.stderr))


def main():
    differences = []
    for plan in sorted(Path(sys.argv[1]).glob("*.json")):
        if plan.name.startswith("site"):
            continue
        module = plan.with_suffix(".mlir")
        difference = drift(plan, module)
        if difference:
            differences.append(difference)
            continue
        answer = verdict(module)
        print(f"{plan.stem}: {answer}" + (f", {lowered(module)}" if answer == "legal" else ""))
    if differences:
        print("".join(differences), file=sys.stderr)
        sys.exit("renew with: moe-translate --import-plan X.json -o X.mlir")


if __name__ == "__main__":
    main()
