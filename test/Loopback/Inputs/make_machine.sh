#!/usr/bin/env bash
# make_machine.sh DIR DRIVER STATE: what Linux shows of a machine with eight GPUs
# and two network adapters, the second one in STATE, below DIR/proc and DIR/sys.
set -euo pipefail
dir=$1 driver=$2 state=$3
mkdir -p "$dir/proc/driver/nvidia"
echo "NVRM version: NVIDIA UNIX x86_64 Kernel Module  $driver  Fri Aug 16 21:39:15 UTC 2024" \
  >"$dir/proc/driver/nvidia/version"
for gpu in {0..7}; do
  gpu_dir=$dir/proc/driver/nvidia/gpus/$(printf '0000:%02x:00.0' $((16 + gpu)))
  mkdir -p "$gpu_dir"
  printf 'Model: \t\t NVIDIA H100\nGPU UUID: \t GPU-%s-%s\n' "$(basename "$dir")" "$gpu" \
    >"$gpu_dir/information"
done
for adapter in mlx5_0 mlx5_1; do
  mkdir -p "$dir/sys/class/infiniband/$adapter/ports/1"
done
echo '4: ACTIVE' >"$dir/sys/class/infiniband/mlx5_0/ports/1/state"
echo "2: $state" >"$dir/sys/class/infiniband/mlx5_1/ports/1/state"
