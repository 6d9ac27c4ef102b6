#!/usr/bin/env python3
"""Measures `moec balance` beside EPLB and the lower bound.

Loads are generated here (or read from --recorded DIR) and given to moec in a
file; the maps it writes are checked and scored by maps.py, which uses nothing of
the solvers. Times are those of the solvers alone, beside `eplb` in one process
(BUILD/benchmarks/BalanceBenchmark, where it is built). Prints a table and, at
the end, what is reached of the goals.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import cases
import maps
import robustness
from cases import CASES, KINDS
from generate import make
from goals import Goals

HEADER = ["case", "loads", "weighted", "bound", "worst gap", "even", "bound",
          "EPLB", "gap, % of EPLB's", "worst gap", "layers worse", "home",
          "off home", "bound", "hier. EPLB"]


class Runner:
    def __init__(self, build, work):
        self.build = Path(build)
        self.work = Path(work)

    def write(self, name, rows):
        path = self.work / (name.replace(":", "-") + ".json")
        path.write_text(json.dumps(rows))
        return path

    def balance(self, paths, ranks, slots, *options):
        """Placements by layer."""
        command = [self.build / "bin" / "moec", "balance", "--ranks",
                   str(ranks), "--slots", str(slots), *options]
        for path in paths:
            command += ["--loads", path]
        done = subprocess.run(command, capture_output=True, text=True,
                              check=False)
        if done.returncode:
            sys.exit(done.stderr)
        return json.loads(done.stdout)["layers"]


class Table:
    """One row for every case and kind of loads."""

    def __init__(self, runner, goals):
        self.runner, self.goals = runner, goals
        print("| " + " | ".join(HEADER) + " |\n" + "|---" * len(HEADER) + "|",
              flush=True)

    def measure(self, case, rows, path, *options, distinct=True):
        """Of each layer: max over mean, lower bound, map and loads."""
        found = []
        for layer in self.runner.balance([path], case.ranks, case.slots,
                                         *options):
            loads = rows[layer["layer"]]
            tokens = maps.rank_loads(layer, loads, case.ranks, case.slots,
                                     distinct)
            bound = layer["lower_bound"]
            ratio = maps.imbalance(tokens)
            # Of two bounds, of which the simple one is computed here.
            simple = maps.fewest_tokens(loads, case.ranks, case.slots)
            assert bound > simple - 1e-6, "bound below the simple one"
            assert not distinct or ratio > bound - 1e-6, "below the bound"
            found.append((ratio, bound, layer, loads))
        return found

    def add(self, name, case, kind, sources):
        """`sources`: several loads of one kind, with the file of each."""
        weighted, even, eplb, home, nested = [], [], [], [], []
        for rows, path in sources:
            weighted += self.measure(case, rows, path)
            even += self.measure(case, rows, path, "--dispatch", "even")
            eplb += self.measure(case, rows, path, "--mode", "eplb",
                                 distinct=False)
            if cases.is_hierarchical(case):
                nodes = ["--nodes", str(case.nodes), "--groups",
                         str(case.groups)]
                home += self.measure(case, rows, path, "--mode", "home", *nodes)
                nested += self.measure(case, rows, path, "--mode", "eplb",
                                       *nodes, distinct=False)
        for layer in even + eplb:
            maps.check_even(layer[2])
        where = name + ", " + kind
        cells = self.weighted_cells(case, where, weighted)
        cells += self.even_cells(case, where, even, eplb)
        cells += self.home_cells(case, where, home, nested)
        print(f"| {name} | {kind} | " + " | ".join(cells) + " |", flush=True)

    def weighted_cells(self, case, where, found):
        for ratio, bound, _, _ in found:
            if cases.is_exact(case):
                self.goals.add("weighted with E + G - 1 slots: max/mean - 1",
                               ratio - 1, where)
            elif case.slots >= 4:
                self.goals.add("weighted with fewer, S >= 4: % above the bound",
                               ratio / bound - 1, where)
        return [f"{mean(f[0] for f in found):.6f}",
                f"{mean(f[1] for f in found):.6f}",
                f"{100 * max(f[0] / f[1] - 1 for f in found):.4f} %"]

    def even_cells(self, case, where, even, eplb):
        gaps = [e[0] / e[1] - 1 for e in even]
        theirs = mean(p[0] / e[1] - 1 for p, e in zip(eplb, even))
        part = mean(gaps) / theirs if theirs > 1e-9 else 0.0
        above = [e[0] / p[0] - 1 for p, e in zip(eplb, even)]
        for value, theirs_too in zip(above, eplb):
            # EPLB computes in single precision.
            worse = value if value > 1e-6 else 0.0
            self.goals.add("even, every layer: % above EPLB", worse, where)
            if not maps.has_duplicates(theirs_too[2], case.slots):
                self.goals.add(
                    "the same, where EPLB has no expert twice on a rank", worse,
                    where)
        if case.slots >= 4 and cases.has_redundancy(case):
            self.goals.add("even, S >= 4, by row: gap, % of EPLB's", part,
                           where)
        if case.ranks == 128:
            self.goals.add("even, EP128, by row: gap, % of EPLB's", part, where)
        if case.slots <= 2:
            for gap in gaps:
                self.goals.add("even, S <= 2, every layer: % above the bound",
                               gap, where)
        return [f"{mean(e[0] for e in even):.5f}",
                f"{mean(e[1] for e in even):.5f}",
                f"{mean(p[0] for p in eplb):.5f}", f"{100 * part:.1f} %",
                f"{100 * max(gaps):.3f} %",
                str(sum(value > 1e-6 for value in above))]

    def home_cells(self, case, where, home, nested):
        if not home:
            return ["-"] * 4
        shipped = [maps.off_home(layer, loads, case)
                   for _, _, layer, loads in home]
        fewest = [maps.fewest_off_home(loads, case) for _, _, _, loads in home]
        for (ratio, _, _, _), part, least in zip(home, shipped, fewest):
            self.goals.add("home, weighted: max/mean - 1", ratio - 1, where)
            self.goals.add("home: off-home over its bound",
                           part / least if least > 1e-6 else 1 + part, where)
        return [f"{mean(h[0] for h in home):.6f}", f"{mean(shipped):.4f}",
                f"{mean(fewest):.4f}", f"{mean(n[0] for n in nested):.4f}"]


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def add_times(build, goals):
    program = Path(build) / "benchmarks" / "BalanceBenchmark"
    if not program.exists():
        return
    done = subprocess.run([program, "--benchmark_format=json"], check=True,
                          capture_output=True, text=True)
    names = {"weighted": "weighted, {} ranks: ms for all layers",
             "even": "even, {} ranks, tolerance 1e-3: ms for all layers"}
    print("\n| solver, all layers on one thread | loads | ms | of EPLB's |\n"
          "|---|---|---|---|")
    for run in json.loads(done.stdout)["benchmarks"]:
        solver, ranks = run["name"].split("/")[0], int(run["ranks"])
        kind = run["label"]
        print(f"| {solver}, {ranks} ranks of {run['slots']:.0f} slots | {kind} "
              f"| {run['real_time']:.2f} | {run['ratio']:.2f} |")
        if names[solver].format(ranks) in goals.goals:
            goals.add(names[solver].format(ranks), run["real_time"], kind)


def sources_of(case, name, options, runner):
    """Loads of each kind, with the files moec reads them from."""
    rows = {}
    for kind in filter(None, options.kinds.split(",")):
        for seed in range(options.seeds):
            loads = make(kind, case.layers, case.experts, seed)
            rows.setdefault(kind, []).append(
                (loads, runner.write(f"{name}-{kind}-{seed}", loads)))
    if options.recorded and case.experts == 256:
        for path in sorted(Path(options.recorded).glob("*.json")):
            loads = json.loads(path.read_text())["logical_count"]
            if options.fast:
                loads = [row for row in loads if any(row)][:cases.FAST_LAYERS]
            rows[path.stem] = [(loads, runner.write(path.stem, loads))]
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build")
    parser.add_argument("--recorded", help="directory of recorded loads, in "
                        "SGLang's format, of 256 experts")
    parser.add_argument("--cases", default="", help="only names with this")
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--fast", action="store_true",
                        help="few cases, 8 layers, one seed")
    options = parser.parse_args()
    if options.fast:
        options.seeds = 1
    goals = Goals()
    with tempfile.TemporaryDirectory() as work:
        runner = Runner(options.build, work)
        table = Table(runner, goals)
        for name, case in CASES.items():
            if options.cases not in name or (
                    options.fast and name not in cases.FAST_CASES):
                continue
            if options.fast:
                case = case._replace(layers=cases.FAST_LAYERS)
            for kind, found in sources_of(case, name, options, runner).items():
                table.add(name, case, kind, found)
        robustness.add_rows(runner, goals, options)
    add_times(options.build, goals)
    goals.print()


if __name__ == "__main__":
    main()
