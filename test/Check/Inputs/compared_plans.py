"""Pairs of plans, and what `moec check A B` makes of them.

usage: compared_plans.py MOEC FOLDER
"""

import copy
import json
import os
import subprocess
import sys

from boundaries import BASE

TOO_BIG = {"num_hidden_layers": 128, "hidden_size": 16384}
FALSE = {"id": "wrong", "says": "world_size = 17"}
PAIRS = []


def plan(**sections):
    result = copy.deepcopy(BASE)
    for section, change in sections.items():
        if isinstance(change, dict):
            result.setdefault(section, {}).update(change)
        else:
            result[section] = change
    for section in ("cluster",):
        result[section] = {k: v for k, v in result[section].items() if v is not None}
    return result


def pair(name, before, after):
    PAIRS.append((name, before, after))


def groups(tp, ep):
    return {"groups": [{"axis": "tp", "count": tp, "size": 2}, {"axis": "ep", "count": ep, "size": 4}]}


pair("heads", plan(claims=[FALSE]), plan(model={"num_key_value_heads": 2}))
pair("dense layers", plan(claims=[FALSE]), plan(model={"first_k_dense_replace": 2, "intermediate_size": 8192}))
pair("prediction", plan(claims=[FALSE]), plan(model={"num_nextn_predict_layers": 1}))
pair("work", plan(claims=[FALSE]), plan(workload={"precision": "fp8", "sequence_length": 2048}))
pair("memory", plan(model=TOO_BIG), plan(model=TOO_BIG, cluster={"gpu": None}))
pair("dropped claim", plan(claims=[FALSE]), plan())
pair("right claim", plan(claims=[FALSE]), plan(claims=[{"id": "wrong", "says": "world_size = 16"}]))
pair("groups", plan(stated=groups(9, 4)), plan(stated=groups(8, 9)))
pair("micro-batch", plan(claims=[FALSE]), plan(claims=[{"id": "wrong", "says": "world_size = 16"}], workload={"micro_batch": 2}))


def compare(moec, folder, before, after):
    files = []
    for name, each in (("before", before), ("after", after)):
        files.append(os.path.join(folder, name + ".json"))
        with open(files[-1], "w") as out:
            json.dump(each, out)
    result = subprocess.run([moec, "check", "--format", "json", *files], capture_output=True, text=True)
    if not result.stdout:
        sys.exit(result.stderr)
    return json.loads(result.stdout)[2]


def main(moec, folder):
    for name, before, after in PAIRS:
        found = compare(moec, folder, before, after)
        print("%s: %s" % (name, found["outcome"]))
        print("  fixed %s, untold %s, new %s, open %s" % (
            [each["rule"] + " " + each.get("subject", "") for each in found["fixed"]],
            [each["finding"]["rule"] for each in found["untold"]],
            [each["rule"] + " " + each.get("subject", "") for each in found["new"]],
            [each["rule"] for each in found["open"]]))


if __name__ == "__main__":
    main(*sys.argv[1:])
