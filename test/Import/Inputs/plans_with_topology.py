"""plans_with_topology.py FOLDER: a plan of four nodes for each topology file there."""

import json
import sys

FILES = {
    "even": ("even.conf", None), "blocks": ("blocks.conf", None), "tree": ("tree.yaml", None),
    "stated": ("even.conf", 16), "other": ("even.conf", 8), "open": ("open.conf", None),
    "words": ("words.conf", None), "huge": ("huge.conf", None), "small": ("small.conf", None),
    "none": ("none.conf", None), "yaml": ("open.yaml", None), "absent": ("absent.conf", None),
}
for name, (topology, nodes) in FILES.items():
    cluster = {"gpu": "H100", "nodes": 4, "gpus_per_node": 8, "topology": topology}
    if nodes:
        cluster["nodes_per_switch"] = nodes
    plan = {"schema": "moe-plan/1", "model": {"hidden_size": 64}, "cluster": cluster,
            "parallelism": {"tp": 2}}
    with open("%s/%s.json" % (sys.argv[1], name), "w", encoding="utf-8") as file:
        json.dump(plan, file, indent=1)
