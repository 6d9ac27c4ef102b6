#!/usr/bin/env bash
# launchers.sh BUNDLE COMPARE...: starts the bundle by each launcher and compares
# where its ranks were; then the self-test, and launches that must fail.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=test/Engines/Inputs/slurm_jobs.sh
source "$here/slurm_jobs.sh"
cd "$1"
shift

run_job launch.sbatch -- bash -c "$say_place" >logs/submit.log
compare srun "$@" .
place_by_mpirun 8 64
compare mpirun "$@" .
place_by_torchrun 8
compare torchrun "$@" .
rm logs/submit.log

echo '== self-test'
run_job <launch.sbatch
echo '== the time limit is near'
# shellcheck disable=SC2016 # for the ranks
job=$(sbatch --parsable launch.sbatch -- bash -c \
  'trap "echo rank $RANK saves its state; exit 0" TERM
   touch "$MOE_RUN_DIR/running-$RANK"; while :; do sleep 60 & wait; done')
until [[ $(find logs -name 'running-*' | wc -l) == 64 ]]; do sleep 0.1; done
scancel --signal=USR1 --batch "$job"
wait_for_state "$job" 'COMPLETED|FAILED|CANCELLED'
echo "job ended as $state"
echo "$(grep -l 'saves its state' logs/"$job".0/rank-*.log | wc -l) ranks saved their state"
echo '== a rank fails'
# shellcheck disable=SC2016 # for the ranks
run_job launch.sbatch -- bash -c '((RANK != 37)) || exit 9; sleep 60'
echo '== a rank is killed during the self-test'
# shellcheck disable=SC2016
run_job launch.sbatch -- bash -c '((RANK != 37)) || export MOE_LOOPBACK_FAULT=kill@4
  exec ./build/moe_selftest'
echo '== a rank uses the GPU of another'
# shellcheck disable=SC2016
run_job launch.sbatch -- bash -c '((RANK != 20)) || export CUDA_VISIBLE_DEVICES=6
  exec ./build/moe_selftest'
echo '== a changed byte'
cp groups.json logs/saved
sed -i 's/"size": 8/"size": 4/' groups.json
run_job launch.sbatch
mv logs/saved groups.json
echo '== too few nodes'
run_job --nodes=7 --ntasks=56 launch.sbatch
