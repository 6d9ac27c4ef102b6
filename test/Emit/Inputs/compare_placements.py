"""compare_placements.py BUNDLE: whether SGLang's and TensorRT-LLM's files place the
experts alike, each expert somewhere."""

import json
import sys

import yaml

with open(sys.argv[1] + "/framework/expert-location.sglang.json", encoding="utf-8") as file:
    sglang = json.load(file)["physical_to_logical_map"]
with open(sys.argv[1] + "/framework/tensorrt-llm.yaml", encoding="utf-8") as file:
    settings = yaml.safe_load(file)
balancer = settings["moe_config"]["load_balancer"]
for layer, slots in balancer["initial_global_assignments"].items():
    if sglang[layer] != slots:
        sys.exit("layer %d differs" % layer)
    if len(slots) != balancer["num_slots"] or set(slots) != set(range(256)):
        sys.exit("layer %d does not hold every expert" % layer)
print("%d layers of %d slots, %d rows" % (
    len(balancer["initial_global_assignments"]), balancer["num_slots"], len(sglang)))
