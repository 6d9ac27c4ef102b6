//===- Prose.cpp - What the table of the plan format cannot say -----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Prose.h"

#include "llvm/ADT/StringSwitch.h"

static constexpr llvm::StringLiteral page = R"(# The plan file

<!-- Generated from the table in lib/Import/PlanFormat.cpp: `ninja update-docs`. -->

A plan is a JSON file. It says what somebody wants or claims; a wrong plan can be
written down, and `moec check` says what is wrong with it. The smallest one has
four keys:

```json
{
  "schema": "moe-plan/1",
  "model": "models/mixtral-8x22b/config.json",
  "cluster": { "gpu": "H100", "nodes": 16, "gpus_per_node": 8 },
  "parallelism": { "tp": 2, "pp": 8, "ep": 8, "etp": 1 }
}
```

- `//` and `/* */` comments are allowed. A key that is not in the tables below is
  an error with a suggestion, and so is a key given twice.
- Paths are relative to the plan.
- A check that needs an absent figure names it and does not guess.
- `share/moe-plan-1.schema.json` is the same format as a JSON Schema, for editors.
- `moe-translate --import-plan` reads a plan into IR, `--export-plan` writes it
  back without loss but of comments and layout.
)";

static constexpr llvm::StringLiteral model =
    R"(The path of a `config.json` of Hugging Face, or its keys inline. With
`model_type` the family's own key names and defaults apply, each default that was
used is noted, and keys that are of no interest are ignored. Without it, these
keys are understood, all optional, and nothing is defaulted:

| key | what |
|---|---|
| `hidden_size` | width of the residual stream |
| `num_hidden_layers` | transformer layers, without multi-token prediction |
| `num_attention_heads`, `num_key_value_heads`, `head_dim` | query heads, key and value heads, width of one |
| `vocab_size` | tokens of the vocabulary, before padding |
| `num_experts`, `num_experts_per_tok` | routed experts of a layer, 0 for a dense model; how many a token is sent to |
| `moe_intermediate_size`, `intermediate_size` | FFN width of an expert, of a dense layer |
| `gated` | `true`: three FFN matrices, as SwiGLU; `false`: two |
)";

static constexpr llvm::StringLiteral optimizer =
    R"(`adam` and `adamw` keep two moments of each parameter, `sgd` (with momentum) and
`lion` one. `muon` keeps one of the layers and Adam's two of the embedding and the
output head; norms, less than a ten-thousandth of a model, count as layers. The number
formats are those that Megatron-Core's precision-aware optimizer or DeepSpeed can
keep; a state that is not stated is `fp32`.
)";

static constexpr llvm::StringLiteral parallelism =
    R"(The *GPU equation* ties the degrees to the N ranks. `rule` says which one:

- `folded`: attention and experts lay their own meshes over the same ranks,
  TP·CP·PP·DP = N and ETP·EP·PP·EDP = N. Megatron-Core works like this.
- `product`: one mesh carries all axes, EP·TP·CP·PP·DP = N.

A message about the equation says which rule it applied and what the other one
would say; docs/lowering.md shows both.
)";

static constexpr llvm::StringLiteral stated =
    R"(Each entry is compared with what the plan implies; a contradiction is an error of
`check`, but does not stop `build` unless `--strict` is given.
)";

static constexpr llvm::StringLiteral claims =
    R"(A claim is one equation, inequality or range over numbers with units, metrics,
other claims (`@id`), metrics of the baseline (`baseline.throughput`) and the
functions `sum`, `mean`, `min`, `max`, `variance`, `sample_variance`, `ratio` and
`change`. `@id` stands for the right side of the claim it names.

```text
claim    ::= sum relation sum | sum `=` sum `..` sum
relation ::= `=` | `<` | `<=` | `>` | `>=`
sum      ::= product ((`+` | `-`) product)*
product  ::= factor ((`*` | `/`) factor)*
factor   ::= `-` factor | `(` sum `)` | number unit? | metric
           | `baseline.` metric | `@` id | function `(` sum (`,` sum)* `)`
```

Whole numbers are exact, decimals stand for half a unit of their last digit to
either side, and so does a number that is one side of an equation (but a whole
number without a unit that a metric equals is a count, and `0 s` is none). The limit
of an inequality is exact. A claim is *true* when both sides meet, *truncated* when
the stated digits are cut off instead of rounded, else *false*; with a figure that is
not known it is *unverifiable*, and `check` names the figure. Parameters, FLOPs and
states are exact; activations and sums with them stand for 10 % to either side, times
for the error of the time model. Where ranks or stages differ a claim holds when it
holds for the least and the most; an equation of one metric that differs over the
stages of the pipeline, as `device_memory = 31.94 GB`, is about the fullest stage, the
one that `estimate` shows and that decides what fits; a bound is about every stage. A
metric of the baseline is computed from that plan, or else taken from its claims. A
claim that cannot be recomputed gives its `source`.
)";

static constexpr llvm::StringLiteral policy =
    R"(A breach is a warning. Without an `imbalance` the busiest rank may have 1.05 times
the mean, without a `memory_imbalance` the largest stage may need 1.5 times the mean.
`device_memory` is what the largest stage needs, in bytes or as a share of its GPU.
)";

static constexpr llvm::StringLiteral units =
    R"(A quantity is a number, a blank if you like, and a unit: `"42.3 GB"`. Digits are
kept as written. Powers of 1000 and of 1024 are told apart (`GB`, `GiB`), bits and
bytes as well (`Gb/s`, `GB/s`).
)";

static constexpr llvm::StringLiteral metrics =
    R"(The names that claims may use; `moec explain PLAN METRIC` shows how one follows
from a plan, `moec explain --list` prints this list.
)";

llvm::StringRef proseOf(llvm::StringRef section) {
  return llvm::StringSwitch<llvm::StringRef>(section)
      .Case("page", page)
      .Case("model", model)
      .Case("parallelism", parallelism)
      .Case("workload.optimizer", optimizer)
      .Case("stated", stated)
      .Case("claims", claims)
      .Case("policy", policy)
      .Case("metrics", metrics)
      .Case("units", units)
      .Default("");
}
