"""What this machine has that some tests need, and why not where it has not."""

import os
import shutil
import subprocess
from collections import namedtuple

# `reason_missing` is empty where the feature is there.
Feature = namedtuple("Feature", "name reason_missing substitutions")

CUDA_BIN = "/usr/local/cuda/bin"
NCCL_INCLUDE_DIRS = ["/usr/local/cuda/include", "/usr/include"]


def _runs(*command):
    try:
        return (
            subprocess.run(command, capture_output=True, timeout=30).returncode == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False


def _program(feature, names, folders="", substitution=None):
    """A feature that is a program: `names` in order, on PATH and in `folders`."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), folders])
    found = next(filter(None, (shutil.which(name, path=path) for name in names)), None)
    where = "PATH" + (" or in " + folders if folders else "")
    reason = "" if found else "%s is not on %s" % (" or ".join(names), where)
    return Feature(feature, reason, [(substitution, found)] if found and substitution else [])


def _nccl_header():
    for folder in NCCL_INCLUDE_DIRS:
        if os.path.exists(os.path.join(folder, "nccl.h")):
            return Feature("nccl-header", "", [(r"%nccl_include\b", folder)])
    return Feature("nccl-header", "nccl.h is not in " + " or ".join(NCCL_INCLUDE_DIRS), [])


def _nccl_library():
    """NVIDIA's own NCCL and CUDA runtime, headers and libraries in one place."""
    home = os.path.dirname(CUDA_BIN)
    absent = [
        name
        for name in ("include/nccl.h", "lib/libnccl.so", "lib/libcudart.so.13")
        if not os.path.exists(os.path.join(home, name))
    ]
    reason = "not in %s: %s" % (home, ", ".join(absent)) if absent else ""
    return Feature("nccl-library", reason, [(r"%nccl_home\b", home)])


def _python_module(python, module):
    reason = "" if _runs(python, "-c", "import " + module) else (
        "%s has no module %s" % (python, module)
    )
    return Feature(module, reason, [])


def _openmpi():
    reason = ""
    if not shutil.which("mpirun"):
        reason = "mpirun is not on PATH"
    elif not _runs("mpirun", "--version"):
        reason = "mpirun does not start"
    return Feature("openmpi", reason, [])


def _slurm():
    """A Slurm of virtual nodes: the daemons, and the rights to make the nodes."""
    sbin = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    absent = [
        name
        for name in ("slurmctld", "slurmd", "sbatch", "munged", "ip", "unshare")
        if not shutil.which(name, path=sbin)
    ]
    reason = ""
    if absent:
        reason = "not installed: " + ", ".join(absent)
    elif os.geteuid() != 0:
        reason = "virtual nodes need root"
    elif not _runs("unshare", "-n", "-m", "-u", "true"):
        reason = "this machine allows no network namespaces"
    return Feature("slurm", reason, [])


def _own_mounts():
    """A file system of a test's own, seen by no one else."""
    works = _runs("unshare", "-m", "mount", "-t", "tmpfs", "none", "/tmp")
    return Feature("own-mounts", "" if works else "mounting needs root", [])


def probe(python, llvm_tools_dir):
    """Every feature that a test may name in REQUIRES, found or not."""
    return [
        _program("nvcc", ["nvcc"], CUDA_BIN, r"%nvcc\b"),
        _nccl_header(),
        _nccl_library(),
        _program("shellcheck", ["shellcheck"]),
        _program("promtool", ["promtool"], "", r"%promtool\b"),
        _program("clang-format", ["clang-format-22"], "", r"%clang_format\b"),
        _openmpi(),
        _slurm(),
        _own_mounts(),
        _python_module(python, "jsonschema"),
        _python_module(python, "yaml"),
        _program("stock-mlir-opt", ["mlir-opt-22", "mlir-opt"], llvm_tools_dir,
                 r"%stock_mlir_opt\b"),
    ]
