"""compare_bundles.py BUNDLE BUNDLE: whether both hold the same rank map and groups, and
the same layers in each stage."""

import json
import re
import sys


def layout(bundle):
    with open(bundle + "/rankmap.csv", encoding="utf-8") as file:
        ranks = [line for line in file if not line.startswith("#")]
    with open(bundle + "/groups.json", encoding="utf-8") as file:
        groups = json.load(file)["communicators"]
    with open(bundle + "/report.md", encoding="utf-8") as file:
        stages = re.findall(r"\| (\d+: [^|]*layers?[^|]*) \|", file.read())
    if not stages:
        sys.exit("no stages in " + bundle)
    for group in groups:
        group.pop("collectives")
        group.pop("bytes_per_rank_and_step", None)
    return ranks, groups, stages


def compare(first, second):
    names = ("rank maps", "groups", "stages")
    for name, ours, theirs in zip(names, layout(first), layout(second)):
        if ours != theirs:
            sys.exit("the %s differ" % name)


if __name__ == "__main__":
    compare(sys.argv[1], sys.argv[2])
    print("the same rank map, groups and stages")
