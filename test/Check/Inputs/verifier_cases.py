"""Configurations from bug reports, and what their users should have been told.

usage: verifier_cases.py MOEC FOLDER

Every case is a plan with the findings that its thread needed, all of them in one
report. What is no finding about a plan is listed with its reason.
"""

import json
import os
import subprocess
import sys

H100 = {"gpu": "H100", "nodes": 1, "gpus_per_node": 8}
MOE = {"hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 64,
       "num_key_value_heads": 8, "head_dim": 128, "vocab_size": 128000,
       "num_experts": 64, "num_experts_per_tok": 8, "moe_intermediate_size": 2048}


def plan(cluster, parallelism, model=(), **sections):
    return {"schema": "moe-plan/1", "model": {**MOE, **dict(model)},
            "cluster": {**H100, **cluster}, "parallelism": parallelism, **sections}


def ranks(world):
    return {"world_size": world}


CASES = {
    "N1": ("vllm-project/vllm#52435: two errors that were found one after the other",
           plan(ranks(3), {"tp": 3, "ep": 3, "etp": 1}, {"num_experts": 256}, framework="vllm"),
           [("heads-1", "64 attention heads"), ("experts-2", "258 slots, 2 redundant")]),
    "N2": ("THUDM/slime#1818: 8 GPUs, TP2 PP2 EP8 ETP1",
           plan({}, {"tp": 2, "pp": 2, "ep": 8, "etp": 1}, framework="megatron"),
           [("mesh-5", "etp x ep x pp = 1 x 8 x 2 = 16"), ("mesh-5", "set 'parallelism.ep' to 4")]),
    "N3": ("NVIDIA-NeMo/Speech#14838: ETP follows TP unless it is set",
           plan(ranks(4), {"tp": 2, "pp": 2, "ep": 2}, framework="megatron"),
           [("mesh-5", "etp x ep x pp = 2 x 2 x 2 = 8"), ("mesh-5", "etp = 2 (default of Megatron-Core")]),
    "N4": ("NVIDIA-NeMo/Megatron-Bridge#546: each factor and where it comes from",
           plan({}, {"tp": 4, "ep": 4}, framework="megatron"),
           [("mesh-5", "etp = 4 (default of Megatron-Core"), ("mesh-5", "ep = 4 (stated)")]),
    "N5": ("pytorch/torchtitan PR#4258: efsdp would be truncated",
           plan({}, {"ep": 3}, {"num_experts": 66}, framework="torchtitan"),
           [("mesh-5", "3")]),
    "N6": ("vllm#40955: a shard of 192 and blocks of 128",
           plan({"nodes": 2}, {"tp": 16, "ep": 1, "etp": 16},
                {"moe_intermediate_size": 3072,
                 "quantization_config": {"quant_method": "fp8", "weight_block_size": [128, 128]}}),
           [("quantization-1", "192")]),
    "N7": ("vllm#4786: 960 GB of weights on 640 GB",
           plan({}, {"tp": 8, "ep": 8, "etp": 1},
                {"hidden_size": 7168, "num_hidden_layers": 35, "num_attention_heads": 56, "gated": True,
                 "vocab_size": 32000, "num_experts": 128, "num_experts_per_tok": 2,
                 "moe_intermediate_size": 4864},
                framework="vllm", workload={"mode": "decode", "batch": 1, "context_length": 4096}),
           [("memory-2", "the model would take 946.4 GB, all 8 GPUs together have")]),
    "N8": ("NVIDIA/Megatron-LM#1304: 30 layers in 4 uniform stages drop 2",
           plan({}, {"pp": 4, "layout": "uniform"}, {"num_hidden_layers": 30}),
           [("pipeline-4", "28")]),
    "N8 without a layout": ("an uneven split, and a note",
           plan({}, {"pp": 4}, {"num_hidden_layers": 30}), [("pipeline-5", "30 layers")]),
    "N9": ("NVIDIA/Megatron-LM#1852: a last stage with nothing in it",
           plan({}, {"pp": 4, "layout": "Et*16|t*16L||"}), [("pipeline-2", "stage")]),
    "N10": ("NVIDIA/TensorRT-LLM PR#13974: no placement for the MTP layer",
            plan({}, {"dp": 8, "ep": 8, "etp": 1}, {"num_hidden_layers": 61, "num_nextn_predict_layers": 1},
                 framework="trtllm", experts={"placement": "balanced"}),
            [("framework-3", "the placement has nothing for layer 61")]),
    "N11": ("NVIDIA/TensorRT-LLM PR#18626: a balancer without attention DP",
            plan({}, {"tp": 8, "ep": 8, "etp": 1}, framework="trtllm", experts={"slots_per_rank": 9}),
            [("framework-3", "with dp = 1 it ignores the placement"),
             ("framework-3", "set 'parallelism.tp' to 1")]),
    "N12": ("deepspeedai/DeepSpeed#7535: the number of experts as ep_size",
            plan(ranks(2), {"ep": 8}, {"num_experts": 8}, framework="deepspeed"),
            [("mesh-5", "8")]),
    "N13": ("deepseek-ai/DeepEP#464: more than 160 ranks",
            plan({"nodes": 32}, {"ep": 256}, {"num_experts": 256},
                 workload={"mode": "train", "dispatcher": "deepep"}),
            [("dispatcher-1", "256")]),
    "N14": ("sgl-project/sglang#8253: GPUs that no number of nodes divides",
            plan({"nodes": 3, "world_size": 16}, {"tp": 16}, framework="sglang"),
            [("cluster-3", "16")]),
    "N15": ("vllm PR#18343: an expert twice on a rank",
            plan({}, {"ep": 8}, {"num_experts": 8}, experts={"slots_per_rank": 9}),
            [("placement-1", "twice")]),
    "N16": ("NVIDIA/Megatron-LM#1565: MFU of the sparse peak",
            plan({"peak_bf16": "1979 TFLOPS"}, {},
                 claims=[{"id": "mfu", "says": "400 TFLOPS / 1979 TFLOPS = 20.2 %"}]),
            [("compute-1", "989 TFLOPS"), ("compute-4", "989 TFLOPS")]),
    "N17": ("huggingface/blog#1649: the tokens of 8 GPUs over the peak of one",
            plan({}, {}, claims=[{"id": "mfu", "says": "mfu = 312 %", "source": "measured"}]),
            [("compute-3", "over 8 ranks it is 39 %")]),
    "N18": ("aiconfigurator PR#579: a bundle that is not its plan", None,
            "`moec verify`, tested in test/Driver/verify.test"),
    "N19": ("NVIDIA-NeMo/RL PR#3178: two workers with rank 0",
            plan({}, {}, stated={"modules": [{"name": "head and workers", "ranks": "0,0-7"}]}),
            [("ranks-2", "names rank 0 twice")]),
    "N20": ("xdit-project/xDiT#472: 2 groups of 8 or 8 groups of 2?",
            plan({"nodes": 2}, {"tp": 8}, {"num_key_value_heads": 64},
                 stated={"groups": [{"axis": "tp", "count": 8, "size": 2}]}),
            [("groups-1", "tp = 8 gives 2 groups of 8, stated are 8 groups of 2")]),
}


def texts(finding):
    fixes = ["set '%s' to %s: %s" % (f["key"], json.dumps(f["value"]), f["why"]) for f in finding["fixes"]]
    return [finding["message"]] + [note["message"] for note in finding["notes"]] + fixes


def missing(moec, path, wanted):
    done = subprocess.run([moec, "check", "--format", "json", path], capture_output=True, text=True, check=False)
    if done.stderr:
        return [done.stderr.strip()]
    findings = json.loads(done.stdout)["findings"]
    return ["[%s] %s" % (rule, text) for rule, text in wanted
            if not any(text in piece for f in findings if f["rule"] == rule for piece in texts(f))]


def main(moec, folder):
    failed = waiting = 0
    for name, (what, content, wanted) in CASES.items():
        if content is None:
            waiting += 1
            print("%s: %s: see %s" % (name, what, wanted))
            continue
        path = os.path.join(folder, name.replace(" ", "-") + ".json")
        with open(path, "w", encoding="utf-8") as out:
            json.dump(content, out)
        problems = missing(moec, path, wanted)
        print("%s: %s: %s" % (name, what, "MISSING " + "; ".join(problems) if problems else "told"))
        failed += bool(problems)
    print("%d cases, %d not told, %d elsewhere" % (len(CASES), failed, waiting))
    return failed != 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
