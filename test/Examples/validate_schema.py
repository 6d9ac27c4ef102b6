#!/usr/bin/env python3
#
# Part of the moe-opt project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Validates plan and site files against the JSON Schemas of the project.

usage: validate_schema.py SHARE_DIR FILE_OR_DIRECTORY...

SHARE_DIR holds moe-plan-1.schema.json and moe-site-1.schema.json. Of a
directory every *.json file is taken, not those below it (model files). A file
named site*.json is a site file, any other a plan. Also checked, because JSON
Schema cannot say it: a key given twice, a claim id given twice, a reference
@id to a claim that does not exist, and paths that lead nowhere.

Prints one line per valid file on stdout and one per error on stderr; exits 1
if there was an error.
"""

import json
import re
import sys
from pathlib import Path

from jsonschema import Draft202012Validator

# A string literal or a comment, whichever comes first.
STRING_OR_COMMENT = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/', re.S)


def without_comments(text):
    """Returns `text` with comments blanked out; line numbers stay the same."""

    def keep_string(match):
        token = match.group(0)
        return token if token[0] == '"' else re.sub(r"[^\n]", " ", token)

    return STRING_OR_COMMENT.sub(keep_string, text)


def unique_keys(pairs):
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise ValueError(f"key '{key}' is given twice")
    return dict(pairs)


def claim_errors(claims):
    ids = [claim["id"] for claim in claims]
    for name in sorted(set(ids)):
        if ids.count(name) > 1:
            yield f"claim '{name}' is given twice"
    for claim in claims:
        for name in re.findall(r"@([A-Za-z0-9_-]+)", claim["says"]):
            if name not in ids:
                yield f"claim '{claim['id']}' refers to unknown claim '{name}'"


def path_errors(plan, directory):
    paths = [plan["model"], plan.get("baseline")]
    for path in paths:
        if isinstance(path, str) and not (directory / path).is_file():
            yield f"no file '{path}' beside the plan"


def errors(path, validators):
    """Yields every error of one file as text."""
    is_site = path.name.startswith("site")
    try:
        content = json.loads(
            without_comments(path.read_text(encoding="utf-8")),
            object_pairs_hook=unique_keys,
        )
    except ValueError as error:
        yield str(error)
        return
    violations = validators["site" if is_site else "plan"].iter_errors(content)
    found = [f"{error.json_path}: {error.message}" for error in violations]
    yield from found
    if not found and not is_site:
        yield from claim_errors(content.get("claims", []))
        yield from path_errors(content, path.parent)


def validator(share, name):
    schema = json.loads((share / name).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def main(arguments):
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    share = Path(arguments[0])
    validators = {
        "plan": validator(share, "moe-plan-1.schema.json"),
        "site": validator(share, "moe-site-1.schema.json"),
    }
    failed = False
    for name in map(Path, arguments[1:]):
        for path in sorted(name.glob("*.json")) if name.is_dir() else [name]:
            messages = list(errors(path, validators))
            for message in messages:
                print(f"{path.name}: {message}", file=sys.stderr)
            if not messages:
                print(f"{path.name}: valid")
            failed = failed or bool(messages)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
