"""Traffic that a placement has not seen, and placements that follow traffic.

Of recordings, each file is left out once and the others are the windows.
Generated traffic is a mixture of two kinds in several proportions."""

import json
from pathlib import Path

import maps
from cases import FAST_LAYERS
from generate import make, mix

RANKS, SLOTS, EXPERTS, LAYERS = 32, 9, 256, 58
SEEN, UNSEEN = [0.0, 0.3, 0.7, 1.0], [0.15, 0.5, 0.85]
# Part of the tokens that go to other experts: recordings of prompts of another
# length differ by 0.06 to 0.17, repeated ones by 0.008.
CHANGED, MILD = 0.1, 0.008


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def distance(one, other):
    """Part of the tokens that go to other experts, over all layers."""
    apart = [sum(abs(x / sum(a) - y / sum(b)) for x, y in zip(a, b)) / 2
             for a, b in zip(one, other) if any(a) and any(b)]
    return mean(apart)


class Robustness:
    def __init__(self, runner, goals):
        self.runner, self.goals = runner, goals

    def balance(self, paths, *options):
        return self.runner.balance(paths, RANKS, SLOTS, *options)

    def ratios(self, layers, rows):
        return [maps.imbalance(maps.rank_loads(layer, rows[layer["layer"]],
                                               RANKS, SLOTS))
                for layer in layers]

    def write(self, layers):
        path = self.runner.work / "placement.json"
        path.write_text(json.dumps(
            {"schema": "moe-placement/1", "ranks": RANKS, "slots": SLOTS,
             "layers": [{key: layer[key] for key in
                         ("layer", "phy2log", "weights")} for layer in layers]}))
        return path

    def solve_again(self, layers, path):
        """The same slots with the best shares for other loads."""
        return self.balance([path], "--from", self.write(layers), "--target",
                            "1000")

    def add_unseen(self, name, seen, unseen):
        even = self.balance(seen, "--dispatch", "even")
        weighted = self.balance(seen)
        for rows, path in unseen:
            ratio = mean(self.ratios(even, rows))
            again = mean(self.ratios(self.solve_again(weighted, path), rows))
            self.goals.add("unseen traffic, even, by file: max/mean", ratio,
                           name)
            self.goals.add("unseen traffic, shares solved again: max/mean",
                           again, name)
            print(f"| {name} | {len(seen)} windows | {ratio:.4f} | "
                  f"{again:.4f} |", flush=True)

    def add_repair(self, name, before, after, what):
        (_, path), (rows, target) = before, after
        cells = []
        for dispatch in ("even", "weighted"):
            layers = self.balance([path], "--dispatch", dispatch)
            now = self.balance([target], "--dispatch", dispatch, "--from",
                               self.write(layers))
            ratios = self.ratios(now, rows)
            moved = mean(changed(layers, now))
            cells.append(f"{moved:.1f} moves to {max(ratios):.4f}")
            # A repair that stops short is no repair.
            self.goals.add(
                f"repair to 1.02, {what}, {dispatch}: moves a layer",
                moved if max(ratios) <= 1.02 + 1e-9 else float("inf"), name)
        print(f"| {name} | repair, {what} | {cells[0]} | {cells[1]} |",
              flush=True)


def changed(before, after):
    """Copies that are on a rank where they were not, by layer."""
    for old, new in zip(before, after):
        yield sum(e >= 0 and e not in old["phy2log"][p // SLOTS * SLOTS:
                                                     p // SLOTS * SLOTS + SLOTS]
                  for p, e in enumerate(new["phy2log"]))


def recorded_windows(options, runner):
    windows = {}
    for path in sorted(Path(options.recorded).glob("*.json")):
        rows = [row for row in json.loads(path.read_text())["logical_count"]
                if any(row)]
        if options.fast:
            rows = rows[:FAST_LAYERS]
        windows[path.stem] = (rows, runner.write(path.stem, rows))
    return windows


def add_recorded(study, options):
    windows = recorded_windows(options, study.runner)
    for name, window in windows.items():
        study.add_unseen(name, [w[1] for n, w in windows.items() if n != name],
                         [window])
    for name, before in windows.items():
        for other, after in windows.items():
            apart = distance(before[0], after[0])
            same = name.split("_")[0] == other.split("_")[0]
            if name != other and same:
                study.add_repair(f"{name} to {other}", before, after,
                                 "mild drift" if apart < 0.02
                                 else "changed traffic")


def add_generated(study, kind, options):
    layers = FAST_LAYERS if options.fast else LAYERS
    for seed in range(options.seeds):
        one, other = (make(kind, layers, EXPERTS, s)
                      for s in (seed, seed + 1000))
        apart = distance(one, other)

        def window(part):
            rows = mix(one, other, part)
            return rows, study.runner.write(f"{kind}-{seed}-{part:.3f}", rows)

        study.add_unseen(kind, [window(part)[1] for part in SEEN],
                         [window(part) for part in UNSEEN])
        for amount, what in ((CHANGED, "changed traffic"), (MILD, "mild drift")):
            study.add_repair(kind, window(0.0), window(amount / apart), what)


def add_rows(runner, goals, options):
    study = Robustness(runner, goals)
    print("\n| loads, 32 ranks of 9 slots | what | even | weighted |\n"
          "|---|---|---|---|")
    if options.recorded:
        add_recorded(study, options)
    kinds = [kind for kind in options.kinds.split(",") if kind]
    for kind in kinds[:1] if options.fast else kinds:
        add_generated(study, kind, options)
