"""compare_groups.py MOEC BUNDLE: whether the groups that Megatron-Core builds from
the flags of a bundle are the bundle's communicators, rank by rank."""

import json
import subprocess
import sys

# Communicator of the bundle: Megatron's name of its groups.
FAMILIES = {
    "tp": "TENSOR_MODEL_PARALLEL_GROUP",
    "dp": "DATA_PARALLEL_GROUP_WITH_CP",
    "pp": "PIPELINE_MODEL_PARALLEL_GROUP",
    "ep": "EXPERT_MODEL_PARALLEL_GROUP",
    "edp": "EXPERT_DATA_PARALLEL_GROUP",
}


def points(box):
    result = [0]
    for size, stride in box:
        result = [point + i * stride for point in result for i in range(size)]
    return result


moec, bundle = sys.argv[1:]
with open(bundle + "/groups.json", encoding="utf-8") as file:
    table = json.load(file)
with open(bundle + "/framework/megatron-lm.args", encoding="utf-8") as file:
    flags = [line.split() for line in file if not line.startswith("#")]
known = [f for f in flags
         if f[0].endswith("-parallel-size") or f[0] == "--use-tp-pp-dp-mapping"]
built = json.loads(subprocess.run(
    [moec, "groups", "--framework", "megatron", "--world", str(table["world_size"])]
    + [word for f in known for word in f], check=True, capture_output=True, text=True).stdout)
compared = 0
for communicator in table["communicators"]:
    for name in [communicator["name"]] + communicator["aliases"]:
        if name not in FAMILIES:
            continue
        ours = [[g + m for m in points(communicator["key"])] for g in points(communicator["color"])]
        if sorted(ours) != sorted(built["groups"][FAMILIES[name]]):
            sys.exit("%s differs from %s" % (name, FAMILIES[name]))
        compared += 1
print("%d families of groups are Megatron's" % compared)
