"""Checks and scores placements from the emitted map and the loads alone. Nothing
of the solvers is used."""

import functools
from itertools import combinations


def rank_loads(layer, loads, ranks, slots, distinct=True):
    """Tokens of each rank; stops at a map that is none."""
    experts, weights = layer["phy2log"], layer["weights"]
    assert len(experts) == len(weights) == ranks * slots, "size of the map"
    shares = [0.0] * len(loads)
    result = []
    for first in range(0, ranks * slots, slots):
        held, load = set(), 0.0
        for expert, weight in zip(experts[first:first + slots],
                                  weights[first:first + slots]):
            if expert < 0:
                assert weight == 0, "weight of an empty slot"
                continue
            assert not distinct or expert not in held, "an expert twice"
            assert 0 <= weight <= 1 + 1e-9, "weight outside 0 to 1"
            held.add(expert)
            shares[expert] += weight
            load += weight * loads[expert]
        result.append(load)
    assert all(abs(share - 1) < 1e-9 for share in shares), "shares"
    return result


def imbalance(tokens):
    return max(tokens) * len(tokens) / sum(tokens)


def has_duplicates(layer, slots):
    """Whether a rank holds an expert twice."""
    experts = layer["phy2log"]
    ranks = [experts[i:i + slots] for i in range(0, len(experts), slots)]
    return any(len(set(rank)) < len(rank) for rank in ranks)


def check_even(layer):
    copies = {}
    for expert in layer["phy2log"]:
        copies[expert] = copies.get(expert, 0) + 1
    for expert, weight in zip(layer["phy2log"], layer["weights"]):
        assert expert < 0 or abs(weight * copies[expert] - 1) < 1e-9, "even"


def fewest_tokens(loads, ranks, slots):
    """max(mean, T) over the mean, T the smallest load of a busiest rank with
    sum(ceil(load / T)) at most all slots."""
    mean = sum(loads) / ranks
    low, high = mean, max(max(loads), mean)
    fits = lambda t: sum(max(1, -int(-w / t // 1)) for w in loads) <= ranks * slots
    if fits(low):
        return 1.0
    while high - low > 1e-9 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if fits(middle) else (middle, high)
    return low / mean


def choose_homes(case, value):
    """The largest sum of value(group, node) with equally many groups on every
    node; of values at least 0."""
    each = case.groups // case.nodes

    @functools.lru_cache(maxsize=None)
    def best(node, free):
        if node == case.nodes:
            return 0.0
        return max(sum(value(g, node) for g in chosen) +
                   best(node + 1, free - frozenset(chosen))
                   for chosen in combinations(sorted(free), each))

    return best(0, frozenset(range(case.groups)))


def off_home(layer, loads, case):
    """Part of the tokens served elsewhere than on the home node of their expert,
    for the homes that suit the map best."""
    size = case.experts // case.groups
    per_node = case.ranks * case.slots // case.nodes
    at = [[0.0] * case.nodes for _ in range(case.groups)]
    for p, (expert, weight) in enumerate(zip(layer["phy2log"],
                                             layer["weights"])):
        if expert >= 0:
            at[expert // size][p // per_node] += weight * loads[expert]
    home = choose_homes(case, lambda group, node: at[group][node])
    return max(0.0, 1 - home / sum(loads))


def fewest_off_home(loads, case):
    """What the nodes have above their mean, for the best homes."""
    size, each = case.experts // case.groups, case.groups // case.nodes
    groups = [sum(loads[g * size:(g + 1) * size]) for g in range(case.groups)]
    mean = sum(groups) / case.nodes

    @functools.lru_cache(maxsize=None)
    def least(free):
        if not free:
            return 0.0
        first, *rest = sorted(free)
        return min(max(0.0, groups[first] + sum(groups[g] for g in others) - mean)
                   + least(free - {first, *others})
                   for others in combinations(rest, each - 1))

    return least(frozenset(range(case.groups))) / sum(groups)
