"""Degrees that a framework refuses, beside the nearest ones that it takes.

usage: framework_cases.py MOEC FOLDER

The accepted ones are those of the frameworks' own documentation and of
`moec groups`, which is tested against groups that the frameworks printed.
"""

import json
import os
import subprocess
import sys

from verifier_cases import plan, texts

# Framework, GPUs, degrees, and the rule and words of the refusal or None.
CASES = [
    ("deepspeed", 16, {"tp": 2, "ep": 16}, ("framework-1", "'ep' is 16, which does not divide dp = 8")),
    ("deepspeed", 16, {"tp": 2, "ep": 8}, None),
    ("torchtitan", 16, {"tp": 2, "ep": 16}, None),
    ("torchtitan", 16, {"tp": 2, "cp": 2, "ep": 8}, None),
    ("megatron", 16, {"tp": 2, "pp": 2, "ep": 8, "etp": 1, "order": "tp-pp-cp-ep-dp"}, ("mesh-3", "differ")),
    ("megatron", 16, {"tp": 2, "pp": 2, "ep": 8, "etp": 1, "order": "tp-cp-ep-dp-pp"}, None),
    ("megatron", 16, {"tp": 2, "pp": 2, "ep": 8, "etp": 1, "order": "ep-tp-cp-dp-pp"}, None),
    ("sglang", 16, {"tp": 2, "dp": 8, "ep": 16}, None),
    ("sglang", 16, {"tp": 16, "ep": 4, "etp": 4}, None),
    ("sglang", 16, {"dp": 16, "ep": 16}, None),
    ("vllm", 16, {"tp": 2, "dp": 8, "ep": 8},
     ("framework-2", "tp x cp x dp = 2 x 1 x 8 = 16, not on ep = 8")),
    ("vllm", 16, {"tp": 2, "dp": 8, "ep": 16}, None),
    ("vllm", 16, {"tp": 2, "pp": 2, "dp": 4, "ep": 8}, None),
    ("vllm", 16, {"tp": 2, "dp": 8}, None),
    ("trtllm", 16, {"tp": 16, "ep": 4, "etp": 2},
     ("framework-2", "tp x cp x dp = 16 x 1 x 1 = 16, not on etp x ep = 2 x 4 = 8")),
    ("trtllm", 16, {"tp": 16, "ep": 8, "etp": 2}, None),
    ("trtllm", 16, {"dp": 16, "ep": 16}, None),
]


def refusal(moec, path):
    """The first error, as rule and texts."""
    done = subprocess.run([moec, "check", "--format", "json", path], capture_output=True, text=True, check=False)
    assert not done.stderr, done.stderr
    errors = [f for f in json.loads(done.stdout)["findings"] if f["severity"] == "error"]
    return errors[0] if errors else None


def main(moec, folder):
    wrong = 0
    for number, (framework, gpus, degrees, wanted) in enumerate(CASES):
        path = os.path.join(folder, "case-%d.json" % number)
        with open(path, "w", encoding="utf-8") as out:
            json.dump(plan({"nodes": gpus // 8}, degrees, {"num_key_value_heads": 16}, framework=framework), out)
        error = refusal(moec, path)
        good = error is None if wanted is None else (
            error is not None and error["rule"] == wanted[0] and any(wanted[1] in text for text in texts(error)))
        wrong += not good
        told = "accepted" if error is None else "[%s] %s" % (error["rule"], error["message"])
        print("%s%s %s: %s" % ("" if good else "WRONG ", framework, degrees, told))
    print("%d cases, %d wrong" % (len(CASES), wrong))
    return wrong != 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
