"""Prints the MLIR examples of a .td file, for `moe-opt --split-input-file`.

Usage: doc_examples.py FILE.td. Examples are the fenced ```mlir blocks of
descriptions. Every operation of the file needs one that shows it.
"""

import re
import sys
import textwrap

EXAMPLE = re.compile(r"^ *```mlir\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
OPERATION = re.compile(r'^def MoE_\w+ ?: ?MoE_\w*Op<"(\w+)"', re.MULTILINE)


def main(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    examples = [textwrap.dedent(block) for block in EXAMPLE.findall(text)]
    shown = set(re.findall(r"\w+", "\n".join(examples)))
    missing = [name for name in OPERATION.findall(text) if name not in shown]
    if missing:
        sys.exit("%s: no example shows %s" % (path, ", ".join(missing)))
    if not examples:
        sys.exit("%s: no example found" % path)
    print("\n// -----\n\n".join(examples))


if __name__ == "__main__":
    main(sys.argv[1])
