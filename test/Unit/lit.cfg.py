# The GoogleTest binaries BUILD/test/Unit/*Tests, one lit test per test case.

import os
import sys

import lit.formats

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import lit_build_dir

if not hasattr(config, "moe_build_dir"):
    lit_config.load_config(config, lit_build_dir.site_config(lit_config, "test/Unit"))
    raise SystemExit  # the site configuration has loaded this file again

config.name = "MoE-Unit"
config.suffixes = []
config.test_source_root = config.test_exec_root
config.test_format = lit.formats.GoogleTest(".", "Tests")
