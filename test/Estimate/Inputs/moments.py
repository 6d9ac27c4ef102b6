"""Compares the states of estimates of one small plan under several optimizers.

usage: moments.py ADAMW SGD LION MUON
"""

import json
import sys

# The embedding on the first stage, the head on the last: 32000 x 1024 over tp 2.
END = 32000 // 2 * 1024


def states(path):
    with open(path) as file:
        return [stage["optimizer_bytes"] for stage in json.load(file)["stages"]]


def main(adamw, sgd, lion, muon):
    parameters = [size // 12 for size in states(adamw)]
    assert states(sgd) == [8 * count for count in parameters], "sgd"
    assert states(lion) == states(sgd), "lion"
    assert states(muon) == [8 * count + 4 * END for count in parameters], "muon"


main(*sys.argv[1:])
