"""bundle_of_launch.py MOE_TRANSLATE LAUNCH DIR: the files of a launch that `moec
build` cannot make, because no plan gives such a rank map, with their digests."""

import hashlib
import json
import os
import subprocess
import sys

FILES = {
    "rankmap-csv": "rankmap.csv",
    "groups-json": "groups.json",
    "entrypoint": "entrypoint.sh",
    "launch-common": "launch_common.sh",
    "slurm": "launch.sbatch",
    "mpirun": "launch.mpirun.sh",
    "torchrun": "launch.torchrun.sh",
    "verify": "verify.sh",
    "site-env": "site.env",
}
translate, launch, folder = sys.argv[1:]
os.makedirs(folder + "/logs")
entries = []
for flag, name in FILES.items():
    path = os.path.join(folder, name)
    subprocess.run([translate, "--emit-" + flag, launch, "-o", path], check=True)
    if name.endswith((".sh", ".sbatch")):
        os.chmod(path, 0o755)
    with open(path, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    if name != "site.env":
        entry = {"path": name, "sha256": digest}
        entries.append("    " + json.dumps(entry, separators=(",", ":")))
manifest = '{\n  "files": [\n' + ",\n".join(entries) + "\n  ],\n"
own = hashlib.sha256(manifest.encode()).hexdigest()
with open(folder + "/bundle.json", "w", encoding="utf-8") as file:
    file.write(manifest + '  "sha256_above": "%s"\n}\n' % own)
