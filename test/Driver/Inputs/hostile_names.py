"""hostile_names.py MOEC PLAN SITE FOLDER: puts text that shells, compilers and
tables could fall for into every string of a plan and of a site file, one at a
time. Each must be refused with a reason, or give a bundle that proves
itself, whose scripts are clean, and which runs without executing the text."""

import copy
import json
import os
import shutil
import subprocess
import sys

from vary_plan import read_plan

moec, plan_file, site_file, folder = sys.argv[1:]
folder = os.path.abspath(folder)
bundle = os.path.join(folder, "bundle")
shellcheck = shutil.which("shellcheck")

NASTY = [
    "$(touch pwned)`touch pwned`",
    "'; touch pwned; '\"; touch pwned; \"",
    "a\ntouch pwned\n#SBATCH --wrap=touch",
    "\\ */ %s {{x}} \u00e4\u4e16\u754c | <b> -->",
]


def strings_of(value, path=()):
    """Paths of every string below a JSON value."""
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict):
        for key, member in value.items():
            yield from strings_of(member, path + (key,))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from strings_of(member, path + (index,))


def replaced(value, path, text):
    value = copy.deepcopy(value)
    parent = value
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = text
    return value


def run(*command, **options):
    return subprocess.run(
        command, capture_output=True, text=True, timeout=60, cwd=folder, **options
    )


def require(condition, what, detail=""):
    if not condition:
        sys.exit("%s\n%s" % (what, detail))


def check_bundle(what):
    scripts = ["entrypoint.sh", "launch.mpirun.sh", "launch.torchrun.sh",
               "launch_common.sh", "verify.sh", "launch.sbatch", "launch.pod.sh"]
    for name in scripts + ["site.env"]:
        syntax = run("bash", "-n", os.path.join(bundle, name))
        require(syntax.returncode == 0, "%s: bash -n %s" % (what, name), syntax.stderr)
    if shellcheck:
        lint = run(shellcheck, *[os.path.join(bundle, name) for name in scripts])
        require(lint.returncode == 0, what + ": shellcheck", lint.stdout)
    environment = {"PATH": os.environ["PATH"], "RANK": "3", "MASTER_ADDR": "h",
                   "MOE_CONTAINER_RUNTIME": "none"}
    entry = run(os.path.join(bundle, "entrypoint.sh"), "sh", "-c", "echo $RANK",
                env=environment)
    require(entry.stdout == "3\n", what + ": entrypoint.sh", entry.stdout + entry.stderr)
    proof = run(moec, "verify", bundle)
    require(proof.returncode == 0, what + ": verify", proof.stderr)


def check(plan, site, what):
    """Returns whether the plan was built; a refusal says where."""
    shutil.rmtree(bundle, ignore_errors=True)
    for name, value in [("plan.json", plan), ("site.json", site)]:
        with open(os.path.join(folder, name), "w") as file:
            json.dump(value, file)
    built = run(moec, "build", "plan.json", "--site", "site.json", "-o", "bundle")
    require(built.returncode in (0, 1, 2), what + ": crashed", built.stderr)
    if built.returncode == 0:
        check_bundle(what)
    else:
        require("error: " in built.stderr, what + ": no reason", built.stderr)
        require(not os.path.exists(bundle), what + ": half a bundle")
    found = [name for _, _, files in os.walk(folder) for name in files]
    require("pwned" not in found, what + ": the text was executed")
    return built.returncode == 0


plan, site = read_plan(plan_file), read_plan(site_file)
plan["model"] = os.path.join(os.path.dirname(os.path.abspath(plan_file)), plan["model"])
plan["cluster"]["source"] = "a data sheet"
plan["claims"] = [{"id": "one", "says": "1 = 1", "quote": "1 = 1", "source": "assumed"}]
require(check(plan, site, "unchanged"), "the unchanged plan is refused")
for text in NASTY:
    for path in strings_of(plan):
        if check(replaced(plan, path, text), site, "plan %s %r" % (path, text)):
            print("built with a hostile plan", ".".join(map(str, path)))
    for path in strings_of(site):
        if check(plan, replaced(site, path, text), "site %s %r" % (path, text)):
            print("built with a hostile site", ".".join(map(str, path)))
