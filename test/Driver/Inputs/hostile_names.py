"""hostile_names.py MOEC PLAN SITE SCHEMAS FOLDER: puts text that shells, compilers
and tables could fall for into every string that the JSON Schemas of a plan and of a
site file allow, one at a time. Each must be refused with a reason, or give a bundle
that proves itself, whose scripts are clean, and which runs without executing the
text."""

import copy
import json
import os
import shutil
import subprocess
import sys

from vary_plan import read_plan

moec, plan_file, site_file, schemas, folder = sys.argv[1:]
folder = os.path.abspath(folder)
bundle = os.path.join(folder, "bundle")
shellcheck = shutil.which("shellcheck")

NASTY = [
    "$(touch pwned)`touch pwned`",
    "'; touch pwned; '\"; touch pwned; \"",
    "a\ntouch pwned\n#SBATCH --wrap=touch",
    "\\ */ %s {{x}} \u00e4\u4e16\u754c | <b> -->",
]


def strings_of(value, path=()):
    """Paths of every string below a JSON value."""
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict):
        for key, member in value.items():
            yield from strings_of(member, path + (key,))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from strings_of(member, path + (index,))


def fields_of(schema, node, path=()):
    """Paths of every string that a schema allows: `claims.[].id`."""
    if "$ref" in node:
        node = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
    words = node.get("enum", [node["const"]] if "const" in node else [])
    if node.get("type") == "string" or any(isinstance(word, str) for word in words):
        yield ".".join(path)
    for key in ("oneOf", "anyOf", "allOf"):
        for member in node.get(key, []):
            yield from fields_of(schema, member, path)
    for key, member in node.get("properties", {}).items():
        yield from fields_of(schema, member, path + (key,))
    if "items" in node:
        yield from fields_of(schema, node["items"], path + ("[]",))
    if isinstance(node.get("additionalProperties"), dict):
        yield from fields_of(schema, node["additionalProperties"], path + ("*",))


def require_all_fields(value, name):
    """Every string of the schema stands in the value, so that it is replaced below."""
    with open(os.path.join(schemas, "moe-%s-1.schema.json" % name)) as file:
        schema = json.load(file)
    fields = set(fields_of(schema, schema))
    require(len(fields) > 10, "the schema of a %s has hardly any strings" % name)
    there = set()
    for path in strings_of(value):
        keys = ["[]" if isinstance(key, int) else key for key in path]
        there.add(".".join(keys))
        there.add(".".join(keys[:-1] + ["*"]))
    # A list, or the keys of the model, stand where one string may stand too.
    there |= {field[:-3] for field in there if field.endswith(".[]")}
    missing = sorted(fields - there - {"model.model_type"})
    require(not missing, "no string of the %s stands for these fields" % name, missing)


def complete(plan):
    """With a string for each field that has one."""
    plan["cluster"].update(
        source="a data sheet", gpu_memory="80 GB", memory_bandwidth="3.35 TB/s",
        peak_bf16="989 TFLOPS", peak_fp8="1979 TFLOPS", intra_node="450 GB/s",
        host_link="55 GB/s",
        inter_node="50 GB/s", rank_order="given", topology=["hosts"])
    plan["workload"].update(cp_comm_type="p2p", cuda_graph=["attn"], recompute=["mlp"],
                            kv_cache="bf16")
    plan["parallelism"].update(dp="auto", schedule="1f1b")
    plan["framework"] = "megatron"
    plan["baseline"] = os.path.abspath(plan_file)
    plan["experts"] = {"dispatch": "weighted", "placement": "contiguous", "loads": "loads.json"}
    plan["policy"] = {name: "<= 5" for name in ("imbalance", "memory_imbalance")}
    plan["policy"]["device_memory"] = "<= 79 GB"
    plan["targets"] = {
        "gpu_utilization": ">= 1 %", "compute_utilization": ">= 1 %", "memory_utilization": "<= 99 %",
        "memory_variance": "<= 99 %", "communication_latency": "<= 9 s", "imbalance": "<= 9",
        "throughput": ">= 1 tokens/s", "latency": "<= 99 s", "tpot": "<= 9 s"}
    plan["stated"] = {
        "groups": [{"axis": "tp", "count": 64, "size": 2}],
        "collectives": [{"axis": "tp", "for": "attention", "kind": "all_reduce", "time": "2 ms",
                         "per": "layer"}],
        "modules": [{"name": "embedding", "ranks": "0-15", "device": "gpu"}],
        "overlap": "0 %", "utilized_ranks": "128 of 128"}
    plan["claims"] = [{"id": "one", "says": "1 = 1", "quote": "1 = 1", "source": "assumed"}]
    return plan


def replaced(value, path, text):
    value = copy.deepcopy(value)
    parent = value
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = text
    return value


def run(*command, **options):
    return subprocess.run(
        command, capture_output=True, text=True, timeout=60, cwd=folder, **options
    )


def require(condition, what, detail=""):
    if not condition:
        sys.exit("%s\n%s" % (what, detail))


def check_bundle(what):
    scripts = ["entrypoint.sh", "launch.mpirun.sh", "launch.torchrun.sh",
               "launch_common.sh", "verify.sh", "launch.sbatch", "launch.pod.sh"]
    for name in scripts + ["site.env"]:
        syntax = run("bash", "-n", os.path.join(bundle, name))
        require(syntax.returncode == 0, "%s: bash -n %s" % (what, name), syntax.stderr)
    if shellcheck:
        lint = run(shellcheck, *[os.path.join(bundle, name) for name in scripts])
        require(lint.returncode == 0, what + ": shellcheck", lint.stdout)
    environment = {"PATH": os.environ["PATH"], "RANK": "3", "MASTER_ADDR": "h",
                   "MOE_CONTAINER_RUNTIME": "none"}
    entry = run(os.path.join(bundle, "entrypoint.sh"), "sh", "-c", "echo $RANK",
                env=environment)
    require(entry.stdout == "3\n", what + ": entrypoint.sh", entry.stdout + entry.stderr)
    proof = run(moec, "verify", bundle)
    require(proof.returncode == 0, what + ": verify", proof.stderr)


def check(plan, site, what):
    """Returns whether the plan was built; a refusal says where."""
    shutil.rmtree(bundle, ignore_errors=True)
    for name, value in [("plan.json", plan), ("site.json", site)]:
        with open(os.path.join(folder, name), "w") as file:
            json.dump(value, file)
    built = run(moec, "build", "plan.json", "--site", "site.json", "-o", "bundle")
    require(built.returncode in (0, 1, 2), what + ": crashed", built.stderr)
    if built.returncode == 0:
        check_bundle(what)
    else:
        require("error: " in built.stderr, what + ": no reason", built.stderr)
        require(not os.path.exists(bundle), what + ": half a bundle")
    found = [name for _, _, files in os.walk(folder) for name in files]
    require("pwned" not in found, what + ": the text was executed")
    return built.returncode == 0


plan, site = read_plan(plan_file), read_plan(site_file)
plan["model"] = os.path.join(os.path.dirname(os.path.abspath(plan_file)), plan["model"])
plan = complete(plan)
with open(os.path.join(folder, "hosts"), "w") as file:
    file.write("".join("node%d slots=8\n" % i for i in range(16)))
with open(os.path.join(folder, "loads.json"), "w") as file:
    json.dump([[1] * 8 for _ in range(56)], file)
require_all_fields(plan, "plan")
require_all_fields(site, "site")
require(check(plan, site, "unchanged"), "the unchanged plan is refused")
for text in NASTY:
    for path in strings_of(plan):
        if check(replaced(plan, path, text), site, "plan %s %r" % (path, text)):
            print("built with a hostile plan", ".".join(map(str, path)))
    for path in strings_of(site):
        if check(plan, replaced(site, path, text), "site %s %r" % (path, text)):
            print("built with a hostile site", ".".join(map(str, path)))
