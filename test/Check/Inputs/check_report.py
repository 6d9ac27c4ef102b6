"""Checks a report of `moec check --format json` against the contract of
moe-report/1: keys, types, and verdicts that follow from the findings."""

import json
import sys

SEVERITIES = {"error", "warning", "note"}
KEYS = ["schema", "plan", "verdict", "sections", "unchecked", "findings", "claims",
        "metrics"]


def check_finding(finding, lines):
    for key in ("rule", "message", "expected", "found"):
        assert isinstance(finding[key], str), (key, finding)
    assert finding["severity"] in SEVERITIES, finding
    assert finding["rule"].rsplit("-", 1)[1].isdigit(), finding
    place = finding["location"]
    # Every finding points at a line of the plan.
    assert 1 <= place["line"] <= lines and place["column"] >= 1, finding
    for fix in finding["fixes"]:
        assert set(fix) - {"also"} == {"key", "value", "why"}, fix


def check(report, lines):
    assert list(report) == KEYS, list(report)
    assert report["schema"] == "moe-report/1"
    for finding in report["findings"]:
        check_finding(finding, lines)
    severities = {finding["severity"] for finding in report["findings"]}
    claims = {claim["verdict"] for claim in report["claims"]}
    verdicts = set(report["sections"].values())
    assert verdicts <= {"pass", "partial", "fail"}, verdicts
    for section, missing in report["unchecked"].items():
        assert report["sections"][section] != "pass" and missing, section
        assert all("." in name for name in missing), missing
    assert (report["verdict"] == "fail") == ("error" in severities)
    if report["verdict"] == "pass":
        assert "warning" not in severities and not claims
        assert not report["unchecked"]
    for metric, value in report["metrics"].items():
        assert isinstance(value, (int, float)), metric


if __name__ == "__main__":
    report = json.load(sys.stdin)
    check(report, len(open(sys.argv[1]).readlines()))
    print(report["verdict"], len(report["findings"]), "findings")
    for name in sys.argv[2:]:
        print(name, report["metrics"][name])
