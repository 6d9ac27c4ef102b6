#!/usr/bin/env python3
"""Whole-process measurements: median wall time and peak memory of each command.

Peaks below about 50 MiB can be those of this script, which the system counts for
a process until it runs the command.

usage: whole_process.py [BUILD_DIR] [--runs N] [--json FILE]

Every row names its goal; the exit status is 1 when a goal is missed. Nothing
here is a test: figures depend on the machine, which the head line names. The
peer is Megatron-Core's own group generator, whose times (0.09 s, 1.1 s, 9.8 s
for 1,024, 16,384 and 131,072 ranks) were measured on a 2-core machine with
megatron/core/parallel_state.py at d98e8a64.
"""

import argparse
import csv
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MEGATRON_131072_S = 9.8
INPUTS = os.path.join(SOURCE, "test", "Check", "Inputs")
sys.path.insert(0, INPUTS)
sys.dont_write_bytecode = True
from published import plan as published_plan  # noqa: E402


def run_once(command):
    """Wall seconds and peak resident bytes of one process."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"failed: {' '.join(command)}")
    return seconds, usage.ru_maxrss * 1024


def measure(command, runs, before=None):
    seconds, peak = [], 0
    for _ in range(runs):
        if before:
            before()
        wall, memory = run_once(command)
        seconds.append(wall)
        peak = max(peak, memory)
    return statistics.median(seconds), peak


def enumerate_groups(world, tp, pp, ep, etp):
    """Six basic families by visiting every rank, in plain Python: the
    peer in the same run. Returns seconds and the number of groups."""
    start = time.perf_counter()
    dp, edp = world // (tp * pp), world // (etp * ep * pp)
    count = 0
    for sizes, axes in (((tp, dp, pp), range(3)), ((etp, ep, edp, pp), range(3))):
        for axis in axes:
            stride = 1
            for size in sizes[:axis]:
                stride *= size
            families = {}
            for rank in range(world):
                key = rank - rank // stride % sizes[axis] * stride
                families.setdefault(key, []).append(rank)
            count += len(families)
            json.dumps(list(families.values()))
    return time.perf_counter() - start, count


def scaled_plan(folder, nodes):
    """Mixtral-like plan of `nodes` x 8 ranks: everything but DP stays."""
    path = os.path.join(folder, f"plan_{nodes * 8}.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(
            {
                "schema": "moe-plan/1",
                "name": f"scaled_{nodes * 8}",
                "model": {
                    "hidden_size": 6144,
                    "num_hidden_layers": 56,
                    "num_attention_heads": 48,
                    "num_key_value_heads": 8,
                    "head_dim": 128,
                    "vocab_size": 32000,
                    "num_experts": 8,
                    "num_experts_per_tok": 2,
                    "moe_intermediate_size": 16384,
                    "gated": True,
                },
                "cluster": {"gpu": "H100", "nodes": nodes, "gpus_per_node": 8},
                "workload": {
                    "mode": "train",
                    "sequence_length": 4096,
                    "micro_batch": 1,
                    "global_batch": nodes * 8,
                    "precision": "bf16",
                },
                "parallelism": {"tp": 2, "pp": 8, "ep": 8, "etp": 1},
            },
            file,
        )
    return path


def claims_plan(folder):
    """200 true claims about a plan of 16,384 ranks: products, quotients, figures
    that follow from the plan and figures of the cost model."""
    with open(scaled_plan(folder, 2048), encoding="utf-8") as file:
        plan = json.load(file)
    metrics = ["world_size = 16384", "dp = 1024", "ep_groups = 2048", "layers_per_rank = 7",
               "weights < 80 GB", "device_memory < 80 GB", "mfu < 100 %", "step_time > 1 ms",
               "throughput > 1 tokens/s", "experts_per_rank = 1"]
    says = [f"{n} * {n + 1} GB / 2 = {n * (n + 1) // 2} GB" for n in range(2, 102)]
    says += [f"{metrics[n % 10]}" for n in range(100)]
    plan["claims"] = [{"id": f"c{n}", "says": text, "source": "modelled"} for n, text in enumerate(says)]
    path = os.path.join(folder, "claims.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(plan, file)
    return path


def published_plans(folder, number):
    """As many plans as asked for: the published configurations, over and over."""
    rows = list(csv.DictReader(open(os.path.join(INPUTS, "published.csv"), encoding="utf-8")))
    models = json.load(open(os.path.join(INPUTS, "published-models.json"), encoding="utf-8"))
    paths = []
    for index in range(number):
        paths.append(os.path.join(folder, f"published_{index:04}.json"))
        with open(paths[-1], "w", encoding="utf-8") as file:
            json.dump(published_plan(rows[index % len(rows)], models, f"plan_{index}"), file)
    return paths


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", nargs="?", default=os.path.join(SOURCE, "build"))
    parser.add_argument("--runs", type=int, default=11)
    parser.add_argument("--json")
    options = parser.parse_args()
    moec = os.path.join(options.build, "bin", "moec")
    moe_opt = os.path.join(options.build, "bin", "moe-opt")
    example = os.path.join(SOURCE, "examples", "mixtral-8x22b-128xH100")
    folder = tempfile.mkdtemp(prefix="moe-bench-")
    bundle = os.path.join(folder, "bundle")
    rows = []

    def row(name, command, goal_s=None, goal_bytes=None, runs=options.runs, before=None):
        seconds, peak = measure(command, runs, before)
        missed = (goal_s is not None and seconds > goal_s) or (
            goal_bytes is not None and peak > goal_bytes
        )
        rows.append(
            {"name": name, "median_s": seconds, "peak_bytes": peak, "goal_s": goal_s,
             "goal_bytes": goal_bytes, "runs": runs, "missed": missed}
        )
        goal = "" if goal_s is None else f"goal {goal_s * 1e3:g} ms"
        if goal_bytes is not None:
            goal += f", {goal_bytes / 2**20:g} MiB"
        print(f"{name:44} {seconds * 1e3:9.1f} ms {peak / 2**20:8.1f} MiB  "
              f"{goal}{'  MISSED' if missed else ''}", flush=True)
        return seconds

    with open("/proc/cpuinfo", encoding="utf-8") as cpuinfo:
        model = next(
            (line.split(":")[1].strip() for line in cpuinfo if line.startswith("model name")),
            platform.machine(),
        )
    print(f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.release()}")
    row("moec check, 128 ranks", [moec, "check", example + ".json"], 0.010)
    row("moec check, 200 claims, 16384 ranks", [moec, "check", claims_plan(folder)], 0.100)
    seconds = row("moec check --batch, 1000 plans", [moec, "check", "--batch", *published_plans(folder, 1000)],
                  1000 / 200, runs=min(options.runs, 5))
    print(f"  {1000 / seconds:.0f} plans a second")
    row("moe-opt --verify-balance, 128 ranks",
        [moe_opt, example + ".mlir", "--verify-balance", "-o", "/dev/null"], 0.035)
    groups = [moec, "groups", "--framework", "megatron", "--tp", "2", "--pp", "8",
              "--ep", "64", "--etp", "1", "--world"]
    for world in (1024, 16384, 131072):
        seconds = row(f"moec groups, {world} ranks", groups + [str(world)],
                      MEGATRON_131072_S / 200 if world == 131072 else None)
    print(f"  Megatron's generator (9.8 s, measured elsewhere) / moec groups: "
          f"{MEGATRON_131072_S / seconds:.0f}x")
    peer, count = enumerate_groups(131072, 2, 8, 64, 1)
    print(f"  plain Python, six families of {count} groups, same run: {peer:.2f} s, "
          f"{peer / seconds:.0f}x moec's time for all families")
    for nodes in (128, 512, 2048, 8192, 16384):
        seconds = row(
            f"moec build, {nodes * 8} ranks",
            [moec, "build", scaled_plan(folder, nodes), "-o", bundle],
            2.0 if nodes == 16384 else None,
            2**30 if nodes == 16384 else None,
            runs=min(options.runs, 5),
            before=lambda: shutil.rmtree(bundle, ignore_errors=True),
        )
        print(f"  {seconds / (nodes * 8) * 1e6:.1f} us a rank")
    shutil.rmtree(folder)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(rows, file, indent=1)
    return any(entry["missed"] for entry in rows)


if __name__ == "__main__":
    sys.exit(main())
