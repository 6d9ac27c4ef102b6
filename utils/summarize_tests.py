#!/usr/bin/env python3
"""usage: summarize_tests.py RESULTS MISSING

Prints the skipped tests of lit's RESULTS (lit --output) with the reason, from
MISSING (written by test/lit.cfg.py), then `N passed, N failed, N skipped`.
Exits 0 only if something ran and nothing failed.
"""

import json
import sys

PASSED = {"PASS", "FLAKYPASS", "XFAIL"}
SKIPPED = {"UNSUPPORTED", "SKIPPED", "EXCLUDED"}
REQUIRES = "Test requires the following unavailable features: "


def skip_reason(output, missing):
    """Why a test was skipped, in words of lit_features where they say it."""
    for line in output.splitlines():
        if line.startswith(REQUIRES):
            features = line[len(REQUIRES) :].split(", ")
            return "; ".join(missing.get(name, "no " + name) for name in features)
    return output.strip() or "no reason given"


def main(results_path, missing_path):
    try:
        with open(results_path) as results, open(missing_path) as missing_file:
            tests = json.load(results)["tests"]
            missing = json.load(missing_file)
    except (OSError, ValueError, KeyError) as error:
        print("summarize_tests.py: error: no test results: %s" % error, file=sys.stderr)
        print("0 passed, 1 failed, 0 skipped")
        return 1
    skipped = [test for test in tests if test["code"] in SKIPPED]
    passed = [test for test in tests if test["code"] in PASSED]
    failed = len(tests) - len(passed) - len(skipped)
    for test in sorted(skipped, key=lambda test: test["name"]):
        print("skipped: %s: %s" % (test["name"], skip_reason(test["output"], missing)))
    print("%d passed, %d failed, %d skipped" % (len(passed), failed, len(skipped)))
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2]))
