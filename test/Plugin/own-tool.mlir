// moe-opt has the dialect and the passes: loading the plugin there does no harm
// and says that it is pointless.
// RUN: moe-opt %s --load-dialect-plugin=%plugin --load-pass-plugin=%plugin 2> %t.err | FileCheck %s
// RUN: FileCheck %s --check-prefix=NOTE < %t.err

// CHECK: moe.plan @demo
// NOTE: MoEPlugin: note: this tool already has the dialect of moe-opt; the plugin is for a stock mlir-opt
// NOTE-NEXT: MoEPlugin: note: this tool already has the passes of moe-opt; the plugin is for a stock mlir-opt
moe.plan @demo {
}
