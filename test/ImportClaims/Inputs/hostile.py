"""Puts documents that nobody would write through import-claims and check.

usage: hostile.py MOEC FOLDER
"""

import os
import subprocess
import sys

TIME_LIMIT_S = 20
DOCUMENTS = {
    "empty": b"",
    "NUL": b"Latency: 8 ms\0\0 = 3\n",
    "no UTF-8": b"\xff\xfe Memory: 4 GB \xc3\x28\n",
    "lone carriage returns": b"Layers: 16\rExperts: 8\r",
    "one long line": b"1 x " * 100000 + b"= 4\n",
    "parentheses": b"(" * 5000 + b"1" + b")" * 5000 + b" = 1\n",
    "digits": b"Memory: " + b"9" * 5000 + b" GB\n",
    "table": b"| a | b |\n|---|---|\n" + b"| Latency | 8 ms |\n" * 5000,
    "ragged table": b"| a | b |\n|---|---|\n| Memory |\n| | 4 GB | 5 | 6 |\n|\n||\n",
    "bars": b"|" * 20000 + b"\n|---|\n",
    "claims": b"".join(b"%d + 1 = %d\n" % (i, i + 1) for i in range(10000)),
    "division by zero": b"Ratio: 5 / 0 = 3\n",
    "stars": b"*" * 100000 + b"\n",
    "links": b"[" * 200000 + b"\n",
    "tags": b"<a" * 100000 + b"\n",
    "exponents": b"Memory: 1e15 GB = 1e99 GB\n5e15 x 5e15 x 5e15 = 1e45\n",
    "hashes": b"#" * 9000 + b" x\n",
    "dashes": b"Experts " + b"-".join([b"21"] * 3000) + b" variance 0.1\n",
    "open fence": b"```\nMemory: 4 GB\n",
    "open comment": b"<!-- \nMemory: 4 GB\n",
    "fractions": b"$\\frac{" * 5000 + b"$\n",
    "points": b"1." * 20000 + b"\n",
    "comparisons": b"Latency 3 ms vs 4 ms " * 400 + b"\n",
    "changes": b"from 3 to 4 " * 1500 + b"(5% increase)\n",
}


def problem(moec, folder, content):
    path, plan = os.path.join(folder, "a.md"), os.path.join(folder, "a.json")
    with open(path, "wb") as out:
        out.write(content)
    imported = subprocess.run([moec, "import-claims", path, "-o", plan], capture_output=True, timeout=TIME_LIMIT_S)
    if imported.returncode not in (0, 1):
        return "import-claims: %d %s" % (imported.returncode, imported.stderr[-200:])
    checked = subprocess.run([moec, "check", plan], capture_output=True, timeout=TIME_LIMIT_S)
    if checked.returncode not in (0, 1) or b"claim-5" in checked.stdout:
        return "check: %d %s" % (checked.returncode, checked.stderr[-200:] + checked.stdout[-200:])
    return None


def main(moec, folder):
    wrong = 0
    for name, content in DOCUMENTS.items():
        found = problem(moec, folder, content)
        wrong += found is not None
        if found:
            print(name, found)
    print("%d documents, %d wrong" % (len(DOCUMENTS), wrong))


if __name__ == "__main__":
    main(*sys.argv[1:])
