"""Writes a plan for every published configuration and checks them all.

Every one of them ran, so an error is a false alarm. The table lists training
configurations with the document that publishes them; models whose shape is not
public enough to write down have a plan without a model.

usage: published.py MOEC FOLDER
"""

import csv
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def numbers(row, keys):
    return {key: int(row[key]) for key in keys if row[key]}


def plan(row, models, name):
    cluster = {"gpu": row["gpu"], "world_size": int(row["gpus"])}
    cluster.update(numbers(row, ["gpus_per_node"]))
    workload = {"mode": "train", "precision": row["precision"].lower().split("-")[0]}
    workload.update(numbers(row, ["micro_batch", "global_batch", "sequence_length"]))
    parallelism = numbers(row, ["tp", "cp", "pp", "vpp", "ep", "etp"])
    if row["layout"]:
        parallelism["layout"] = row["layout"]
    return {
        "schema": "moe-plan/1",
        "name": name,
        "model": models.get(row["model"], {}),
        "cluster": cluster,
        "workload": workload,
        "parallelism": parallelism,
        "framework": "megatron",
    }


def main(moec, folder):
    models = json.load(open(os.path.join(HERE, "published-models.json")))
    rows = list(csv.DictReader(open(os.path.join(HERE, "published.csv"))))
    files = []
    for number, row in enumerate(rows):
        files.append(os.path.join(folder, "plan_%d.json" % number))
        with open(files[-1], "w") as out:
            json.dump(plan(row, models, "plan_%d" % number), out)
    result = subprocess.run(
        [moec, "check", "--format", "json", *files], capture_output=True, text=True
    )
    sys.stderr.write(result.stderr)
    reports = json.loads(result.stdout)
    alarms = 0
    for row, report in zip(rows, reports):
        for finding in report["findings"]:
            if finding["severity"] == "error":
                print(row["model"], row["source"], finding["message"])
                alarms += 1
    folded_only = sum(
        finding["rule"] == "mesh-7"
        for report in reports
        for finding in report["findings"]
    )
    print("%d plans, %d false alarms" % (len(reports), alarms))
    print("%d fit the folded rule alone" % folded_only)
    return alarms != 0 or len(reports) != len(rows)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
