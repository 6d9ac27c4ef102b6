"""Validates a log against the SARIF 2.1.0 schema and prints its results.

usage: check_sarif.py SCHEMA LOG

The schema is OASIS's, unchanged:
https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json
"""

import json
import sys

import jsonschema


def place(location):
    physical = location.get("physicalLocation")
    if not physical:
        return "nowhere"
    region = physical["region"]
    uri = physical["artifactLocation"]["uri"]
    return "%s:%d:%d" % (uri, region["startLine"], region["startColumn"])


def main(schema, log):
    schema = json.load(open(schema))
    log = json.load(open(log))
    validator = jsonschema.Draft4Validator(schema)
    errors = ["%s: %s" % (e.json_path, e.message) for e in validator.iter_errors(log)]
    print("\n".join(errors) or "valid")
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"], result
        (location,) = result["locations"]
        (plan,) = location["logicalLocations"]
        print(plan["name"] + ":", result["level"], result["ruleId"], place(location))
        related = result.get("relatedLocations", [])
        fixes = [line for line in result["message"]["text"].splitlines() if line.startswith("fix: ")]
        print("  %d related locations, %s" % (len(related), "; ".join(fixes) or "no fix"))
    return bool(errors)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
