"""What placements should reach, and the worst of what they did."""


class Goal:
    """Values against a limit; the rows of the table they came from."""

    def __init__(self, name, what, limit, unit=1.0, digits=6, of_mean=False):
        self.name, self.what, self.limit = name, what, limit
        self.unit, self.digits, self.of_mean = unit, digits, of_mean
        self.count = self.over = 0
        self.worst, self.where, self.sum = None, "", 0.0

    def add(self, value, where):
        self.count += 1
        self.sum += value
        self.over += value > self.limit * (1 + 1e-12)
        if self.worst is None or value > self.worst:
            self.worst, self.where = value, where

    def row(self):
        shown = lambda value: f"{value / self.unit:.{self.digits}f}"
        if not self.count:
            return f"| {self.name} | {self.what} | {shown(self.limit)} | - | - | - | not measured |"
        mean = self.sum / self.count
        reached = mean <= self.limit if self.of_mean else self.over == 0
        verdict = "reached" if reached else "missed"
        return (f"| {self.name} | {self.what} | {shown(self.limit)} | "
                f"{shown(mean)} | {shown(self.worst)} ({self.where}) | "
                f"{self.over} of {self.count} | {verdict} |")


class Goals:
    def __init__(self):
        percent = {"unit": 0.01, "digits": 3}
        self.goals = {goal.what: goal for goal in [
            Goal("B1", "weighted with E + G - 1 slots: max/mean - 1", 1e-6,
                 digits=9),
            Goal("B1", "weighted with fewer, S >= 4: % above the bound", 0.002,
                 **percent),
            Goal("B2", "home, weighted: max/mean - 1", 1e-6, digits=9),
            Goal("B2", "home: off-home over its bound", 1.05, digits=3),
            Goal("B3", "even, every layer: % above EPLB", 0.0, **percent),
            Goal("B3", "the same, where EPLB has no expert twice on a rank",
                 0.0, **percent),
            Goal("B3", "even, S >= 4, by row: gap, % of EPLB's", 0.10,
                 **percent),
            Goal("B3", "even, EP128, by row: gap, % of EPLB's", 0.05, **percent),
            Goal("B3b", "even, S <= 2, every layer: % above the bound", 0.02,
                 **percent),
            Goal("B4", "unseen traffic, even, by file: max/mean", 1.015,
                 digits=4),
            Goal("B4", "unseen traffic, shares solved again: max/mean", 1.015,
                 digits=4),
            *[Goal("B5", f"repair to 1.02, {what}, {dispatch}: moves a layer",
                   limit, digits=1)
              for what, limit in (("changed traffic", 15), ("mild drift", 1.5))
              for dispatch in ("even", "weighted")],
            Goal("B6", "weighted, 32 ranks: ms for all layers", 1, digits=2),
            Goal("B6", "weighted, 1024 ranks: ms for all layers", 10, digits=2),
            Goal("B6", "even, 32 ranks, tolerance 1e-3: ms for all layers", 3,
                 digits=2),
        ]}

    def add(self, what, value, where):
        self.goals[what].add(value, where)

    def print(self):
        print("\n| goal | what | limit | mean | worst | over | |")
        print("|---|---|---|---|---|---|---|")
        for goal in self.goals.values():
            print(goal.row())
