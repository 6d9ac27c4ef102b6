"""slot_price.py MOEC PLAN PRICE WORK: what PRICE says one more slot takes is the
difference of the estimates of PLAN with 2 and with 3 slots a rank."""

import json
import os
import re
import subprocess
import sys

moec, plan, price, work = sys.argv[1:]


def device_memory(slots):
    with open(plan, encoding="utf-8") as file:
        text = file.read().rstrip().removesuffix("}").rstrip()
    # Paths in the plan are relative to it.
    models = os.path.join(os.path.dirname(os.path.abspath(plan)), "models")
    text = text.replace('"models/', f'"{models}/')
    path = os.path.join(work, f"slots{slots}.json")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text + f',\n  "experts": {{ "slots_per_rank": {slots} }}\n}}\n')
    done = subprocess.run([moec, "estimate", path, "--format", "json"],
                          stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)["device_memory_bytes"]


with open(price, encoding="utf-8") as file:
    said = float(re.search(r"rank takes ([0-9.]+) GB", file.read()).group(1))
takes = (device_memory(3) - device_memory(2)) / 1e9
assert abs(said - takes) <= 0.006 * takes, (said, takes)
