"""Every rule of the catalogue is in the code that enforces it, in a test and in
the documentation, and every id in the code is in the catalogue.

usage: rule_ids.py MOEC SOURCE_FOLDER
"""

import os
import re
import subprocess
import sys


def texts(folder, skip=()):
    for root, _, files in os.walk(folder):
        if not any(part in root for part in skip):
            for name in files:
                yield open(os.path.join(root, name), errors="replace").read()


def ids_in(folder, pattern, skip=()):
    return set(re.findall(pattern, "\n".join(texts(folder, skip))))


def main(moec, source):
    listing = subprocess.run([moec, "rules"], capture_output=True, text=True).stdout
    rules = set(re.findall(r"^  (\S+)", listing, re.M))
    test = os.path.join(source, "test")
    found = {
        # Verifiers write "[mesh-2]", rules "mesh-1".
        "lib": ids_in(
            os.path.join(source, "lib"), r'["\[ ]([a-z]+-[0-9]+)["\]]', ["Catalogue"]
        ),
        "test": ids_in(test, r"\[([a-z]+-[0-9]+)\]"),
        "docs": {
            name[:-3] for name in os.listdir(os.path.join(source, "docs", "rules"))
        },
    }
    problems = [
        "%s does not occur in %s" % (rule, where)
        for where, ids in found.items()
        for rule in sorted(rules - ids)
    ]
    messages = ids_in(os.path.join(source, "lib"), r"\[([a-z]+-[0-9]+)\]")
    problems += ["%s is not in the catalogue" % rule for rule in sorted(messages - rules)]
    print("\n".join(problems) or "%d rules" % len(rules))
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
