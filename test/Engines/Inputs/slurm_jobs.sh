# shellcheck shell=bash
# For the scripts that run inside virtual_slurm.sh; they source this.

# run_job [SBATCH OPTION...] FILE [ARG...]: submits, waits until the job has ended
# and prints its state and what it wrote, here or, if it came that far, in the
# logs of $bundle or of this folder. 'sbatch --wait' looks every few seconds only.
run_job() {
  local job
  job=$(sbatch --parsable "$@")
  wait_for_state "$job" 'COMPLETED|FAILED|CANCELLED|TIMEOUT|NODE_FAIL'
  echo "job ended as $state"
  cat "slurm-$job.out" "${bundle:-.}/logs/$job.0/slurm-$job.out" 2>/dev/null || true
}

# wait_for_state JOB REGEX: waits for it; sets `state`.
wait_for_state() {
  local deadline=$((SECONDS + 100))
  while ((SECONDS < deadline)); do
    state=$(scontrol show job -o "$1" | sed -n 's/.* JobState=\([A-Z_]*\).*/\1/p')
    [[ ! $state =~ ^($2)$ ]] || return 0
    sleep 0.1
  done
  echo "job $1 is $state after 100 s, expected $2"
  exit 1
}

# lose_node NAME: nothing reaches it any more.
lose_node() {
  ip link set "veth${1#node}" down
}

# What every rank prints of itself: see compare_ranks.py.
# shellcheck disable=SC2016 # for the ranks
say_place='echo "SEEN $RANK $MOE_HOST $LOCAL_RANK $(hostname) $MOE_ATTENTION_TP $MOE_EXPERT_EP"'

# place_by_mpirun NODES RANKS, place_by_torchrun NODES: has every rank print it.
# The tests run as root, which mpirun allows on demand only.
place_by_mpirun() {
  OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 \
    salloc --quiet --nodes="$1" --ntasks="$2" --exclusive \
    ./launch.mpirun.sh -- bash -c "$say_place" >logs/submit.log
}
place_by_torchrun() {
  PATH=$PATH:$(dirname "${BASH_SOURCE[0]}") srun --nodes="$1" --ntasks="$1" --ntasks-per-node=1 \
    ./launch.torchrun.sh -- bash -c "$say_place" >logs/submit.log
}

# compare LAUNCHER COMMAND...: what it says of the logs, which go.
compare() {
  echo "== $1"
  "${@:2}" || true
  rm -rf logs/*/
}
