#!/usr/bin/env python3
"""Checks that no constraint of the dialect is only a promise.

Every identifier in a **Constraints** list of include/moe/IR/*.td, `(mesh-3)`,
has to occur in lib/ (the check), and in test/ (its test); and every identifier
that a verifier in lib/IR prints, `[mesh-3]`, in a .td (its documentation).

Usage: check_rule_ids.py SOURCE_DIR. Exit status 1 when something is missing.
"""

import pathlib
import re
import sys

DOCUMENTED = re.compile(r"^ *- \(([a-z]+-[0-9]+)\) ", re.MULTILINE)
PRINTED = re.compile(r"\[([a-z]+-[0-9]+)\]|\"([a-z]+-[0-9]+)\"")


def texts(root, folder, suffixes):
    for path in sorted((root / folder).rglob("*")):
        if path.suffix in suffixes and path.is_file():
            yield path, path.read_text(encoding="utf-8", errors="replace")


def ids_by_file(root, folder, suffixes, pattern):
    """Maps each identifier that `pattern` finds to the first file that has it."""
    found = {}
    for path, text in texts(root, folder, suffixes):
        for match in pattern.finditer(text):
            name = next(group for group in match.groups() if group)
            found.setdefault(name, path.relative_to(root))
    return found


def main(root):
    documented = ids_by_file(root, "include/moe/IR", {".td"}, DOCUMENTED)
    if not documented:
        return ["no constraint found in %s/include/moe/IR" % root]
    printed = ids_by_file(root, "lib/IR", {".cpp", ".h"}, PRINTED)
    faults = []
    for folder, suffixes, what in (
        ("lib", {".cpp", ".h"}, "check"),
        ("test", {".mlir", ".test", ".jsonc", ".cpp"}, "test"),
    ):
        content = "\n".join(text for _, text in texts(root, folder, suffixes))
        words = set(re.findall(r"(?<![\w-])[a-z]+-[0-9]+(?![\w-])", content.replace("_", "-")))
        faults += [
            "%s: constraint %s has no %s in %s/" % (documented[name], name, what, folder)
            for name in sorted(documented)
            if name not in words
        ]
    faults += [
        "%s: %s is documented in no .td of include/moe/IR" % (printed[name], name)
        for name in sorted(printed)
        if name not in documented
    ]
    return faults


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    problems = main(pathlib.Path(sys.argv[1]))
    print("\n".join(problems), file=sys.stderr, end="\n" if problems else "")
    sys.exit(1 if problems else 0)
