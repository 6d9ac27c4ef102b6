"""Checks plans made of transcribed documents and the figures their authors left
out, and compares what is found with a table.

usage: cost_findings.py MOEC TABLE EXAMPLES FOLDER

The table is a list of rows: `id` of the finding, `plan` (examples/seed-PLAN.json),
`assume` (keys merged into the plan), `loads` (recorded tokens of the first expert and
of each of the others, the same in every layer), `claims` (id to verdict and computed value, or
a range of values where the cost model with its constants comes in) and `findings` (rule and
a text that a message of that rule holds).
"""

import json
import os
import re
import subprocess
import sys


def without_comments(text):
    token = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*')
    return token.sub(lambda m: m[0] if m[0][0] == '"' else "", text)


def merged(plan, changes):
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(plan.get(key), dict):
            merged(plan[key], value)
        elif key == "claims":
            plan[key] = plan.get(key, []) + value
        else:
            plan[key] = value
    return plan


def write_plan(row, number, examples, folder):
    text = open(os.path.join(examples, "seed-%s.json" % row["plan"]), encoding="utf-8").read()
    plan = merged(json.loads(without_comments(text)), row.get("assume", {}))
    plan.pop("baseline", None)
    if "loads" in row:
        experts, layers = plan["model"]["num_experts"], plan["model"]["num_hidden_layers"]
        tokens = [row["loads"][:1] + row["loads"][1:] * (experts - 1)] * layers
        plan.setdefault("experts", {})["loads"] = "loads_%d.json" % number
        with open(os.path.join(folder, plan["experts"]["loads"]), "w", encoding="utf-8") as out:
            json.dump(tokens, out)
    path = os.path.join(folder, "row_%d.json" % number)
    with open(path, "w", encoding="utf-8") as out:
        json.dump(plan, out)
    return path


def meets(found, wanted):
    """Whether a computed value is the one of the table, or in its range."""
    if found is None or " .. " not in wanted:
        return found == wanted
    low, rest = wanted.split(" .. ")
    high, _, unit = rest.partition(" ")
    number, _, found_unit = found.partition(" ")
    return found_unit == unit and float(low) <= float(number) <= float(high)


def problems(row, report):
    claims = {claim["id"]: claim for claim in report["claims"]}
    for name, (verdict, computed) in row.get("claims", {}).items():
        found = claims[name]
        if found["verdict"] != verdict or not meets(found["computed"], computed):
            yield "%s is %s, %s: %s" % (name, found["verdict"], found["computed"], found["message"])
    for rule, text in row.get("findings", []):
        said = [
            finding["message"] + "\n" + str(finding["expected"]) + "\n"
            + "\n".join(note["message"] for note in finding["notes"])
            for finding in report["findings"]
            if finding["rule"] == rule
        ]
        if not any(text in each for each in said):
            yield "[%s] does not say '%s': %s" % (rule, text, said)


def main(moec, table, examples, folder):
    rows = json.load(open(table, encoding="utf-8"))
    files = [write_plan(row, number, examples, folder) for number, row in enumerate(rows)]
    done = subprocess.run(
        [moec, "check", "--format", "json", *files], capture_output=True, text=True, check=False
    )
    sys.stderr.write(done.stderr)
    wrong = 0
    for row, report in zip(rows, json.loads(done.stdout)):
        found = list(problems(row, report))
        print(row["id"], "; ".join(found) or "as found")
        wrong += bool(found)
    print("%d rows, %d wrong" % (len(rows), wrong))
    return wrong != 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
