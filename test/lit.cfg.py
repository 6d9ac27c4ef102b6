# The tests of moe-opt, run by LLVM's lit: `lit BUILD/test`, or `lit test` from
# the source folder, which uses the newest build folder (or $MOE_BUILD_DIR).

import json
import os
import sys

import lit.formats

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lit_build_dir
import lit_features

if not hasattr(config, "moe_build_dir"):
    lit_config.load_config(config, lit_build_dir.site_config(lit_config, "test"))
    raise SystemExit  # the site configuration has loaded this file again

config.name = "MoE"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test", ".jsonc"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.join(config.moe_src, "test")

bin_dir = os.path.join(config.moe_build_dir, "bin")
config.environment["PATH"] = os.pathsep.join(
    [bin_dir, config.llvm_tools_dir, config.environment["PATH"]]
)
config.environment["FILECHECK_OPTS"] = (
    "-enable-var-scope --allow-unused-prefixes=false"
)
# For tests that configure a project of their own.
config.environment["CMAKE_CXX_COMPILER_LAUNCHER"] = config.compiler_launcher

# Every run of moe-opt also proves the round trip through text and bytecode.
# `%{moe-opt}` is the tool without that.
moe_opt = os.path.join(bin_dir, "moe-opt")
config.substitutions += [
    (r"%{moe-opt}", moe_opt),
    (r"(?<![-\w/.%{])moe-opt(?![-\w/.}])", moe_opt + " --verify-roundtrip"),
    (r"%moec\b", os.path.join(bin_dir, "moec")),
    (r"%plugin\b", os.path.join(config.moe_build_dir, "lib", "MoEPlugin.so")),
    (r"%shlibext\b", ".so"),
    (r"%python\b", config.python),
    (r"%cmake\b", config.cmake),
    (r"%moe_src\b", config.moe_src),
    (r"%moe_build\b", config.moe_build_dir),
    (r"%examples\b", os.path.join(config.moe_src, "examples")),
    (r"%loopback\b", os.path.join(config.moe_build_dir, "test", "Loopback")),
    (r"%share\b", os.path.join(config.moe_src, "share")),
]

missing = {}
for feature in lit_features.probe(config.python, config.llvm_tools_dir):
    if feature.reason_missing:
        missing[feature.name] = feature.reason_missing
        lit_config.note("no %s: %s" % (feature.name, feature.reason_missing))
    else:
        config.available_features.add(feature.name)
    config.substitutions += feature.substitutions
fuzz_text = os.path.join(config.moe_build_dir, "test", "Fuzz", "moe-fuzz-text")
config.substitutions.append((r"%fuzz_text\b", fuzz_text))
config.substitutions.append((r"%fuzz_launch\b", fuzz_text.replace("-text", "-launch")))
if os.path.exists(fuzz_text):
    config.available_features.add("fuzzers")
else:
    missing["fuzzers"] = "moe-fuzz-text is not built: needs cmake -DMOE_BUILD_FUZZERS=ON"
if os.path.exists(os.path.join(bin_dir, "moec-calibrate")):
    config.available_features.add("calibrate")
else:
    missing["calibrate"] = "moec-calibrate is not built: needs NLopt (libnlopt-dev)"
if "long" in lit_config.params:
    config.available_features.add("long")
else:
    missing["long"] = "takes minutes: runs with --param long=1 of lit"
# For the list of skipped tests that utils/check.sh prints.
with open(os.path.join(config.test_exec_root, "missing-features.json"), "w") as out:
    json.dump(missing, out, indent=2, sort_keys=True)
