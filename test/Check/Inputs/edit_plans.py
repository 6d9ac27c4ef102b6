"""Repairs plans whose key is not there or has to go, and prints the changed line.

usage: edit_plans.py MOEC FOLDER
"""

import os
import subprocess
import sys

BEGIN = '{ "schema": "moe-plan/1",\n'
MODEL = '"model": { "num_experts": 17, "num_hidden_layers": 16 }, "cluster": { "world_size": %d },\n'
EXPERTS = BEGIN + MODEL % 6 + '"parallelism": { "ep": 6 }'
LAYOUT = BEGIN + MODEL % 3
# Name, plan, line that changes.
PLANS = [
    ("slots", EXPERTS + "\n}", 0),
    ("section", EXPERTS + ',\n"experts": { "dispatch": "even" }\n}', 3),
    ("empty", EXPERTS + ',\n"experts": {}\n}', 3),
    ("list", LAYOUT + '"framework": "megatron", "parallelism": { "pp": 3 },\n'
     '"workload": { "recompute": ["layernorm", /* ] */ "mla_up_proj"], "mode": "train" }\n}', 3),
    ("removed", LAYOUT + '"parallelism": { "pp": 3, "layout": "uniform" }\n}', 2),
    ("removed first", LAYOUT + '"parallelism": { "layout": "uniform", "pp": 3 }\n}', 2),
]


def main(moec, folder):
    for name, text, line in PLANS:
        path = os.path.join(folder, "edit.json")
        with open(path, "w") as out:
            out.write(text)
        done = subprocess.run([moec, "check", path, "--fix", "--in-place"], capture_output=True, text=True)
        if "written to" not in done.stderr:
            print(name, done.stdout, done.stderr)
        print("%s: %s" % (name, open(path).read().splitlines()[line].rstrip(",")))


if __name__ == "__main__":
    main(*sys.argv[1:])
