"""usage: extract_examples.py PAGE: prints the ```mlir blocks of a Markdown page,
one `--split-input-file` piece each; fails where there are none."""

import re
import sys

with open(sys.argv[1]) as page:
    blocks = re.findall(r"^```mlir\n(.*?)^```$", page.read(), re.MULTILINE | re.DOTALL)
if not blocks:
    sys.exit("%s has no mlir examples" % sys.argv[1])
print("// -----\n".join(blocks))
