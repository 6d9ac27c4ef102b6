"""Deployments and loads that placements are measured on."""

from collections import namedtuple

Case = namedtuple("Case", "layers experts ranks nodes slots groups")

CASES = {
    "dsv3-prefill-ep32": Case(58, 256, 32, 4, 9, 8),
    "dsv3-prefill-ep32-glob": Case(58, 256, 32, 4, 9, 1),
    "dsv3-train-ep32-nored": Case(58, 256, 32, 4, 8, 1),
    "dsv3-train-ep64-nored": Case(58, 256, 64, 8, 4, 1),
    "dsv3-ep16": Case(58, 256, 16, 2, 18, 8),
    "dsv3-ep64-hier": Case(58, 256, 64, 8, 5, 8),
    "dsv3-gb200-ep72": Case(58, 256, 72, 1, 4, 1),
    "dsv3-decode-ep144": Case(58, 256, 144, 18, 2, 8),
    "dsv3-decode-ep128": Case(58, 256, 128, 16, 3, 8),
    "dsv3-decode-ep320": Case(58, 256, 320, 40, 1, 8),
    "qwen3-235b-ep8": Case(94, 128, 8, 1, 16, 1),
    "qwen3-235b-ep16": Case(94, 128, 16, 2, 9, 1),
    "qwen3-235b-ep32": Case(94, 128, 32, 4, 5, 1),
    "qwen3-235b-ep64": Case(94, 128, 64, 8, 3, 1),
    "mixtral-8x22b-ep8": Case(56, 8, 8, 1, 2, 1),
    "mixtral-8x22b-ep4": Case(56, 8, 4, 1, 3, 1),
    "kimi-k2-ep32": Case(60, 384, 32, 4, 13, 1),
    "kimi-k2-ep128": Case(60, 384, 128, 16, 4, 1),
    "gptoss-120b-ep8": Case(36, 128, 8, 1, 17, 1),
    "scale-1024": Case(58, 256, 1024, 128, 2, 1),
    "kimi-scale-1024": Case(60, 384, 1024, 128, 2, 1),
}
KINDS = ["zipf:0.8", "zipf:1.2", "lognormal:1.0", "dirichlet:0.3",
         "grouped:0.5:0.7:8", "sample:0.8:4096"]

# A few layers of cases that differ in kind, for a look while working.
FAST_CASES = ["dsv3-prefill-ep32", "dsv3-train-ep64-nored", "dsv3-ep64-hier",
              "dsv3-gb200-ep72", "dsv3-decode-ep144", "dsv3-decode-ep128",
              "qwen3-235b-ep32", "mixtral-8x22b-ep8", "kimi-k2-ep128"]
FAST_LAYERS = 8


def is_hierarchical(case):
    return case.groups > 1 and case.groups % case.nodes == 0


def is_exact(case):
    """Whether weighted dispatch has enough slots for exact balance."""
    return case.ranks * case.slots >= case.experts + case.ranks - 1


def has_redundancy(case):
    return case.ranks * case.slots > case.experts
