"""usage: check_quotes.py PAGE SOURCE: fails unless every ```cpp block of a Markdown
page occurs in the source file as it is, and there is one."""

import re
import sys

page, source = (open(path, encoding="utf-8").read() for path in sys.argv[1:])
quotes = re.findall(r"^```cpp\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
missing = [quote for quote in quotes if quote not in source]
if missing or not quotes:
    sys.exit("not in %s:\n%s" % (sys.argv[2], "\n".join(missing) or "(no quotes at all)"))
