"""check_explain.py MOEC PLAN: what `moec explain` names as inputs gives, by the
formula it prints, the value it prints, on every stage."""

import json
import re
import subprocess
import sys

BYTES = {"fp32": 4, "bf16": 2, "fp16": 2}
UNITS = {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12,
         "ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1}


def number(text):
    value, *unit = text.split(" ")
    return float(value) * (UNITS[unit[0]] if unit else 1)


def explain(moec, plan, metric, stage):
    """The value, and the inputs as (name, value, origin)."""
    command = [moec, "explain", plan, metric, "--stage", str(stage)]
    text = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode()
    value = re.match(r"\w+(?: of stage \d+)? = (.*)", text).group(1)
    rows = re.findall(r"^  from  (.*?)  +(.*?)  +(.*)$", text, re.MULTILINE)
    return number(value), rows


def value_of(rows, name):
    return next(value for key, value, _ in rows if key == name)


def near(a, b):
    # Figures are printed with three digits.
    assert abs(a - b) <= 0.012 * max(a, b), (a, b)


def held_parameters(rows):
    """Dense ones, with copies of the embedding, and those of experts."""
    parts = {key: float(v) for key, v, origin in rows if origin.startswith("derived: ")}
    extra = [parts.get(name, 0) for name in ("copy of the embedding", "tied output head")]
    return parts["dense parameters"] + sum(extra), parts["expert parameters"]


def check_states(moec, plan, stage):
    value, rows = explain(moec, plan, "optimizer_states", stage)
    state = (BYTES[value_of(rows, "workload.optimizer.master")]
             + 2 * BYTES[value_of(rows, "workload.optimizer.moments")])
    dense, experts = held_parameters(rows)
    if value_of(rows, "workload.optimizer.sharding") == "distributed":
        ranks = [float(v) for key, v, _ in rows if key == "ranks that share them"]
        near(value, state * (dense / ranks[0] + experts / ranks[1]))
    else:
        near(value, state * (dense + experts))
    value, rows = explain(moec, plan, "gradients", stage)
    near(value, sum(held_parameters(rows)) * BYTES[value_of(rows, "workload.optimizer.gradients")])


def check_activations(moec, plan, stage):
    value, rows = explain(moec, plan, "activations", stage)
    kept = 0
    for name, size, origin in rows:
        if name.startswith("kept by"):
            kept += number(size) * int(re.search(r"(\d+) micro-batch", origin).group(1))
    near(value, kept)


def check_sums(moec, plan, stage):
    for metric in ("peak_memory", "device_memory", "step_time"):
        value, rows = explain(moec, plan, metric, stage)
        near(value, sum(number(v) for _, v, origin in rows
                        if origin.startswith("computed")))


def main():
    moec, plan = sys.argv[1:]
    estimate = subprocess.run([moec, "estimate", plan, "--format", "json"],
                              stdout=subprocess.PIPE, check=True).stdout
    for stage in range(len(json.loads(estimate)["stages"])):
        check_states(moec, plan, stage)
        check_activations(moec, plan, stage)
        check_sums(moec, plan, stage)
    print("explained")


if __name__ == "__main__":
    main()
