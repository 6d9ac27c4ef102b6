"""round_trip.py MOEC TRANSLATE BUNDLE PLAN.json: builds the bundle of a plan, imports its
flags of Megatron-LM into a new plan and compares the two, section by section; the flags
compile to the same ranks and groups."""

import json
import os
import re
import subprocess
import sys

import compare_bundles
import compare_plans

moec, translate, bundle, plan = sys.argv[1:]


def run(*words):
    result = subprocess.run(words, capture_output=True, text=True)
    if result.returncode:
        sys.exit("%s\n%s%s" % (" ".join(words), result.stdout, result.stderr))
    return result.stdout


def without_comments(path):
    with open(path, encoding="utf-8") as file:
        return json.loads(re.sub(r"//[^\n]*", "", file.read()))


flags = bundle + "/framework/megatron-lm.args"
back = bundle + "-back.json"
stated = without_comments(plan)
cluster = stated["cluster"]
run(moec, "build", plan, "-o", bundle)
run(moec, "import", flags, "--gpu", cluster["gpu"], "--nodes", str(cluster["nodes"]),
    "--gpus-per-node", str(cluster["gpus_per_node"]), "--name", stated["name"], "-o", back)
run(moec, "build", back, "-o", bundle + "-back")
compare_bundles.compare(bundle, bundle + "-back")
for path in (plan, back):
    run(translate, "--import-plan", path, "-o", bundle + os.path.basename(path) + ".mlir")
compare_plans.compare(bundle + os.path.basename(plan) + ".mlir",
                      bundle + os.path.basename(back) + ".mlir", flags)
