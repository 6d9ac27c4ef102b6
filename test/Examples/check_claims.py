"""Compares the verdicts of `moec check` on the claims of plans with a table.

usage: check_claims.py MOEC TABLE FOLDER

A line of the table is PLAN CLAIM VERDICT COMPUTED...; a claim that the table
leaves out has to be unverifiable.
"""

import json
import os
import subprocess
import sys


def read_table(path):
    table = {}
    for line in open(path, encoding="utf-8"):
        if line.strip() and not line.startswith("#"):
            plan, claim, verdict, computed = line.rstrip("\n").split(maxsplit=3)
            table[plan, claim] = (verdict, computed)
    return table


def main(moec, table_path, folder):
    table = read_table(table_path)
    problems = []
    plans = sorted(name for name in os.listdir(folder) if name.startswith("seed-") and name.endswith(".json"))
    for name in plans:
        output = subprocess.run(
            [moec, "check", "--format", "json", os.path.join(folder, name)],
            capture_output=True, text=True, check=False)
        for claim in json.loads(output.stdout)["claims"]:
            key = (name[len("seed-"):-len(".json")], claim["id"])
            verdict, computed = table.pop(key, ("unverifiable", None))
            if claim["verdict"] != verdict:
                problems.append("%s %s: %s, expected %s" % (*key, claim["verdict"], verdict))
            elif computed not in (None, claim["computed"]):
                problems.append("%s %s: computed %s, expected %s" % (*key, claim["computed"], computed))
            elif verdict == "unverifiable" and not claim["missing"]:
                problems.append("%s %s: nothing is missing: %s" % (*key, claim["message"]))
    problems += ["%s %s: no such claim" % key for key in table]
    print("\n".join(problems) or "every claim of %d plans has its verdict" % len(plans))
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
