#!/usr/bin/env bash
# Starts a Slurm cluster of one node on this machine, for the tests of the launcher: munge, the
# controller and the node's daemon, all below the folder that is given. Needs root and Debian's
# packages slurm-wlm and munge. Prints the path of slurm.conf; stop.sh ends it.
set -euo pipefail
dir=$(mkdir -p "$1" && cd "$1" && pwd)
mkdir -p "$dir/munge" "$dir/state" "$dir/spool"
chmod 755 "$dir"
chmod 700 "$dir/munge"
# The daemons refuse folders that others may write to.
cpus=$(nproc)
host=$(hostname -s)

if [ ! -S "$dir/munge/socket" ]; then
  dd if=/dev/urandom of="$dir/munge/key" bs=128 count=1 status=none
  chmod 600 "$dir/munge/key"
  munged --force --key-file="$dir/munge/key" --socket="$dir/munge/socket" \
    --pid-file="$dir/munge/pid" --log-file="$dir/munge/log" --seed-file="$dir/munge/seed"
fi

cat > "$dir/slurm.conf" <<CONF
ClusterName=reach
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$dir/munge/socket,cred_expire=10
# Jobs that are queued again wait for cred_expire seconds.
CredType=cred/munge
SlurmctldPort=16817
SlurmdPort=16818
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0
SchedulerTimeSlice=5
MinJobAge=300
MaxArraySize=20
KillWait=5
ReturnToService=2
SlurmdTimeout=60
MpiDefault=none
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cpus State=UNKNOWN
PartitionName=test Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
cat > "$dir/cgroup.conf" <<CONF
CgroupPlugin=cgroup/v1
ConstrainCores=no
ConstrainRAMSpace=no
CONF

export SLURM_CONF="$dir/slurm.conf"
slurmctld -c
slurmd -c
for _ in $(seq 60); do
  if sinfo --noheader --format=%T 2>/dev/null | grep -Eq '^(idle|mixed|allocated)'; then
    echo "$dir/slurm.conf"
    exit 0
  fi
  sleep 0.5
done
echo "the node did not come up; see the logs in $dir" >&2
tail -n 5 "$dir"/slurm*.log >&2
exit 1
