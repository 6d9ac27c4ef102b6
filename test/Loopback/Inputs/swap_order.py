"""swap_order.py BUNDLE: lets the bundle create its first two communicators the
other way round, and leaves the digest of its layout as it was."""

import re
import sys

path = sys.argv[1] + "/comms_plan.h"
with open(path, encoding="utf-8") as file:
    text = file.read()
table = re.search(r"kCommunicators = \{\{\n((?:    \{.*\n(?:     .*\n)*)*)\}\};", text)
rows = re.findall(r"    \{.*\n(?:     .*\n)*", table.group(1))
rows[0], rows[1] = rows[1], rows[0]
with open(path, "w", encoding="utf-8") as file:
    file.write(text[: table.start(1)] + "".join(rows) + text[table.end(1) :])
