#!/usr/bin/env python3
"""Measures `moec balance` beside EPLB and the lower bound, and prints a table.

Loads are generated (or read from --recorded DIR) by moec, placements are scored
here from the emitted map: nothing of the solvers is used, and the loads are read
again from a file. Every map is checked: coverage, distinctness, shares that sum
to 1. Times are of the solvers alone, as ratios to `eplb` in one process
(BalanceBenchmark of the build).
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

# name: layers, experts, ranks, nodes, slots a rank, router groups
CASES = {
    "dsv3-prefill-ep32": (58, 256, 32, 4, 9, 8),
    "dsv3-train-ep32-nored": (58, 256, 32, 4, 8, 1),
    "dsv3-train-ep64-nored": (58, 256, 64, 8, 4, 1),
    "dsv3-ep16": (58, 256, 16, 2, 18, 8),
    "dsv3-ep64-hier": (58, 256, 64, 8, 5, 8),
    "dsv3-gb200-ep72": (58, 256, 72, 1, 4, 1),
    "dsv3-decode-ep144": (58, 256, 144, 18, 2, 8),
    "dsv3-decode-ep128": (58, 256, 128, 16, 3, 8),
    "dsv3-decode-ep320": (58, 256, 320, 40, 1, 8),
    "qwen3-235b-ep8": (94, 128, 8, 1, 16, 1),
    "qwen3-235b-ep16": (94, 128, 16, 2, 9, 1),
    "qwen3-235b-ep32": (94, 128, 32, 4, 5, 1),
    "qwen3-235b-ep64": (94, 128, 64, 8, 3, 1),
    "mixtral-8x22b-ep8": (56, 8, 8, 1, 2, 1),
    "mixtral-8x22b-ep4": (56, 8, 4, 1, 3, 1),
    "kimi-k2-ep32": (60, 384, 32, 4, 13, 1),
    "kimi-k2-ep128": (60, 384, 128, 16, 4, 1),
    "gptoss-120b-ep8": (36, 128, 8, 1, 17, 1),
    "scale-1024": (58, 256, 1024, 128, 2, 1),
    "kimi-scale-1024": (60, 384, 1024, 128, 2, 1),
}
KINDS = ["zipf:0.8", "zipf:1.2", "lognormal:1.0", "dirichlet:0.3",
         "grouped:0.5:0.7:8", "sample:0.8:4096"]


def score(layer, loads, ranks, slots, distinct):
    """Max over mean of one layer, from its map alone."""
    experts, weights = layer["phy2log"], layer["weights"]
    assert len(experts) == len(weights) == ranks * slots
    shares = [0.0] * len(loads)
    busiest = 0.0
    for rank in range(ranks):
        held = [e for e in experts[rank * slots:(rank + 1) * slots] if e >= 0]
        assert not distinct or len(held) == len(set(held)), "an expert twice"
        load = 0.0
        for p in range(rank * slots, (rank + 1) * slots):
            if experts[p] >= 0:
                assert 0 <= weights[p] <= 1 + 1e-9
                shares[experts[p]] += weights[p]
                load += weights[p] * loads[experts[p]]
        busiest = max(busiest, load)
    assert all(abs(share - 1) < 1e-9 for share in shares), "shares"
    return busiest * ranks / sum(loads)


def even_weights(layer):
    copies = {}
    for expert in layer["phy2log"]:
        copies[expert] = copies.get(expert, 0) + 1
    for p, expert in enumerate(layer["phy2log"]):
        if expert >= 0:
            assert abs(layer["weights"][p] * copies[expert] - 1) < 1e-9, "even"


class Runner:
    def __init__(self, build, work):
        self.moec = str(Path(build) / "bin" / "moec")
        self.work = Path(work)

    def balance(self, source, ranks, slots, *options):
        done = subprocess.run(
            [self.moec, "balance", *source, "--ranks", str(ranks), "--slots",
             str(slots), *options], capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(done.stderr)
        return json.loads(done.stdout)["layers"]

    def column(self, name, loads, case, source):
        """Mean and worst of max/mean, mean of the bound, of one column."""
        layers, experts, ranks, nodes, slots, groups = case
        options = {"weighted": [], "even": ["--dispatch", "even"],
                   "eplb": ["--mode", "eplb"],
                   "home": ["--mode", "home", "--nodes", str(nodes),
                            "--groups", str(groups)]}[name]
        maps = self.balance(source, ranks, slots, *options)
        found = []
        for layer in maps:
            if name in ("even", "eplb"):
                even_weights(layer)
            found.append((score(layer, loads[layer["layer"]], ranks, slots,
                                name != "eplb"),
                          layer["lower_bound"], layer["off_home"],
                          layer.get("off_home_lower_bound", 0.0)))
        return found


def generated_loads(kind, case, seed, runner):
    """The loads themselves: one expert per rank shows them to us."""
    path = runner.work / f"loads-{kind.replace(':', '-')}-{case[1]}-{seed}.json"
    from generate import make
    rows = make(kind, case[0], case[1], seed)
    path.write_text(json.dumps(rows))
    return rows, ["--loads", str(path)]


def mean(values):
    values = list(values)
    return sum(values) / len(values) if values else 0.0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build")
    parser.add_argument("--recorded", help="directory of recorded loads")
    parser.add_argument("--cases", default="", help="only names with this")
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--work", default="/tmp")
    options = parser.parse_args()
    runner = Runner(options.build, options.work)
    print("| case | loads | weighted | bound | worst gap | even | even bound | "
          "EPLB | gap, part of EPLB's | worse layers | home | off home | bound |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|---|")
    for name, case in CASES.items():
        if options.cases not in name:
            continue
        sources = [(kind, seed) for kind in options.kinds.split(",") if kind
                   for seed in range(options.seeds)]
        recorded = sorted(Path(options.recorded).glob("*.json")) \
            if options.recorded and case[1] == 256 else []
        rows = {}
        for kind, seed in sources:
            loads, source = generated_loads(kind, case, seed, runner)
            rows.setdefault(kind, []).append((loads, source))
        for path in recorded:
            loads = json.loads(path.read_text())["logical_count"]
            rows[path.stem] = [(loads, ["--loads", str(path)])]
        for kind, windows in rows.items():
            columns = {column: [] for column in ("weighted", "even", "eplb",
                                                 "home")}
            for loads, source in windows:
                for column, found in columns.items():
                    if column != "home" or case[5] > 1 \
                            and case[5] % case[3] == 0:
                        found += runner.column(column, loads, case, source)
            print_row(name, kind, columns)


def print_row(name, kind, columns):
    weighted, even, eplb = (columns[c] for c in ("weighted", "even", "eplb"))
    gap = mean(e[0] / e[1] - 1 for e in even)
    theirs = mean(p[0] / e[1] - 1 for p, e in zip(eplb, even))
    home = columns["home"]
    cells = [
        f"{mean(w[0] for w in weighted):.6f}",
        f"{mean(w[1] for w in weighted):.6f}",
        f"{100 * max(w[0] / w[1] - 1 for w in weighted):.4f} %",
        f"{mean(e[0] for e in even):.5f}", f"{mean(e[1] for e in even):.5f}",
        f"{mean(p[0] for p in eplb):.5f}",
        f"{100 * gap / theirs:.1f} %" if theirs > 1e-9 else "-",
        str(sum(e[0] > p[0] * (1 + 1e-6) for e, p in zip(even, eplb)))]
    cells += [f"{mean(h[0] for h in home):.6f}",
              f"{mean(h[2] for h in home):.4f}",
              f"{mean(h[3] for h in home):.4f}"] if home else ["-"] * 3
    print(f"| {name} | {kind} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
