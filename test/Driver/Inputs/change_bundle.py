"""change_bundle.py MOEC BUNDLE COPY: changes a bundle in one place after the
other, and has `moec verify` say which: one byte of each file, a missing file,
an added one. What users may edit must stay fine. COPY is the folder it uses."""

import os
import shutil
import subprocess
import sys

moec, bundle, copy = sys.argv[1:]


def flip_byte(path):
    with open(path, "r+b") as file:
        content = file.read()
        file.seek(len(content) // 2)
        file.write(bytes([content[len(content) // 2] ^ 1]))


def append_comment(path):
    with open(path, "a") as file:
        file.write("# mine\n")


def verify(change, name):
    """Exit status and messages of verifying the bundle changed at `name`."""
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(bundle, copy)
    change(os.path.join(copy, name))
    run = subprocess.run(
        [moec, "verify", copy], capture_output=True, text=True, timeout=60
    )
    return run.returncode, run.stdout + run.stderr


def expect_refused(change, name):
    status, output = verify(change, name)
    if status != 1 or "%s/%s: error: " % (copy, name) not in output:
        sys.exit("%s of '%s': status %d\n%s" % (change.__name__, name, status, output))
    print("refused:", change.__name__, name)


def expect_fine(change, name):
    status, output = verify(change, name)
    if status != 0:
        sys.exit("%s of '%s': status %d\n%s" % (change.__name__, name, status, output))
    print("fine:", change.__name__, name)


def is_users(name):
    return name == "site.env" or name.startswith(("logs/", "build/"))


names = sorted(
    os.path.relpath(os.path.join(folder, name), bundle)
    for folder, _, files in os.walk(bundle)
    for name in files
)
for name in names:
    if not is_users(name):
        expect_refused(flip_byte, name)
        expect_refused(os.remove, name)
for name in ["added.txt", "inputs/added.txt", ".hidden"]:
    expect_refused(append_comment, name)
expect_refused(os.mkdir, "folder")
expect_fine(append_comment, "site.env")
expect_fine(append_comment, "logs/rank-0.log")
expect_fine(os.mkdir, "build")
