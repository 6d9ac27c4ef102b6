"""vary_plan.py PLAN OUT [KEY=JSON...]: writes a copy of a commented plan with
some values replaced; KEY is a path with dots. Paths of the plan stay valid."""

import json
import os
import re
import sys


def read_plan(path):
    """The plan without comments; its strings hold no `//`."""
    with open(path) as file:
        return json.loads(re.sub(r"//.*", "", file.read()))


def vary(plan, key, value):
    *parents, last = key.split(".")
    for name in parents:
        plan = plan.setdefault(name, {})
    plan[last] = value


if __name__ == "__main__":
    source, target, *changes = sys.argv[1:]
    plan = read_plan(source)
    plan["model"] = os.path.join(os.path.dirname(source), plan["model"])
    for change in changes:
        key, _, value = change.partition("=")
        vary(plan, key, json.loads(value))
    with open(target, "w") as file:
        json.dump(plan, file)
