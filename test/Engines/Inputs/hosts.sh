#!/usr/bin/env bash
# hosts.sh BUNDLE COMPARE...: submits the bundle from another folder, and has each
# launcher run a command once on every host.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=test/Engines/Inputs/slurm_jobs.sh
source "$here/slurm_jobs.sh"
bundle=$(cd "$1" && pwd)
shift
mkdir "$bundle elsewhere"
cd "$bundle elsewhere"

# in_folder NAME COMMAND...: runs it, and says which files came into this folder
# and where the ranks were.
in_folder() {
  echo "== $1"
  "${@:2}"
  echo "files here: $(ls)"
  sed -n 's/^IN //p' "$bundle"/logs/*/rank-*.log 2>/dev/null | sort -u || true
  rm -rf "$bundle"/logs/*/ ./*
}
by_path() {
  # shellcheck disable=SC2016 # for the ranks
  run_job "$bundle/launch.sbatch" -- bash -c "$say_place"'; echo "IN $PWD"'
  "$@" "$bundle"
}
in_folder 'a path' by_path "$@"
# A script that is piped to sbatch takes no command; it runs the self-test.
mkdir "$bundle/build"
# shellcheck disable=SC2016 # for the ranks
printf '#!/bin/bash\necho "IN $PWD"\n' >"$bundle/build/moe_selftest"
chmod +x "$bundle/build/moe_selftest"
from_pipe() {
  run_job "$@" <"$bundle/launch.sbatch"
}
MOE_BUNDLE="../$(basename "$bundle")" in_folder 'a pipe, MOE_BUNDLE' from_pipe
in_folder 'a pipe, --chdir' from_pipe --chdir="$bundle"
in_folder 'a pipe' from_pipe
MOE_BUNDLE=/nowhere in_folder 'not the bundle' run_job "$bundle/launch.sbatch"

cd "$bundle"
# One line per host: what it finds in its environment.
# shellcheck disable=SC2016 # for the hosts
say_host='echo "HOST $NODE_RANK of $NNODES on $(hostname), $MASTER_ADDR:$MASTER_PORT ${RANK:-no rank}"
  sleep 0.5 # Slurm may miss the end of what ends at once'
show_hosts() {
  echo "== $1"
  "${@:2}"
  cat logs/*/host-*.log
  cat logs/*/host-*.exit
  rm -rf logs/*/
}
show_hosts 'srun, per host' run_job launch.sbatch --per-host -- bash -c "$say_host"
allocate() {
  OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 MASTER_PORT=4000 \
    salloc --quiet --nodes=3 --ntasks=12 --exclusive "$@" >logs/submit.log
}
show_hosts 'mpirun, per host' allocate ./launch.mpirun.sh --per-host -- bash -c "$say_host"
show_hosts 'torchrun, per host' allocate srun --nodes=3 --ntasks=3 --ntasks-per-node=1 \
  ./launch.torchrun.sh --per-host -- bash -c "$say_host"
rm logs/submit.log

# The command in the head of a framework's file, with programs that print how they
# were called.
mkdir "$bundle elsewhere/bin"
for program in vllm python; do
  ln -s "$here/print_command" "$bundle elsewhere/bin/$program"
done
start_framework() {
  sed -n 's/^#   //p' "framework/$1.args" |
    sed 's/^sbatch /run_job /; s/ MORE$/ --port 8000/' >"$bundle elsewhere/$1.sh"
  # shellcheck source=/dev/null
  PATH="$bundle elsewhere/bin:$PATH" source "$bundle elsewhere/$1.sh"
}
show_hosts vllm start_framework vllm
show_hosts sglang start_framework sglang

echo '== a host fails'
# shellcheck disable=SC2016 # for the hosts
run_job launch.sbatch --per-host -- bash -c '((NODE_RANK != 2)) || { echo why; exit 9; }; sleep 60'
rm -rf logs/*/
echo '== the time limit is near'
# shellcheck disable=SC2016 # for the hosts
job=$(sbatch --parsable launch.sbatch --per-host -- bash -c \
  'trap "echo host $NODE_RANK saves its state; exit 0" TERM
   touch "$MOE_RUN_DIR/running-$NODE_RANK"; while :; do sleep 60 & wait; done')
until [[ $(find logs -name 'running-*' | wc -l) == 3 ]]; do sleep 0.1; done
scancel --signal=USR1 --batch "$job"
wait_for_state "$job" 'COMPLETED|FAILED|CANCELLED'
echo "job ended as $state"
# Slurm may signal the command as well as what started it.
sort -u logs/"$job".0/host-*.log
