// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Figures of `attention` that mean nothing, and places where it cannot stand.

moe.plan @case {
  model @model {
    layers @x 0 to 1 {
      // expected-error @below {{'moe.attention' op attribute 'heads' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
      attention heads 0
    }
  }
}

// -----

moe.plan @case {
  model @model {
    layers @x 0 to 1 {
      // expected-error @below {{'moe.attention' op attribute 'kv_heads' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
      attention kv_heads 0
    }
  }
}

// -----

moe.plan @case {
  model @model {
    layers @x 0 to 1 {
      // expected-error @below {{'moe.attention' op attribute 'head_size' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
      attention head_size 0
    }
  }
}

// -----

moe.plan @case {
  model @model {
    layers @x 0 to 1 {
      // expected-error @below {{'moe.attention' op attribute 'q_lora_rank' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
      attention q_lora_rank 0
    }
  }
}

// -----

moe.plan @case {
  model @model {
    layers @x 0 to 1 {
      // expected-error @below {{'moe.attention' op attribute 'kv_lora_rank' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
      attention kv_lora_rank 0
    }
  }
}

// -----

moe.plan @case {
  model @model {
    layers @x 0 to 1 {
      // expected-error @below {{'moe.attention' op attribute 'qk_nope_head_dim' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
      attention qk_nope_head_dim 0
    }
  }
}

// -----

moe.plan @case {
  model @model {
    layers @x 0 to 1 {
      // expected-error @below {{'moe.attention' op attribute 'qk_rope_head_dim' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
      attention qk_rope_head_dim 0
    }
  }
}

// -----

moe.plan @case {
  model @model {
    layers @x 0 to 1 {
      // expected-error @below {{'moe.attention' op attribute 'v_head_dim' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
      attention v_head_dim 0
    }
  }
}

// -----

moe.plan @case {
  model @model {
    layers @x 0 to 1 {
      // expected-error @below {{'moe.attention' op attribute 'sliding_window' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
      attention sliding_window 0
    }
  }
}

// -----

moe.plan @case {
  model @model {
    layers @x 0 to 1 {
      // expected-error @below {{custom op 'moe.headz' is neither an operation of the dialect nor a clause of the operation before it, did you mean 'heads'?}}
      attention headz 128
    }
  }
}

// -----

moe.plan @outside {
  // expected-error @below {{'moe.attention' op expects parent op 'moe.layers'}}
  attention
}
