"""Generated loads, written independently of lib/Balance/LoadGenerator.cpp, whose
numbers are the same."""

import bisect
import hashlib
import math

MASK = (1 << 64) - 1


class Draws:
    """SplitMix64 and the distributions drawn from it."""

    def __init__(self, seed):
        self.state, self.spare = seed, None

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def uniform(self):
        return ((self.next() >> 11) + 0.5) / float(1 << 53)

    def normal(self):
        if self.spare is not None:
            value, self.spare = self.spare, None
            return value
        radius = math.sqrt(-2 * math.log(self.uniform()))
        angle = 2 * math.pi * self.uniform()
        self.spare = radius * math.sin(angle)
        return radius * math.cos(angle)

    def gamma(self, shape):
        if shape < 1:
            return self.gamma(shape + 1) * self.uniform() ** (1 / shape)
        d = shape - 1 / 3
        c = 1 / math.sqrt(9 * d)
        while True:
            x = self.normal()
            v = (1 + c * x) ** 3
            if v > 0 and math.log(self.uniform()) < \
                    0.5 * x * x + d - d * v + d * math.log(v):
                return d * v

    def shuffle(self, values):
        for i in range(len(values) - 1, 0, -1):
            j = self.next() % (i + 1)
            values[i], values[j] = values[j], values[i]


def zipf(draws, experts, exponent):
    shares = [(i + 1) ** -exponent for i in range(experts)]
    draws.shuffle(shares)
    return shares


def sample(draws, experts, exponent, tokens):
    total, upto = 0.0, []
    for share in zipf(draws, experts, exponent):
        total += share
        upto.append(total)
    counts = [0] * experts
    for _ in range(int(tokens)):
        counts[min(experts - 1, bisect.bisect(upto, draws.uniform() * total))] += 1
    return counts


def shares_of(draws, kind, numbers, experts):
    if kind == "zipf":
        return zipf(draws, experts, *numbers)
    if kind == "lognormal":
        return [math.exp(numbers[0] * draws.normal()) for _ in range(experts)]
    if kind == "dirichlet":
        return [draws.gamma(numbers[0]) for _ in range(experts)]
    if kind == "grouped":
        groups = int(numbers[2])
        group = [math.exp(numbers[0] * draws.normal()) for _ in range(groups)]
        return [group[e * groups // experts] *
                math.exp(numbers[1] * draws.normal()) for e in range(experts)]
    raise SystemExit("unknown kind " + kind)


def make(recipe, layers, experts, seed, tokens=1 << 24):
    name = f"moe-load/v1/{recipe}/{layers}/{experts}/{seed}"
    digest = hashlib.sha256(name.encode()).digest()
    draws = Draws(int.from_bytes(digest[:8], "little"))
    kind, *numbers = recipe.split(":")
    numbers = [float(number) for number in numbers]
    rows = []
    for _ in range(layers):
        if kind == "sample":
            rows.append(sample(draws, experts, *numbers))
            continue
        shares = shares_of(draws, kind, numbers, experts)
        total = sum(shares)
        rows.append([int(round(share / total * tokens)) for share in shares])
    return rows


def mix(one, other, part):
    """Traffic of two kinds: `part` of the second, as many tokens as the first."""
    rows = []
    for a, b in zip(one, other):
        scale = sum(a) / max(1, sum(b))
        rows.append([int(round((1 - part) * x + part * scale * y))
                     for x, y in zip(a, b)])
    return rows
