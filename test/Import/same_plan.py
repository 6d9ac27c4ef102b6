#!/usr/bin/env python3
#
# Part of the moe-opt project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Imports plan files, exports them again, and compares the two JSON documents.

usage: same_plan.py FILE...

Comments, layout and the order of keys may differ, nothing else: numbers are
compared as text, so 1.0 and 1 are not the same. moe-translate is found on PATH.
"""

import json
import re
import subprocess
import sys

# A string literal or a comment, whichever comes first.
STRING_OR_COMMENT = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/', re.S)


def load(text):
    def keep_string(match):
        token = match.group(0)
        return token if token[0] == '"' else " "

    plain = STRING_OR_COMMENT.sub(keep_string, text)
    return json.loads(plain, parse_int=lambda n: ("int", n), parse_float=lambda n: ("float", n))


def main():
    for path in sys.argv[1:]:
        module = subprocess.run(
            ["moe-translate", "--import-plan", path], check=True, stdout=subprocess.PIPE
        ).stdout
        exported = subprocess.run(
            ["moe-translate", "--export-plan"], input=module, check=True, stdout=subprocess.PIPE
        ).stdout.decode()
        with open(path, encoding="utf-8") as plan:
            if load(plan.read()) != load(exported):
                sys.exit("%s: comes back as another plan:\n%s" % (path, exported))
        print("%s: same" % path)


main()
