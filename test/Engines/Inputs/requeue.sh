#!/usr/bin/env bash
# requeue.sh BUNDLE: the machine of a node goes away while a job runs on it; then a
# job comes near its time limit.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=test/Engines/Inputs/slurm_jobs.sh
source "$here/slurm_jobs.sh"
cd "$1"
# Runs until it is stopped the first time, and ends by itself the second time.
# shellcheck disable=SC2016 # for the ranks
job=$(sbatch --parsable launch.sbatch -- bash -c \
  'echo "RESTART ${SLURM_RESTART_COUNT:-0} $RANK $(hostname)"
   touch "$MOE_RUN_DIR/running-$RANK" "core.$RANK" # a job leaves files where it runs
   [[ ${SLURM_RESTART_COUNT:-0} != 0 ]] || sleep 90')
until [[ $(find logs -name 'running-*' | wc -l) == 16 ]]; do sleep 0.1; done
lose_node node2
wait_for_state "$job" PENDING
scontrol update JobId="$job" StartTime=now # Slurm would wait two minutes
wait_for_state "$job" COMPLETED
echo "job ended as $state"
scontrol show job -o "$job" | sed 's/.* Restarts=\([0-9]*\).*/restarts: \1/'
cat logs/"$job".1/rank-*.log

echo '== the time limit is near'
rm logs/*/running-* core.*
# Saving takes longer than Slurm's KillWait.
# shellcheck disable=SC2016 # for the ranks
job=$(MOE_REQUEUE=1 sbatch --parsable launch.sbatch -- bash -c \
  '[[ ${SLURM_RESTART_COUNT:-0} == 0 ]] || exit 0
   trap "sleep 6; echo rank $RANK has saved; exit 0" TERM
   touch "$MOE_RUN_DIR/running-$RANK"; while :; do sleep 60 & wait; done')
until [[ $(find logs -name 'running-*' | wc -l) == 16 ]]; do sleep 0.1; done
scancel --signal=USR1 --batch "$job"
wait_for_state "$job" PENDING
sleep 2 # nodes refuse a job that starts in the second in which it was queued again
scontrol update JobId="$job" StartTime=now
wait_for_state "$job" COMPLETED
echo "job ended as $state"
echo "$(grep -l 'has saved' logs/"$job".0/rank-*.log | wc -l) ranks saved their state"
