"""Holds compute-2 against the published runs that it speaks of.

A plan is written for every published training run of a model with experts, with
what was reached as a claim. None may be called more than anybody has reached,
and in both classes of number formats some run must be, one hundredth higher: the
constants of the rule are the largest of the table.

usage: published_utilization.py MOEC MEASURED_CSV FOLDER
"""

import csv
import json
import os
import re
import subprocess
import sys

WIDE = ("BF16", "FP16", "FP32", "")
DENSE = re.compile(r"Llama3-[0-9]+B")


def claim(row, factor):
    if row["mfu_pct"]:
        return "mfu = %.3f %%" % (float(row["mfu_pct"]) * factor)
    return "device_compute = %.2f TFLOPS" % (float(row["tflops_gpu"]) * factor)


def plan(row, factor):
    return {
        "schema": "moe-plan/1",
        "name": re.sub(r"\W", "_", row["id"]),
        "model": {},
        "parallelism": {},
        "cluster": {"gpu": row["gpu"], "world_size": int(row["n_gpus"])},
        "workload": {
            "mode": "train",
            "precision": "bf16" if row["precision"] in WIDE else "mxfp8",
        },
        "claims": [{"id": "reached", "says": claim(row, factor), "source": "measured"}],
    }


def unreached(moec, folder, rows, factor):
    """The runs that would break compute-2 if they had reached so much more."""
    files = []
    for number, row in enumerate(rows):
        files.append(os.path.join(folder, "run_%d.json" % number))
        with open(files[-1], "w") as out:
            json.dump(plan(row, factor), out)
    result = subprocess.run(
        [moec, "check", "--format", "json", *files], capture_output=True, text=True
    )
    sys.stderr.write(result.stderr)
    return [
        row
        for row, report in zip(rows, json.loads(result.stdout))
        if any(finding["rule"] == "compute-2" for finding in report["findings"])
    ]


def main(moec, measured, folder):
    rows = [
        row
        for row in csv.DictReader(open(measured))
        if row["kind"] == "train_throughput"
        and not DENSE.fullmatch(row["model"])
        and (row["mfu_pct"] or row["tflops_gpu"])
    ]
    alarms = unreached(moec, folder, rows, 1)
    print("%d runs, %d false alarms" % (len(rows), len(alarms)))
    for row in alarms:
        print(row["id"])
    for row in unreached(moec, folder, rows, 1.01):
        print("more than anybody: %s, %s" % (row["precision"], row["id"]))
    return len(alarms) != 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
