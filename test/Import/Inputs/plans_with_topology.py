"""plans_with_topology.py FOLDER NAME=TOPOLOGY[,TOPOLOGY][:KEY=VALUE]...: a plan of four
nodes for each NAME, with those topology files and further keys of the cluster."""

import json
import sys

for word in sys.argv[2:]:
    name, rest = word.split("=", 1)
    files, *pairs = rest.split(":")
    paths = files.split(",")
    cluster = {"gpu": "H100", "nodes": 4, "gpus_per_node": 8,
               "topology": paths if len(paths) > 1 else paths[0]}
    for pair in pairs:
        key, value = pair.split("=")
        cluster[key] = int(value) if value.isdigit() else value
    plan = {"schema": "moe-plan/1", "model": {"hidden_size": 64}, "cluster": cluster,
            "parallelism": {"tp": 2}}
    with open("%s/%s.json" % (sys.argv[1], name), "w", encoding="utf-8") as file:
        json.dump(plan, file, indent=1)
