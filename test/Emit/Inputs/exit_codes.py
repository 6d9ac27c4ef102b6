"""exit_codes.py BUNDLE PAGE: the table of exit codes in the bundle's runbook has all
codes that its programs and scripts leave with, and no others; that of PAGE, the
documentation of bundles, has those of the programs."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path


def table(path, title):
    """Codes in the first column of the table below a heading."""
    section = Path(path).read_text(encoding="utf-8").split("\n## " + title)[1].split("\n## ")[0]
    rows = re.findall(r"^\| ([0-9, ]+) \|", section, re.MULTILINE)
    return {int(code) for row in rows for code in row.split(",")}


def of_programs(bundle):
    header = (bundle / "comms.h").read_text(encoding="utf-8")
    failures = re.search(r"enum class Failure \{(.*?)\};", header, re.DOTALL).group(1)
    return {int(code) for code in re.findall(r"= (\d+),", failures)}


def of_scripts(bundle):
    text = "".join(p.read_text(encoding="utf-8") for p in bundle.glob("*.s*"))
    return {int(code) for code in re.findall(r"\b(?:exit|status=)\s*(\d+)", text)} - {0}


def of_commands(bundle):
    """Of commands that cannot be started, and that signals end."""
    commands = [["/nowhere/program"], [str(bundle / "plan.json")]]
    commands += [["bash", "-c", "kill -%s $$" % s] for s in "ABRT BUS SEGV KILL TERM".split()]
    codes = set()
    for command in commands:
        with tempfile.TemporaryDirectory() as run:
            entry = [str(bundle / "entrypoint.sh")] + command
            environment = {"PATH": os.environ["PATH"], "RANK": "0", "MOE_RUN_DIR": run,
                           "MASTER_ADDR": "localhost"}
            codes.add(subprocess.run(entry, env=environment, check=False,
                                     capture_output=True).returncode)
    return codes


def compare(what, said, returned):
    for text, codes in (("does not have", returned - said), ("has, but nothing leaves with",
                                                             said - returned)):
        if codes:
            sys.exit("%s %s %s" % (what, text, sorted(codes)))


def main():
    bundle = Path(sys.argv[1])
    programs = of_programs(bundle)
    compare("the page on bundles", table(sys.argv[2], "Exit codes"), programs | {0})
    compare("the runbook", table(bundle / "runbook.md", "When a run ends early"),
            programs | of_scripts(bundle) | of_commands(bundle))


main()
