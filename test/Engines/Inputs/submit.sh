#!/usr/bin/env bash
# Submits a bundle's job; every rank says where it runs and which coordinates it
# was given.
set -euo pipefail
cd "$1"
# shellcheck disable=SC2016 # for the ranks
sbatch --wait launch.sbatch -- bash -c \
  'echo "SEEN $RANK $MOE_HOST $LOCAL_RANK $(hostname) $MOE_ATTENTION_TP $MOE_EXPERT_EP"'
