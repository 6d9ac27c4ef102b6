#!/usr/bin/env bash
# pods.sh BUNDLE PORT [VARIABLE=VALUE...] [--per-host] [-- COMMAND...]: runs
# launch.pod.sh once per host of a plan of two hosts, each with its number in the
# variable that the controller sets, and prints what both say. A pod that waits to
# be deleted is.
set -euo pipefail
bundle=$1 port=$2
shift 2
variables=()
while (($# > 0)) && [[ $1 != --* ]]; do
  variables+=("$1")
  shift
done
log=$(mktemp)
trap 'rm -f "$log"' EXIT
pids=()
for pod in 0 1; do
  # '%' stands for the number of the pod.
  env "${variables[@]//%/$pod}" MOE_MASTER_PORT="$port" MOE_HOSTNAME="moe-$pod" \
    NCCL_HOSTID="moe-$pod" MOE_TIMEOUT_S=60 MOE_TEST_BYTES=0 "$bundle/launch.pod.sh" "$@" >>"$log" 2>&1 &
  pids+=("$!")
done
wait_for_end() {
  while kill -0 "${pids[@]}" 2>/dev/null; do
    (($(grep -c 'waits to be deleted' "$log") < ${#pids[@]})) || break
    sleep 0.1
  done
}
wait_for_end
kill -TERM "${pids[@]}" 2>/dev/null || true
for pid in "${pids[@]}"; do
  status=0
  wait "$pid" || status=$?
  echo "a pod ended with $status"
done
cat "$log"
