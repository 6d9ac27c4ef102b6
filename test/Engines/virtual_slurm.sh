#!/usr/bin/env bash
# Runs a command on a Slurm cluster of virtual nodes, on this machine alone.
#
# Usage: virtual_slurm.sh DIR NODES GPUS COMMAND [ARGS...]
#
# The real daemons: each of node1 ... nodeN has a network, a host name and a
# /dev/shm of its own and GPUS device files. Everything lives in name spaces that
# end with this script, so two runs do not meet and nothing is left to clean up.
# DIR is emptied and keeps the logs. MOE_SLURMD_TIMEOUT: seconds until a node that
# does not answer is down. MOE_TOPOLOGY: a topology.conf that Slurm shall know. Exit status: that of COMMAND; 3: no cluster.
set -euo pipefail

die() {
  printf 'virtual_slurm.sh: %s\n' "$1" >&2
  exit 3
}

(($# >= 4)) || die 'usage: virtual_slurm.sh DIR NODES GPUS COMMAND [ARGS...]'
export PATH=$PATH:/usr/sbin:/sbin
if [[ ${MOE_VIRTUAL_SLURM:-} != inside ]]; then
  ((EUID == 0)) || die 'virtual nodes need root'
  spaces=(unshare --net --mount --uts --pid --fork --kill-child --mount-proc)
  "${spaces[@]}" true || die 'this machine allows no name spaces'
  rm -rf "$1"
  mkdir -p "$1"
  MOE_VIRTUAL_SLURM=inside exec "${spaces[@]}" bash "${BASH_SOURCE[0]}" "$@"
fi
unset MOE_VIRTUAL_SLURM

dir=$(cd "$1" && pwd)
nodes=$2 gpus=$3
shift 3
export SLURM_CONF=$dir/slurm.conf

write_configuration() {
  cat >"$SLURM_CONF" <<END
ClusterName=virtual
SlurmctldHost=controller(10.77.0.1)
SlurmUser=root
AuthType=auth/munge
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool/%n
SlurmctldPidFile=/run/slurmctld.pid
SlurmdPidFile=/run/slurmd-%n.pid
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
SlurmdParameters=config_overrides
GresTypes=gpu
KillWait=3
SlurmdTimeout=${MOE_SLURMD_TIMEOUT:-60}
NodeName=node[1-$nodes] NodeAddr=10.77.1.[1-$nodes] CPUs=$((gpus * 2)) RealMemory=500 Gres=gpu:$gpus State=UNKNOWN
PartitionName=gpu Nodes=node[1-$nodes] Default=YES MaxTime=INFINITE State=UP
END
  if [[ -n ${MOE_TOPOLOGY:-} ]]; then
    cp "$MOE_TOPOLOGY" "$dir/topology.conf"
    echo 'TopologyPlugin=topology/tree' >>"$SLURM_CONF"
  fi
  echo "NodeName=node[1-$nodes] Name=gpu File=/run/gpu[0-$((gpus - 1))]" >"$dir/gres.conf"
  echo '127.0.0.1 localhost' >"$dir/hosts"
  echo '10.77.0.1 controller' >>"$dir/hosts"
  local i
  for ((i = 1; i <= nodes; i++)); do
    echo "10.77.1.$i node$i" >>"$dir/hosts"
  done
}

# The controller's side: a bridge, the device files, munge with a key of its own.
start_controller() {
  mount -t tmpfs tmpfs /run
  mount --bind "$dir/hosts" /etc/hosts
  hostname controller
  ip link set lo up
  ip link add bridge0 type bridge
  ip addr add 10.77.0.1/16 dev bridge0
  ip link set bridge0 up
  mkdir -p "$dir/state" /run/munge
  local gpu
  for ((gpu = 0; gpu < gpus; gpu++)); do
    mknod "/run/gpu$gpu" c 195 "$gpu" || die 'this machine allows no device files'
  done
  head -c 128 /dev/urandom >/run/munge.key
  chmod 600 /run/munge.key
  munged --force --key-file=/run/munge.key --pid-file=/run/munged.pid \
    --seed-file=/run/munge.seed --log-file=/run/munged.log \
    --socket=/run/munge/munge.socket.2 2>"$dir/munged.out"
  slurmctld -c -f "$SLURM_CONF" -D >"$dir/slurmctld.out" 2>&1 </dev/null &
}

start_node() {
  local name=node$1
  mkdir -p "$dir/spool/$name"
  ip netns add "$name"
  ip link add "veth$1" type veth peer name eth0 netns "$name"
  ip link set "veth$1" master bridge0 up
  ip -n "$name" addr add "10.77.1.$1/16" dev eth0
  ip -n "$name" link set eth0 up
  ip -n "$name" link set lo up
  # Not 'ip netns exec': it mounts another /sys, which slurmd cannot use.
  # shellcheck disable=SC2016 # for the inner shell
  nsenter --net="/run/netns/$name" unshare --mount --uts bash -c '
    hostname "$1"
    mount -t tmpfs tmpfs /dev/shm
    exec slurmd -f "$SLURM_CONF" -N "$1" -D' slurmd "$name" \
    >"$dir/$name.out" 2>&1 </dev/null &
}

wait_until_idle() {
  local deadline=$((SECONDS + 30)) states=
  while ((SECONDS < deadline)); do
    states=$(sinfo --noheader --format=%t 2>&1 | sort -u || true)
    [[ $states != idle ]] || return 0
    sleep 0.2
  done
  die "the nodes are not idle after 30 s but: $states; logs are in $dir"
}

write_configuration
start_controller
for ((node = 1; node <= nodes; node++)); do
  start_node "$node"
done
wait_until_idle
status=0
"$@" </dev/null || status=$?
exit "$status"
