#!/usr/bin/env python3
"""usage: summarize_tests.py RESULTS MISSING UNIT_DIR

Prints the skipped tests of lit's RESULTS (lit --xunit-xml-output) with the
reason, then `N passed, N failed, N skipped`. MISSING, written by test/lit.cfg.py,
says why a feature is absent; UNIT_DIR has the GoogleTest binaries, which are
asked why they skip a test, because lit does not keep that.

Exits 0 only if something ran and nothing failed.
"""

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

FEATURES = "Missing required feature(s): "


def skip_reason(test, missing, unit_dir):
    """Why a test was skipped, in words of lit_features where they say it."""
    message = test.find("skipped").get("message")
    if message.startswith(FEATURES):
        features = message[len(FEATURES) :].split(", ")
        return "; ".join(missing.get(name, "no " + name) for name in features)
    suite, _, path = test.get("classname").partition(".")
    if suite == "MoE-Unit":
        _, binary, group = path.split("/", 2)
        return unit_skip_reason(
            os.path.join(unit_dir, binary), group + "." + test.get("name")
        )
    return message


def unit_skip_reason(binary, name):
    """What GTEST_SKIP says: the line below `file:line: Skipped`."""
    try:
        output = subprocess.run(
            [binary, "--gtest_filter=" + name], capture_output=True, text=True, timeout=60
        ).stdout
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    said = re.search(r": Skipped\n(.+)", output)
    return said.group(1) if said else "no reason given"


def summarize(results_path, missing_path, unit_dir):
    try:
        tests = list(ElementTree.parse(results_path).iter("testcase"))
        with open(missing_path) as missing_file:
            missing = json.load(missing_file)
    except (OSError, ValueError, ElementTree.ParseError) as error:
        print("summarize_tests.py: error: no test results: %s" % error, file=sys.stderr)
        print("0 passed, 1 failed, 0 skipped")
        return 1
    skipped = [test for test in tests if test.find("skipped") is not None]
    failed = sum(test.find("failure") is not None for test in tests)
    passed = len(tests) - len(skipped) - failed
    for test in skipped:
        name = "%s/%s" % (test.get("classname"), test.get("name"))
        print("skipped: %s: %s" % (name, skip_reason(test, missing, unit_dir)))
    print("%d passed, %d failed, %d skipped" % (passed, failed, len(skipped)))
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(summarize(*sys.argv[1:]))
