"""with_experts.py PLAN OUT KEYS: writes PLAN to OUT with a section `experts`."""

import sys

plan, out, keys = sys.argv[1:]
with open(plan, encoding="utf-8") as file:
    text = file.read().rstrip().removesuffix("}").rstrip()
with open(out, "w", encoding="utf-8") as file:
    file.write(text + ',\n  "experts": { ' + keys + " }\n}\n")
