"""Plans that do not fit: every value of every degree is written into a copy, checked
and estimated, and the fix of `moec check` has to be as fast as the fastest copy
that fits and breaks no rule. Prints the fixes; `--fix` has to apply the first.

usage: fitting_changes.py MOEC MODELS FOLDER
"""

import copy
import json
import os
import subprocess
import sys

DEGREES = ("tp", "cp", "pp", "vpp", "ep", "etp")
SIZES = (1, 2, 4, 8, 16, 32)
ADAM = {"name": "adamw", "moments": "bf16", "gradients": "fp32", "master": "fp32"}


def training(memory, parallelism, sharding=(("sharding", "distributed"),), recompute="full"):
    return {
        "cluster": {"gpu": "A100", "nodes": 64, "gpus_per_node": 8, "gpu_memory": memory},
        "workload": {
            "mode": "train", "sequence_length": 4096, "micro_batch": 1, "global_batch": 4096,
            "precision": "bf16", "recompute": recompute, "optimizer": ADAM | dict(sharding),
        },
        "parallelism": parallelism,
    }  # fmt: skip


def serving(nodes, framework, workload, parallelism):
    return {
        "framework": framework,
        "cluster": {"gpu": "H100", "nodes": nodes, "gpus_per_node": 8, "gpu_memory": "40 GB"},
        "workload": dict(workload, precision="fp8"),
        "parallelism": parallelism,
    }


LAYOUT = "Et|(tt|)*30mL"
PLANS = [
    ("layout", training("80 GB", {"pp": 16, "vpp": 2, "ep": 32, "etp": 1, "layout": LAYOUT},
                        recompute=["mla_up_proj", "mlp", "moe_act"])),
    ("stated dp", training("40 GB", {"dp": 32, "pp": 16, "vpp": 2, "ep": 32, "etp": 1, "layout": LAYOUT})),
    ("not sharded", training("48 GB", {"pp": 16, "vpp": 2, "ep": 32, "etp": 1, "layout": LAYOUT}, {})),
    ("prefill", serving(4, "sglang", {"mode": "prefill", "sequence_length": 32768, "batch": 1},
                        {"tp": 1, "cp": 2, "ep": 32})),
    ("decode", serving(8, "vllm", {"mode": "decode", "context_length": 16384, "batch": 64},
                       {"tp": 1, "pp": 2, "ep": 32})),
]  # fmt: skip


class Moec:
    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder

    def run(self, *args):
        return subprocess.run([self.binary, *args], capture_output=True, text=True)

    def write(self, name, plan):
        path = os.path.join(self.folder, name)
        with open(path, "w") as out:
            json.dump(plan, out, indent=1)
        return path

    def reports(self, paths):
        found = json.loads(self.run("check", *paths, "--format", "json").stdout)
        return found if isinstance(found, list) else [found]

    def speed(self, path):
        return json.loads(self.run("estimate", path, "--format", "json").stdout)["tokens_per_s_per_gpu"]


def variants(plan):
    """All plans with another value of one degree, with what has to follow."""
    for degree in DEGREES:
        for size in SIZES:
            for ep in {plan["parallelism"]["ep"], *SIZES} if degree == "pp" else {None}:
                for layout in (True, False) if "layout" in plan["parallelism"] else (True,):
                    other = copy.deepcopy(plan)
                    other["parallelism"][degree] = size
                    other["parallelism"].pop("dp", None)
                    if ep:
                        other["parallelism"]["ep"] = ep
                    if not layout:
                        del other["parallelism"]["layout"]
                    if other["parallelism"] != plan["parallelism"]:
                        yield other


def errors(report):
    return [f["rule"] for f in report["findings"] if f["severity"] == "error" or f["rule"] == "memory-5"]


def main(binary, models, folder):
    moec = Moec(binary, folder)
    for name, plan in PLANS:
        plan = {"schema": "moe-plan/1", "name": "p", "model": os.path.join(models, "deepseek-v3/config.json"), **plan}
        path = moec.write("plan.json", plan)
        report = moec.reports([path])[0]
        (finding,) = [f for f in report["findings"] if f["rule"] in ("memory-1", "memory-5")]
        paths = [moec.write("%d.json" % i, other) for i, other in enumerate(variants(plan))]
        fitting = [p for p, r in zip(paths, moec.reports(paths), strict=True) if not errors(r)]
        fastest = max(map(moec.speed, fitting))
        print(name + ":", len(errors(report)), "error,", len(fitting), "values of degrees fit")
        for fix in finding["fixes"]:
            print(" ", {c["key"].rsplit(".", 1)[1]: c["value"] for c in [fix, *fix.get("also", [])]})
        done = moec.run("check", path, "--fix", "--in-place")
        assert done.returncode == 0, done.stdout + done.stderr
        assert moec.speed(path) >= fastest * 0.999999, (moec.speed(path), fastest)


if __name__ == "__main__":
    main(*sys.argv[1:])
