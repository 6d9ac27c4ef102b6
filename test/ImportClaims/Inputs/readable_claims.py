"""Whatever a document says, the claims that are made of it can be evaluated:
`moec check` has no claim-5 (units that do not fit, names that do not exist,
divisions by zero) about any of them.

usage: readable_claims.py MOEC FOLDER EXAMPLES DOCUMENT...

The documents are those of the command line, the quotations of the transcribed
plans in EXAMPLES, and sentences in which every unit meets every other one.
"""

import glob
import itertools
import json
import os
import re
import subprocess
import sys

UNITS = ["", "%", "x", "GB", "GiB", "MB", "GB/GPU", "GB/s", "Gb/s", "GiB/s", "TFLOPS", "TFLOP/s/GPU",
         "GFLOP/token", "ms", "s", "h", "tokens", "tok/s", "tokens/s/GPU", "samples/s", "GPUs", "layers", "pp"]
SENTENCES = [
    "{a} {u} × 2 = {b} {v}",
    "{a} {u} / {b} {v} = 50 %",
    "{a} {u} / 0 = {b} {v}",
    "{a} {u} + {b} {v} = 12 GB",
    "{a} {u}² = {b} {v}",
    "Memory: {a} {u} → {b} {v} (+25 %, 1.2x)",
    "Throughput went from {a} {u} to {b} {v} (60% improvement)",
    "Latency {a} {u} vs. {b} {v} baseline",
    "Utilization: {a} {u} ({b} {v} used)",
    "Memory per GPU: {a}–{b} {u}",
    "TP={a} {u} / EP={b} {v}",
    "{a} {u} of {b} {v}",
    "{a}K {u} x 1.5M = {b}e9 {v}",
]
TABLE = ["| Metric | Before | After | Δ |", "|---|---|---|---|"]


def sentences():
    for sentence, u, v in itertools.product(SENTENCES, UNITS, UNITS):
        yield sentence.format(a=40, b=8, u=u, v=v)
    yield ""
    yield from TABLE
    for u, v in itertools.product(UNITS, UNITS):
        yield "| Memory usage | 40 %s | 8 %s | -80 %% |" % (u, v)


def quotations(examples):
    """Quotes of the transcribed plans, each once and apart from the others."""
    quotes = {}
    for path in sorted(glob.glob(os.path.join(examples, "seed-*.json"))):
        for quote in re.findall(r'"quote": ("(?:\\.|[^"\\])*")', open(path, encoding="utf-8").read()):
            quotes[json.loads(quote)] = None
    rows = [quote for quote in quotes if quote.startswith("|")]
    yield from "\n\n".join(quote for quote in quotes if not quote.startswith("|")).split("\n")
    yield ""
    yield from TABLE + rows


def unreadable(moec, folder, document):
    """Findings about claims that cannot be evaluated, and how many there are."""
    plan = os.path.join(folder, os.path.basename(document) + ".json")
    subprocess.run([moec, "import-claims", document, "-o", plan], capture_output=True, text=True, check=True)
    done = subprocess.run([moec, "check", plan, "--format", "json"], capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    return [f["message"] for f in report["findings"] if f["rule"] == "claim-5"], len(report["claims"])


def main(moec, folder, examples, *documents):
    written = {"sentences.md": sentences(), "quotations.md": quotations(examples)}
    for name, lines in written.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
            out.write("\n".join(line + "\n" if not line.startswith("|") else line for line in lines) + "\n")
    for document in [os.path.join(folder, name) for name in written] + list(documents):
        messages, claims = unreadable(moec, folder, document)
        print("%s: %d claims, %d unreadable" % (os.path.basename(document), claims, len(messages)))
        for message in messages[:5]:
            print("  " + message)


if __name__ == "__main__":
    main(*sys.argv[1:])
