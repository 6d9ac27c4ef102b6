"""Writes one plan at several sizes, or prints the claims of a report.

usage: scaled_plans.py FOLDER
       scaled_plans.py --claims < REPORT
"""

import json
import os
import sys

MODEL = {"hidden_size": 6144, "num_hidden_layers": 56, "num_attention_heads": 48, "num_key_value_heads": 8,
         "head_dim": 128, "vocab_size": 32000, "num_experts": 8, "num_experts_per_tok": 2,
         "moe_intermediate_size": 16384, "gated": True}
CLAIMS = [("strong", "strong_scaling > 60 %"), ("half", "strong_scaling < 10 %"), ("weak", "weak_scaling > 60 %")]


def plan(nodes, batch, baseline=None):
    result = {
        "schema": "moe-plan/1", "model": MODEL,
        "cluster": {"gpu": "H100", "nodes": nodes, "gpus_per_node": 8},
        "workload": {"mode": "train", "sequence_length": 4096, "micro_batch": 1, "global_batch": batch},
        "parallelism": {"tp": 2, "pp": 8, "ep": 8, "etp": 1},
    }
    if baseline:
        result["baseline"] = baseline
        result["claims"] = [{"id": name, "says": says, "source": "modelled"} for name, says in CLAIMS]
    return result


def write(folder):
    plans = {"base": plan(16, 512), "strong": plan(32, 512, "base.json"), "weak": plan(32, 1024, "base.json"),
             "same": plan(16, 512, "base.json")}
    for name, content in plans.items():
        with open(os.path.join(folder, name + ".json"), "w", encoding="utf-8") as out:
            json.dump(content, out)


def print_claims():
    for claim in json.load(sys.stdin)["claims"]:
        print(claim["id"], claim["verdict"], claim["computed"], claim["message"])


if __name__ == "__main__":
    print_claims() if sys.argv[1] == "--claims" else write(sys.argv[1])
