"""check_estimate.py SCHEMA MOEC PLAN...: the JSON estimates of these plans follow
the schema and add up: parts to wholes, stages to the job, rates to each other."""

import json
import subprocess
import sys

import jsonschema

PEAK_PARTS = ["weights", "gradients", "optimizer", "activations", "buffers",
              "workspaces", "kv_cache"]


def near(a, b):
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b))


def check_stages(estimate):
    stages = estimate["stages"]
    for number, stage in enumerate(stages):
        assert stage["stage"] == number
        assert stage["layers"] == sum(end - begin for begin, end in stage["chunks"])
        peak = sum(stage[part + "_bytes"] for part in PEAK_PARTS)
        assert stage["peak_memory_bytes"] == peak
        assert stage["device_memory_bytes"] == peak + stage["reserve_bytes"]
    for key in ["peak_memory_bytes", "device_memory_bytes"]:
        assert estimate[key] == max(stage[key] for stage in stages)
    fullest = stages[estimate["fullest_stage"]]
    assert fullest["device_memory_bytes"] == estimate["device_memory_bytes"]
    assert estimate["fits"] == (
        estimate["device_memory_bytes"] <= estimate["gpu_memory_bytes"])


def check_times(estimate):
    step = estimate["step_time_s"]
    assert near(sum(estimate["step"].values()), step)
    low, high = estimate["step_time_range_s"]
    assert low <= step <= high
    assert near(max(1 - low / step, high / step - 1), estimate["error_bar"])
    trains = estimate["mode"] == "train"
    assert estimate.get("ttft_s", step) == estimate.get("tpot_s", step) == step
    assert ("ttft_s" in estimate) == (estimate["mode"] == "prefill")
    assert ("tpot_s" in estimate) == (estimate["mode"] == "decode")
    flops = estimate["forward_flops_per_token"] * (3 if trains else 1)
    assert near(estimate["tokens_per_s_per_gpu"] * flops / 1e12,
                estimate["tflops_per_gpu"])
    for stage in estimate["stages"]:
        assert (stage["backward_s"] > 0) == trains
        # No stage is faster than its micro-batches one after another.
        busy = stage["forward_s"] + stage["backward_s"]
        assert busy * estimate["micro_batches"] <= step * (1 + 1e-9)
    for traffic in estimate["communication"]:
        assert 0 < traffic["count"]
        assert traffic["network_bytes"] <= traffic["bytes"]
        assert traffic["exposed_s"] <= traffic["time_s"] * (1 + 1e-9)


def main():
    schema_path, moec, *plans = sys.argv[1:]
    with open(schema_path) as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for plan in plans:
        command = [moec, "estimate", plan, "--format", "json"]
        text = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
        lowered = subprocess.run(
            command + ["--lowered"], stdout=subprocess.PIPE, check=True).stdout
        assert text == lowered, plan + ": --lowered says something else"
        estimate = json.loads(text)
        validator.validate(estimate)
        check_stages(estimate)
        check_times(estimate)
        print(f"{estimate['plan']}: adds up")


if __name__ == "__main__":
    main()
