# The folders come from `cmake --build build --target check`.
import os

import lit.formats

config.name = "host-crossings"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir"]
config.test_source_root = os.path.dirname(os.path.abspath(__file__))
config.test_exec_root = lit_config.params["work_dir"]
config.environment["PATH"] = os.pathsep.join(
    [lit_config.params["path"], config.environment["PATH"]]
)
config.substitutions.append((r"%plugin\b", lit_config.params["plugin"]))
