"""Plans at the edges of rules: what must be said of each, and what must not.

A case changes a sound plan. `says` lists rules with a part of their message,
`silent` rules that have nothing to say; of a plan without either every section
passes and there is no finding.

usage: boundaries.py MOEC FOLDER
"""

import copy
import json
import os
import subprocess
import sys

BASE = {
    "schema": "moe-plan/1",
    "model": {
        "hidden_size": 4096,
        "num_hidden_layers": 32,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "vocab_size": 32000,
        "gated": True,
        "num_experts": 8,
        "num_experts_per_tok": 2,
        "moe_intermediate_size": 2048,
    },
    "cluster": {"gpu": "H100", "nodes": 2, "gpus_per_node": 8},
    "workload": {
        "mode": "train",
        "sequence_length": 4096,
        "micro_batch": 1,
        "global_batch": 64,
        "recompute": "full",
        "optimizer": {"name": "adamw", "sharding": "distributed"},
    },
    "parallelism": {"tp": 2, "pp": 2, "ep": 4, "etp": 1},
}
PREFILL = {"mode": "prefill", "sequence_length": 4096, "batch": 8}
DECODE = {"mode": "decode", "context_length": 4096, "batch": 64}
DRAFTS = dict(DECODE, draft_tokens=1, acceptance=0.85)
SERVED = {"tp": 1, "ep": 8, "etp": 1}


def claims(*texts):
    return [
        {"id": "c%d" % number, "says": text, "source": "assumed"}
        for number, text in enumerate(texts)
    ]


def collective(axis, kind, purpose):
    return {"axis": axis, "kind": kind, "for": purpose}


def dense(model):
    return {
        key: value
        for key, value in dict(model, intermediate_size=8192).items()
        if "expert" not in key and "moe" not in key
    }


CASES = []


def case(name, says=(), silent=(), replace=None, **sections):
    plan = copy.deepcopy(BASE)
    for section, change in sections.items():
        if isinstance(change, dict) and section in plan and section not in (replace or ()):
            plan[section].update(change)
        else:
            plan[section] = change
    CASES.append((name, plan, list(says), list(silent)))


case("sound")

# communication-1, communication-2: the axis decides, then the words.
case("collectives that exchange no tokens", silent=["communication-1", "communication-8"],
     parallelism={"etp": 2},
     stated={"collectives": [
         collective("etp", "all_reduce", "expert partial sums"),
         collective("pp", "send_recv", "activations between expert layers"),
         collective("dp", "all_reduce", "expert load statistics")]})
case("routing over another axis", [("communication-1", "stated is all_reduce over dp for 'expert routing'")],
     stated={"collectives": [collective("dp", "all_reduce", "expert routing")]})
case("gradients of replicated weights", silent=["communication-2"],
     stated={"collectives": [
         collective("tp", "all_reduce", "layer-norm gradients of sequence parallelism"),
         collective("tp", "all_reduce", "router gradients")]})
case("gradients of split weights", [("communication-2", "data-parallel axis")],
     stated={"collectives": [collective("tp", "all_reduce", "weight gradients")]})

# communication-4 counts what the metrics count.
case("collectives of a pass", [("communication-4", "lets 96 collectives of a forward pass take 96 ms")],
     workload=PREFILL, replace=["workload"], parallelism={"tp": 4},
     targets={"communication_latency": "<= 1 ms"}, claims=claims("latency = 60 ms"))

# layers_per_rank follows the layout.
UNEVEN = "E" + "t" * 24 + "|" + "t" * 8 + "L"
case("layers of an uneven layout", [("claim-2", "claim 'c1' is false")], silent=["claim-5"],
     parallelism={"layout": UNEVEN}, claims=claims("layers_per_rank = 24", "layers_per_rank = 16"))

# claim-9: throughput, latency and batch of each mode.
case("prefill beyond its batch", [("claim-9", "100 sequences in flight, which is 1.56 times the batch 8 on each of 8 replicas")],
     workload=PREFILL, replace=["workload", "parallelism"], parallelism={"tp": 2, "ep": 8, "etp": 1},
     claims=claims("throughput = 1000 sequences/s", "latency = 100 ms", "idle_experts = 0"))
case("prefill without a batch", [("claim-9", "no batch is declared")],
     workload={"mode": "prefill", "sequence_length": 4096}, replace=["workload", "parallelism"],
     parallelism={"tp": 2, "ep": 8, "etp": 1},
     claims=claims("throughput = 1000 sequences/s", "latency = 100 ms"))
# 16 replicas of 64 sequences gain 1.85 tokens in each pass of 50 ms.
case("drafts in a pass", silent=["claim-9"], model={"num_nextn_predict_layers": 1},
     workload=DRAFTS, replace=["workload", "parallelism"], parallelism=SERVED,
     claims=claims("latency = 50 ms", "throughput = 37888 tokens/s"))
case("more than drafts gain", [("claim-9", "2 times the batch 64")], model={"num_nextn_predict_layers": 1},
     workload=DRAFTS, replace=["workload", "parallelism"], parallelism=SERVED,
     claims=claims("latency = 50 ms", "throughput = 75776 tokens/s"))
case("the time of a token", [("claim-9", "1.85 times the batch 64")], model={"num_nextn_predict_layers": 1},
     workload=DRAFTS, replace=["workload", "parallelism"], parallelism=SERVED,
     claims=claims("tpot = 50 ms", "throughput = 37888 tokens/s"))
case("a throughput per GPU", [("claim-9", "10 times the batch 64")],
     workload=DECODE, replace=["workload", "parallelism"], parallelism=SERVED,
     claims=claims("tpot = 500 ms", "throughput = 1280 tokens/s/GPU"))

# compute-2 speaks of training models with experts.
case("utilisation of a dense model", silent=["compute-2"], model=dense(BASE["model"]),
     parallelism={"ep": 1}, replace=["model"], claims=claims("mfu = 55 %"))
case("utilisation of prefill", silent=["compute-2"], workload=PREFILL, replace=["workload"],
     claims=claims("mfu = 55 %"))
case("utilisation of training", [("compute-2", "mfu = 55 % is 55 % of the dense peak")],
     claims=claims("mfu = 55 %"))

# compute-6 expects nothing that is out of reach.
case("work of a token", [("compute-6", "TFLOP/s per GPU")], claims=claims("throughput = 100000 tokens/s", "mfu = 1 %"))
case("work of a token beyond the peak", [("compute-6", "expected at most")],
     claims=claims("throughput = 10000000 tokens/s", "mfu = 10 %"))

# compute-4: 1979 TFLOPS are also the dense peak of FP8.
case("the peak of another format", silent=["compute-4"], claims=claims("peak_fp8 = 1979 TFLOPS"))

# pipeline-3: chunks without layers.
case("chunks for the ends", silent=["pipeline-3"], model={"num_hidden_layers": 62},
     parallelism={"tp": 1, "pp": 16, "vpp": 4, "ep": 1}, workload={"global_batch": 16})
case("more chunks than layers",
     [("pipeline-3", "pp x vpp = 16 x 4 = 64 makes more chunks than the model has layers, 32")],
     parallelism={"tp": 1, "pp": 16, "vpp": 4, "ep": 1}, workload={"global_batch": 16})

# claim-8: an address is no file beside the plan.
for number, words in enumerate(["40 % as in https://arxiv.org/pdf/2504.14960.pdf",
                                "40 % (arxiv.org/pdf/2504.14960.pdf)"]):
    case("an address as source %d" % number, silent=["claim-8"],
         claims=[{"id": "a", "says": "world_size = 16", "quote": words}])
case("a file as source", [("claim-8", "'runs/2504.csv'")],
     claims=[{"id": "a", "says": "world_size = 16", "quote": "as in runs/2504.csv"}])

# claim-10: shares are rounded.
case("a rounded share of ranks", [("claim-10", "gpu_utilization is 18.8 % (claim 'c0'), which is the share of ranks")],
     stated={"utilized_ranks": "3 of 16"}, claims=claims("gpu_utilization = 18.8 %"))
case("another share of time", silent=["claim-10"],
     stated={"utilized_ranks": "3 of 16"}, claims=claims("gpu_utilization = 18.9 %"))

# claim-11: open ends meet nowhere, closed ones in a point.
case("open limits", [("claim-11", "mfu cannot be both < 40 % (claim 'c0') and > 40 % (claim 'c1')")],
     claims=claims("mfu < 40 %", "mfu > 40 %"))
case("half open limits", [("claim-11", "< 40 %")], claims=claims("mfu < 40 %", "mfu >= 40 %"))
case("closed limits", silent=["claim-11"], claims=claims("mfu <= 40 %", "mfu >= 40 %"))

# policy-1: every target is held against the claims.
case("a missed target", [("policy-1", "latency is claimed as 8 ms (claim 'c0'), but the target is <= 5 ms")],
     targets={"latency": "<= 5 ms"}, claims=claims("latency = 8 ms"))
case("an idle decode", silent=["policy-1"], workload=DECODE, replace=["workload", "parallelism"],
     parallelism=SERVED, claims=claims("compute_utilization = 6 %"))
case("unused memory", [("policy-1", "almost all of the memory is unused")],
     claims=claims("memory_utilization = 8 %"))

# compute-1: slips of hardware figures.
case("both directions", [("compute-1", "intra_node = 900 GB/s is the rate of both directions; in one it is 450 GB/s on H100")],
     cluster={"intra_node": "900 GB/s"})
case("bits for bytes", [("compute-1", "inter_node = 400 GB/s is the number of bits a second")],
     cluster={"inter_node": "400 GB/s"})
case("another network", silent=["compute-1"], cluster={"inter_node": "800 Gb/s"})
case("memory of another GPU", [("compute-1", "gpu_memory = 141 GB is more than H100 has, 80 GB")],
     cluster={"gpu_memory": "141 GB"})
case("memory in powers of 1024", silent=["compute-1"], cluster={"gpu_memory": "80 GiB"})
case("a peak out of reach", [("compute-1", "peak_bf16 = 5000 TFLOPS is more than H100 has, 989 TFLOPS")],
     cluster={"peak_bf16": "5000 TFLOPS"})

# cluster-4: a name that resembles a preset's.
case("a misspelt GPU with figures", [("cluster-4", "'H1OO' is no preset, and has only the figures that are stated, did you mean 'H100'?")],
     cluster={"gpu": "H1OO", "gpu_memory": "80 GB"})
case("a GPU of one's own", silent=["cluster-4"], cluster={"gpu": "HPU-9", "gpu_memory": "80 GB"})

# dispatcher-1: the limits of DeepEP V1, an error on Hopper alone.
DEEPEP = {"dispatcher": "deepep"}
case("nodes of four", [("dispatcher-1", "spans nodes of 4 GPUs on H100")],
     cluster={"nodes": 4, "gpus_per_node": 4}, workload=DEEPEP, parallelism={"pp": 1, "ep": 8})
case("nodes of four in a rack", silent=["dispatcher-1"],
     cluster={"gpu": "GB200", "nodes": 4, "gpus_per_node": 4}, workload=DEEPEP, parallelism={"pp": 1, "ep": 8})
case("a size that DeepEP does not know", [("dispatcher-1", "ep = 40 is no size of a group that DeepEP V1 knows on H100")],
     model={"num_experts": 80}, cluster={"nodes": 10}, workload=dict(DEEPEP, global_batch=80),
     parallelism={"pp": 1, "ep": 40})
case("a GPU that is no Hopper", [("dispatcher-1", "ranks that DeepEP V1 reaches")],
     model={"num_experts": 256}, cluster={"gpu": "HPU-9", "nodes": 64, "gpu_memory": "96 GB"},
     workload=dict(DEEPEP, global_batch=512), parallelism={"pp": 1, "ep": 256})

# balance-3: the list, not its maximum.
TEN = {"num_experts": 10}
case("a wrong list", [("balance-3", "experts per rank are stated as 3, 1, 3, 3, but 10 experts over ep = 4 give 3, 3, 2, 2")],
     model=TEN, stated={"experts_per_rank": [3, 1, 3, 3]})
case("a list in another order", silent=["balance-3"], model=TEN, stated={"experts_per_rank": [2, 3, 2, 3]})
case("a list of all ranks", silent=["balance-3"], stated={"experts_per_rank": [2] * 16})

# balance-1: the default is a policy like any other.
UNEVEN_EXPERTS = dict(model={"num_experts": 1295}, cluster={"nodes": 17},
                      parallelism={"tp": 1, "ep": 68}, workload={"global_batch": 68})
LIMIT = "max/mean 1.0502"
case("uneven by default", [("balance-1", LIMIT)], **UNEVEN_EXPERTS)
case("uneven by policy", [("balance-1", LIMIT)], policy={"imbalance": "<= 1.05"}, **UNEVEN_EXPERTS)

# gpu_memory: data sheets and drivers count in other units.
case("sizes of a memory", [("claim-2", "claim 'c3' is false")], silent=["claim-4"],
     claims=claims("gpu_memory = 80 GB", "gpu_memory = 80 GiB", "gpu_memory = 85.5 GB", "gpu_memory = 96 GB"))

# mesh-1 offers larger degrees where the world is larger.
case("a degree that does not divide", [("mesh-1", "fix: parallelism.tp 4")],
     parallelism={"tp": 3, "pp": 1, "ep": 1})


def check(moec, path):
    result = subprocess.run([moec, "check", "--format", "json", path], capture_output=True, text=True)
    if not result.stdout:
        sys.exit(result.stderr)
    return json.loads(result.stdout)


def texts(report, rule):
    for finding in report["findings"]:
        if finding["rule"] == rule:
            yield finding["message"]
            yield "expected " + finding["expected"]
            for fix in finding["fixes"]:
                yield "fix: %s %s" % (fix["key"], json.dumps(fix["value"]))


def problems(report, says, silent):
    if not says and not silent and (report["findings"] or report["verdict"] != "pass"):
        yield "is not sound"
    for rule, text in says:
        if not any(text in each for each in texts(report, rule)):
            yield "%s does not say '%s'" % (rule, text)
    for rule in silent:
        for each in texts(report, rule):
            yield "%s says '%s'" % (rule, each)


def main(moec, folder):
    failed = 0
    for number, (name, plan, says, silent) in enumerate(CASES):
        path = os.path.join(folder, "boundary_%d.json" % number)
        with open(path, "w") as out:
            json.dump(plan, out, indent=1)
        report = check(moec, path)
        for problem in problems(report, says, silent):
            failed += 1
            print("%s: %s" % (name, problem))
            for finding in report["findings"]:
                print("    %s: %s [%s]" % (finding["severity"], finding["message"], finding["rule"]))
    print("%d cases, %d problems" % (len(CASES), failed))
    return failed != 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
