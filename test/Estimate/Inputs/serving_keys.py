"""Compares the estimates that serving-keys.test made with and without its keys.

usage: serving_keys.py FOLDER
"""

import json
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])


def read(name):
    return json.loads((folder / (name + ".json")).read_text())


def column(estimate, key):
    return [stage[key] for stage in estimate["stages"]]


def close(found, expected, what):
    assert abs(found / expected - 1) < 1e-9, (what, found, expected)


plain, fp8, draft = read("plain"), read("fp8"), read("draft")
# 8 layers of 256 + 32 numbers for 64 requests of 4096 tokens.
cache = 8 * (256 + 32) * 64 * 4096
assert column(plain, "kv_cache_bytes") == [2 * cache]
assert column(fp8, "kv_cache_bytes") == [cache]
assert fp8["step_time_s"] < plain["step_time_s"]
# The prediction layer has keys too.
assert column(draft, "kv_cache_bytes") == [2 * cache // 8 * 9]
close(draft["tpot_s"], draft["step_time_s"] / 1.85, "tpot")
close(draft["tokens_per_s_per_gpu"], 64 * 1.85 / draft["step_time_s"], "rate")
assert draft["step_time_s"] > plain["step_time_s"]
assert draft["forward_flops_per_token"] == plain["forward_flops_per_token"]

kept, offloaded, dual = read("kept"), read("offloaded"), read("dual")
for before, after, host in zip(
    column(kept, "optimizer_bytes"),
    column(offloaded, "optimizer_bytes"),
    column(offloaded, "host_bytes"),
):
    assert before == after + host and abs(after - host) <= 1, (before, after, host)
assert all("host_bytes" not in stage for stage in kept["stages"])
assert offloaded["step_time_s"] > kept["step_time_s"]

weights = column(kept, "weights_bytes")
assert column(dual, "weights_bytes") == [a + b for a, b in zip(weights, reversed(weights))]
assert dual["step"]["bubble_s"] < kept["step"]["bubble_s"], (dual["step"], kept["step"])
