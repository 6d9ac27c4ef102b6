#!/usr/bin/env python3
#
# Part of the moe-opt project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Changes one number of a sound, fully documented plan and counts what `check`
catches.

usage: mutations.py MOEC [MUTANTS]

The plans are the published configurations of test/Check/Inputs/published.csv. Each
is documented: a claim for every figure that `moec check` derives or the plan gives,
and the groups of all axes. A mutant differs from such a plan by one number: a
degree, a figure of the model, the cluster or the workload, a stated group, a claim.
It is caught when there is an error, and named when an error has the changed thing as
a word. A key of the plan is changed once more without the claim that states this very
key, which leaves only what follows from it and what the rules say. Deterministic: the
same mutants in every run. What is not caught is a group count that is right for one
stage of a pipeline: plans may count so.
"""

import copy
import csv
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time

INPUTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "test", "Check", "Inputs")
sys.path.insert(0, INPUTS)
sys.dont_write_bytecode = True
from published import plan as published_plan  # noqa: E402

# Keys of a plan, and the metric that claims know them by.
KEYS = {
    ("parallelism", "tp"): "tp", ("parallelism", "cp"): "cp", ("parallelism", "pp"): "pp",
    ("parallelism", "vpp"): "vpp", ("parallelism", "ep"): "ep", ("parallelism", "etp"): "etp",
    ("cluster", "world_size"): "world_size", ("model", "num_hidden_layers"): "layers",
    ("model", "hidden_size"): "hidden_size", ("model", "vocab_size"): "vocab_size",
    ("model", "num_experts"): "experts", ("model", "num_experts_per_tok"): "top_k",
    ("workload", "micro_batch"): "micro_batch", ("workload", "global_batch"): "global_batch",
    ("workload", "sequence_length"): "sequence_length",
}


def check(moec, plans):
    """The reports of many plans, made by one process."""
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, plan in enumerate(plans):
            files.append(os.path.join(folder, "%06d.json" % number))
            with open(files[-1], "w") as out:
                json.dump(plan, out)
        begin = time.monotonic()
        done = subprocess.run([moec, "check", "--format", "json", *files], capture_output=True, text=True)
        seconds = time.monotonic() - begin
        if done.stderr:
            sys.exit(done.stderr)
        reports = json.loads(done.stdout)
        return (reports if len(plans) > 1 else [reports]), seconds


def documented(plan, report, metrics):
    """The plan with all of its figures claimed and its groups stated."""
    plan = copy.deepcopy(plan)
    figures = {name: value for name, value in report["metrics"].items()
               if name in metrics and isinstance(value, int)}
    for (section, key), metric in KEYS.items():
        if isinstance(plan[section], dict) and key in plan[section]:
            figures[metric] = plan[section][key]
    plan["claims"] = [{"id": name, "says": "%s = %d" % (name, value)} for name, value in figures.items()]
    plan["stated"] = {"groups": [
        {"axis": axis, "count": figures[axis + "_groups"], "size": figures[axis + "_group_size"]}
        for axis in ("tp", "cp", "pp", "dp", "ep", "etp", "edp") if axis + "_groups" in figures]}
    return plan


def changed(value, dice):
    return dice.choice([v for v in {value + 1, value - 1, value * 2, value // 2, value * 3} if v > 0 and v != value])


def mutant(plan, dice):
    """A plan with one other number, the words an error may name it by, and the metric
    of the key that was changed, if it was one."""
    plan = copy.deepcopy(plan)
    kind = dice.choice(["key", "key", "claim", "group"])
    if kind == "key":
        keys = [k for k in KEYS if isinstance(plan[k[0]], dict) and k[1] in plan[k[0]]]
        section, key = dice.choice(keys)
        plan[section][key] = changed(plan[section][key], dice)
        return plan, [key, KEYS[section, key]], KEYS[section, key]
    if kind == "claim":
        claim = dice.choice(plan["claims"])
        name, value = claim["says"].split(" = ")
        claim["says"] = "%s = %d" % (name, changed(int(value), dice))
        return plan, [claim["id"]], None
    group = dice.choice(plan["stated"]["groups"])
    key = dice.choice(["count", "size"])
    group[key] = changed(group[key], dice)
    return plan, [group["axis"]], None


def without_claim(plan, metric):
    """The plan without the claim that states one of its keys."""
    return dict(plan, claims=[claim for claim in plan["claims"] if claim["id"] != metric])


def errors(report):
    return [f["message"] for f in report["findings"] if f["severity"] == "error"]


def names(found, words):
    """Whether a message has one of the words; `tp` is no word of `etp`."""
    return any(re.search(r"(?<![\w])%s(?![\w])" % re.escape(word), text) for text in found for word in words)


def main(moec, wanted="1000"):
    dice = random.Random(2026)
    rows = list(csv.DictReader(open(os.path.join(INPUTS, "published.csv"))))
    models = json.load(open(os.path.join(INPUTS, "published-models.json")))
    listing = subprocess.run([moec, "explain", "--list"], capture_output=True, text=True).stdout
    metrics = {line.split()[0] for line in listing.split("metrics:")[1].splitlines() if line.strip()}
    plans = [published_plan(row, models, "plan_%d" % i) for i, row in enumerate(rows)]
    reports, _ = check(moec, plans)
    plans = [documented(plan, report, metrics) for plan, report in zip(plans, reports)]
    reports, _ = check(moec, plans)
    alarms = sum(bool(errors(report)) for report in reports)
    caught = named = done = keys = implied = 0
    seconds = 0.0
    missed = {}
    while done < int(wanted):
        batch = [mutant(dice.choice(plans), dice) for _ in range(min(500, int(wanted) - done))]
        reports, took = check(moec, [plan for plan, _, _ in batch])
        seconds += took
        done += len(batch)
        for (_, words, _), report in zip(batch, reports):
            found = errors(report)
            caught += bool(found)
            named += names(found, words)
            if not found:
                missed[words[0]] = missed.get(words[0], 0) + 1
        bare = [without_claim(plan, metric) for plan, _, metric in batch if metric]
        keys += len(bare)
        implied += sum(bool(errors(report)) for report in check(moec, bare)[0])
    print("%d sound plans, %d false alarms" % (len(plans), alarms))
    print("%d mutants: %d caught (%.2f %%), %d of them by an error that names the change"
          % (done, caught, 100 * caught / done, named))
    print("%d of them change a key: %d caught (%.2f %%) without the claim of that key"
          % (keys, implied, 100 * implied / keys))
    for name, count in sorted(missed.items()):
        print("  missed: %s, %d times" % (name, count))
    print("%.0f plans a second" % (done / seconds), file=sys.stderr)
    return alarms != 0 or min(caught, named) < 0.99 * done


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
