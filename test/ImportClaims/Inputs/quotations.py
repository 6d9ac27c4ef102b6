"""Reads the quotations of transcribed plans as documents and compares what is
found with the claims that people made of them.

usage: quotations.py MOEC FOLDER PLAN...

Prints every claim of a plan that came out of its quotation, or did not.
"""

import json
import os
import re
import subprocess
import sys

HEADER = "| Metric | Previous | Corrected | Improvement |\n|---|---|---|---|\n"


def without_comments(text):
    token = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*')
    return token.sub(lambda m: m[0] if m[0][0] == '"' else "", text)


def normal(says):
    """Order of the sides and spelling of units do not matter here."""
    text = re.sub(r"\s+", "", says).replace("samples/sec", "samples/s").replace("tokens/sec", "tokens/s")
    return text.replace("(", "").replace(")", "")


def document(claims):
    quotes = dict.fromkeys(claim["quote"] for claim in claims if "quote" in claim)
    blocks = [HEADER + quote if quote.startswith("|") else quote for quote in quotes]
    return "\n\n".join(blocks) + "\n"


def main(moec, folder, *plans):
    for plan in plans:
        claims = json.loads(without_comments(open(plan, encoding="utf-8").read()))["claims"]
        path = os.path.join(folder, os.path.basename(plan)[:-5] + ".md")
        with open(path, "w", encoding="utf-8") as out:
            out.write(document(claims))
        done = subprocess.run([moec, "import-claims", path], capture_output=True, text=True, check=True)
        found = {normal(claim["says"]) for claim in json.loads(done.stdout)["claims"]}
        for claim in claims:
            hit = normal(claim["says"]) in found
            print("%-7s %-9s %s" % ("found" if hit else "missing", claim["id"], claim["says"]))


if __name__ == "__main__":
    main(*sys.argv[1:])
