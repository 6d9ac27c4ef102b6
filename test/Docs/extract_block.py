"""usage: extract_block.py LANGUAGE PAGE: prints the one ```LANGUAGE block of a
Markdown page; fails where there is none or another one."""

import re
import sys

language, page = sys.argv[1:]
with open(page, encoding="utf-8") as text:
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", text.read(), re.MULTILINE | re.DOTALL)
if len(blocks) != 1:
    sys.exit(f"{page} has {len(blocks)} {language} blocks, expected one")
print(blocks[0], end="")
