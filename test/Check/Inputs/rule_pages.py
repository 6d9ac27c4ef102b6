"""Compares docs/rules with what `moec rules` prints, or renews it.

usage: rule_pages.py MOEC DOCS_FOLDER [--update]
"""

import os
import re
import subprocess
import sys


def run(moec, *args):
    result = subprocess.run([moec, "rules", *args], capture_output=True, text=True)
    if result.returncode:
        sys.exit("moec rules %s: exit %d" % (" ".join(args), result.returncode))
    return result.stdout


def index(listing):
    """README.md of the folder: one table per section."""
    text = (
        "# Rules\n\nEvery message of `moec check` and `--verify-balance` ends with the "
        "id of its rule.\n`moec rules ID` prints the same pages.\n"
    )
    for line in listing.splitlines():
        row = re.fullmatch(r"  (\S+) +(\S+) +(.*)", line)
        if row:
            text += "| [%s](%s.md) | %s | %s |\n" % (row[1], row[1], row[2], row[3])
        elif line:
            text += "\n## %s\n\n| rule | severity | |\n|---|---|---|\n" % line
    return text


def pages(moec):
    """File name to text, of all pages."""
    listing = run(moec)
    ids = re.findall(r"^  (\S+)", listing, re.M)
    result = {name + ".md": run(moec, name) for name in ids}
    result["README.md"] = index(listing)
    return result


def main(moec, folder, update=False):
    wanted = pages(moec)
    found = set(os.listdir(folder))
    problems = ["%s is no rule" % name for name in sorted(found - set(wanted))]
    for name, text in sorted(wanted.items()):
        path = os.path.join(folder, name)
        if update:
            with open(path, "w") as out:
                out.write(text)
        elif name not in found or open(path).read() != text:
            problems.append("%s is not current" % name)
    print("\n".join(problems) or "%d pages are current" % len(wanted))
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], "--update" in sys.argv[3:]))
