#!/usr/bin/env bash
# switches.sh BUNDLE COMPARE...: every launcher puts hosts of a switch next to each
# other.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=test/Engines/Inputs/slurm_jobs.sh
source "$here/slurm_jobs.sh"
cd "$1"
shift
hosts=(node1 node3 node2 node4)

run_job launch.sbatch -- bash -c "$say_place"
paste -sd ' ' logs/*/hosts
compare srun "$@" . "${hosts[@]}"
# shellcheck disable=SC2016 # for the hosts
run_job launch.sbatch --per-host -- bash -c 'echo "HOST $NODE_RANK $(hostname)"' >logs/submit.log
echo '== srun, per host'
cat logs/*/host-*.log
rm -rf logs/*/
place_by_mpirun 4 16
compare mpirun "$@" . "${hosts[@]}"
place_by_torchrun 4
compare torchrun "$@" . "${hosts[@]}"
rm logs/submit.log
