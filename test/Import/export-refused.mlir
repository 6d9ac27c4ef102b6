// What a plan file cannot say is refused, not written wrong.
// RUN: moe-translate --export-plan --split-input-file --verify-diagnostics %s

module {
  moe.plan @edited {
    // expected-error @+1 {{the 'keys' of the model do not give its figures any more; state the changed ones in 'keys' too}}
    model @model hidden 32 keys <"hidden_size" = "16"> {
    }
  }
}

// -----

module {
  moe.plan @no_json {
    // expected-error @+1 {{the 'keys' of the model do not give its figures any more}}
    model @model hidden 16 keys <"hidden_size" = "16, "> {
    }
  }
}

// -----

module {
  moe.plan @by_hand {
    // expected-error @+1 {{the model names neither a file with 'from' nor its 'keys', so a plan file cannot describe it}}
    model @model hidden 32 {
    }
  }
}

// -----

module {
  // expected-error @+1 {{the plan has no model, which a plan file must have}}
  moe.plan @empty {
  }
}

// -----

module {
  moe.plan @table {
    model @model from "config.json" {
    }
    // expected-error @+1 {{the placement is a table that no 'file' holds, so a plan file cannot name it}}
    distribution @experts placed table
  }
}

// -----

module {
  moe.plan @bytes {
    model @model from "config.json" {
    }
    // expected-error @+1 {{a string of this operation is not UTF-8, which a plan file is}}
    cluster @cluster gpu "\FF"
  }
}

// -----

// expected-error @+1 {{expected one plan, found 0}}
module {
}
