"""Reads short documents one by one and compares what became of them with what
stands below each.

usage: readings.py [--update] MOEC FOLDER FILE

Blocks of FILE are parted by blank lines. Lines that begin with "> " are the
document; behind them stand its claims ("claim TEXT"), its figures ("figure
KEY = JSON") and the numbers that are listed as not understood ("left TEXT").
Lines that begin with "#" are comments. --update writes into FILE what is read.
"""

import json
import os
import subprocess
import sys

SECTIONS = ("model", "cluster", "parallelism", "workload", "experts", "stated", "targets")


def readings(moec, folder, document):
    path = os.path.join(folder, "reading.md")
    with open(path, "w", encoding="utf-8") as out:
        out.write("\n".join(document) + "\n")
    done = subprocess.run([moec, "import-claims", path], capture_output=True, text=True, check=False)
    plan = json.loads(done.stdout)
    for section in SECTIONS:
        for key, value in plan.get(section, {}).items():
            yield "figure %s.%s = %s" % (section, key, json.dumps(value))
    for claim in plan["claims"]:
        source = " [%s]" % claim["source"] if "source" in claim else ""
        yield "claim %s%s" % (claim["says"], source)
    for line in done.stderr.splitlines():
        if " note: not understood: " in line:
            yield "left " + line.split(" note: not understood: ", 1)[1].split(' in "')[0]


def main(update, moec, folder, file):
    with open(file, encoding="utf-8") as source:
        blocks = source.read().strip("\n").split("\n\n")
    wrong, written = 0, []
    for block in blocks:
        lines = block.split("\n")
        kept = [line for line in lines if line.startswith((">", "#"))]
        document = [line[2:] for line in lines if line.startswith(">")]
        if not document:
            written.append(block)
            continue
        found = list(readings(moec, folder, document))
        expected = [line for line in lines if line not in kept]
        written.append("\n".join(kept + found))
        if found != expected:
            wrong += 1
            print("\n".join(kept))
            print("".join("  expected %s\n" % line for line in expected if line not in found), end="")
            print("".join("  found    %s\n" % line for line in found if line not in expected), end="")
    if update:
        with open(file, "w", encoding="utf-8") as out:
            out.write("\n\n".join(written) + "\n")
    print("%d documents, %d wrong" % (sum(">" in block for block in written), wrong))


if __name__ == "__main__":
    arguments = sys.argv[1:]
    updating = arguments[0] == "--update"
    main(updating, *arguments[updating:])
