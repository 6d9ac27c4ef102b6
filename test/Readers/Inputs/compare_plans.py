"""compare(ORIGINAL.mlir, IMPORTED.mlir, FLAGS): whether flags that were written from
one plan and read back give its model, workload and degrees. What no flag says has to be
named in a comment `# not expressed: ...` of the flags."""

import re
import sys

TOKEN = re.compile(r'<(?:"[^"]*"|[^>"])*>|\[[^\]]*\]|"[^"]*"|\S+')
# Where figures come from, and how a checkpoint is stored: no flag of a training script.
ORIGINS = ("from", "type", "keys", "assumed", "quantization_block")
# What absent keys stand for, on both sides.
WORKLOAD = {"mode": "train", "precision": "bf16", "recompute": '["none"]',
            "ep_overlap": "false", "tp_overlap": "false", "fused_loss": "false",
            "routing": "natural", "cuda_graph": "[]"}
OPTIMIZER = {"name": '"adamw"', "moments": "fp32", "gradients": "fp32", "master": "fp32",
             "sharding": "none"}
PARALLELISM = {"rule": "folded", "cp": "1", "pp": "1", "tp": "1", "ep": "1",
               "dp": "auto", "order": '"tp-cp-ep-dp-pp"'}
# Two words of a plan for one thing.
SYNONYMS = {'["full_iteration"]': '["full"]'}


def clauses(line, skip):
    words = TOKEN.findall(line.rstrip(" {}"))[skip:]
    return {key: SYNONYMS.get(value, value) for key, value in zip(words[::2], words[1::2])}


def chunks(layout):
    """Megatron's notation, repetitions written out: one text for each chunk."""
    def repeat(text, pattern):
        return re.sub(pattern, lambda m: m.group(1) * int(m.group(2)), text)
    text = repeat(layout.strip('"').replace(",", ""), r"([EtmL|])\*(\d+)")
    return repeat(text, r"\(([^)]*)\)\*(\d+)").replace("(", "").replace(")", "").split("|")


def degrees(line):
    found = dict(PARALLELISM, **clauses(line, 2))
    found.setdefault("etp", found["tp"])
    if found.get("layout") == '"uniform"':
        del found["layout"]
    if "layout" in found:
        found["layout"] = chunks(found["layout"])
        found.setdefault("vpp", str(len(found["layout"]) // int(found["pp"])))
    found.setdefault("vpp", "1")
    return found


def workload(line):
    found = dict(WORKLOAD, **clauses(line, 2))
    states = dict(item.split(" = ") for item in found.get("optimizer", "<>")[1:-1].split(", ")
                  if item)
    found.pop("optimizer", None)
    for state, value in dict(OPTIMIZER, **states).items():
        found["optimizer " + state] = value
    if "capacity_factor" in found:
        found["capacity_factor"] = float(found["capacity_factor"].strip('"'))
    return found


def read(path):
    """The plan's sections; runs of layers by their name and block."""
    sections, run = {}, ""
    with open(path, encoding="utf-8") as file:
        for line in file.read().splitlines():
            words = line.split()
            kind = words[0] if words else ""
            if kind == "model":
                model = clauses(line, 2)
                sections["model"] = {k: v for k, v in model.items() if k not in ORIGINS}
                sections["model"].setdefault("mtp_layers", "0")
            elif kind == "layers":
                run = "layers " + words[1]
                sections[run] = {"begin": words[2], "end": words[4]}
            elif kind in ("attention", "ffn", "experts", "router"):
                block = clauses(line, 1)
                if kind == "experts":
                    # Shared experts run as one block, whose width says all.
                    block.pop("shared", None)
                sections[run + " " + kind] = block
            elif kind == "workload":
                sections[kind] = workload(line)
            elif kind == "parallelism":
                sections[kind] = degrees(line)
    return sections


def compare(original, imported, flags):
    ours, theirs = read(original), read(imported)
    with open(flags, encoding="utf-8") as file:
        excuses = re.findall(r"^# (?:not expressed:|The plan states no) (.*)", file.read(), re.M)
    wrong, compared = [], 0
    for section in sorted(set(ours) | set(theirs)):
        first, second = ours.get(section, {}), theirs.get(section, {})
        for key in sorted(set(first) | set(second)):
            compared += 1
            found, read_back = first.get(key), second.get(key)
            if found == read_back or any(re.match(key + "[ ;]", e) for e in excuses):
                continue
            wrong.append("%s: '%s' is %s, read back %s" % (section, key, found, read_back))
    if wrong:
        sys.exit("\n".join(wrong))
    print("the same %d figures in %d sections" % (compared, len(ours)))
