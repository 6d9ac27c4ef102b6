"""Compares what `moec check` says about the transcribed documents with a table.

usage: seed_findings.py MOEC TABLE ASSUMPTIONS EXAMPLES FOLDER

Prints a line for each id of the table, and what is not as the table says. An id
has a figure there or in ASSUMPTIONS, the table of cost_findings.py.
"""

import json
import os
import re
import subprocess
import sys


def without_comments(text):
    token = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*')
    return token.sub(lambda m: m[0] if m[0][0] == '"' else "", text)


class Documents:
    """Reports of the plans, each made once."""

    def __init__(self, moec, examples, folder):
        self.moec, self.examples, self.folder = moec, examples, folder
        self.reports = {}

    def check(self, path):
        if path not in self.reports:
            done = subprocess.run([self.moec, "check", "--format", "json", path],
                                  capture_output=True, text=True, check=False)
            assert not done.stderr, done.stderr
            self.reports[path] = json.loads(done.stdout)
        return self.reports[path]

    def path(self, plan):
        return os.path.join(self.examples, "seed-%s.json" % plan)

    def report(self, plan):
        return self.check(self.path(plan))

    def comparison(self, before, after):
        """What `moec check BEFORE AFTER` says about the pair."""
        done = subprocess.run([self.moec, "check", "--format", "json", before, after],
                              capture_output=True, text=True, check=False)
        assert not done.stderr, done.stderr
        return json.loads(done.stdout)[2]

    def changed(self, plan, change):
        """The plan with one more figure."""
        (section, key), value = change.split("=")[0].split("."), change.split("=")[1]
        text = open(self.path(plan), encoding="utf-8").read()
        content = json.loads(without_comments(text))
        content[section][key] = json.loads(value)
        content.pop("baseline", None)
        path = os.path.join(self.folder, "%s-%s.json" % (plan, change.replace("/", "_")))
        with open(path, "w", encoding="utf-8") as out:
            json.dump(content, out)
        return path


def says(report, rule, text):
    """Whether a finding of the rule holds the text, anywhere in it."""
    findings = [f for f in report["findings"] if f["rule"] == rule]
    shown = [[f["message"], f["expected"]] + [n["message"] for n in f["notes"]]
             + [x["why"] for x in f["fixes"]] for f in findings]
    if any(text in piece for pieces in shown for piece in pieces):
        return None
    return "[%s] does not say '%s': %s" % (rule, text, shown)


def compares(comparison, text):
    """Whether the comparison of two plans holds the text."""
    shown = [comparison["outcome"]] + comparison["target_conflicts"]
    if any(text in piece for piece in shown):
        return None
    return "the comparison does not say '%s': %s" % (text, shown)


def has_verdict(claim, verdict, computed):
    if claim["verdict"] == verdict and claim["computed"] == computed:
        return None
    return "%s, computed %s" % (claim["verdict"], claim["computed"])


def lacks(claim, name):
    if claim["verdict"] == "unverifiable" and name in claim["missing"]:
        return None
    return "%s, missing %s" % (claim["verdict"], claim["missing"])


def problem(documents, plan, kind, rest):
    """What is wrong with one row, or None."""
    if kind == "with":
        change, rule, text = rest.split(maxsplit=2)
        return says(documents.check(documents.changed(plan, change)), rule, text)
    if kind == "against":
        other, text = rest.split(maxsplit=1)
        return compares(documents.comparison(documents.path(plan), documents.path(other)), text)
    if kind == "advised":
        change, text = rest.split(maxsplit=1)
        return compares(documents.comparison(documents.path(plan), documents.changed(plan, change)), text)
    report = documents.report(plan)
    if kind == "finding":
        return says(report, *rest.split(maxsplit=1))
    name, rest = rest.split(maxsplit=1)
    claims = [claim for claim in report["claims"] if claim["id"] == name]
    if not claims:
        return "no claim " + name
    if kind == "claim":
        return has_verdict(claims[0], *rest.split(maxsplit=1))
    return lacks(claims[0], rest)


# Findings whose essence is no figure: a mode that is not stated, a source or an
# input that is not given, an operation of the wrong kind.
WITHOUT_FIGURE = {"S0-16", "S0-21", "S1-17", "S3-19", "S3-24", "S3-26", "X-03"}


def has_figure(kind, rest):
    """Whether a row holds a number that the tool computed."""
    shown = rest.split(maxsplit={"claim": 2, "needs": 1, "advised": 1, "against": 1,
                                 "with": 2, "finding": 1}[kind])[-1]
    return kind != "needs" and bool(re.search(r"\d", shown))


def ids_of(assumptions):
    """Findings whose figure takes values that the documents leave out."""
    rows = json.load(open(assumptions, encoding="utf-8"))
    return {name for row in rows for name in re.findall(r"[SX]\d?-\d\d", row["id"])}


def main(moec, table, assumptions, examples, folder):
    documents = Documents(moec, examples, folder)
    answers = {}
    for line in open(table, encoding="utf-8"):
        if line.startswith("#") or not line.strip():
            continue
        name, plan, kind, rest = line.rstrip("\n").split(maxsplit=3)
        wrong = problem(documents, plan, kind, rest)
        answers.setdefault(name, []).append((wrong, has_figure(kind, rest)))
    failed = 0
    elsewhere = WITHOUT_FIGURE | ids_of(assumptions)
    for name, rows in answers.items():
        wrong = [row[0] for row in rows if row[0]]
        if name not in elsewhere and not any(row[1] for row in rows):
            wrong.append("no row has a figure")
        print(name, "WRONG: " + "; ".join(wrong) if wrong else "as found")
        failed += bool(wrong)
    print("%d findings, %d wrong" % (len(answers), failed))
    return failed != 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
