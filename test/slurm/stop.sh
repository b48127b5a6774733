#!/usr/bin/env bash
# Ends the cluster that start.sh started in the folder that is given.
set -uo pipefail
for pid in "$1"/slurmd.pid "$1"/slurmctld.pid "$1"/munge/pid; do
  [ -f "$pid" ] && kill "$(cat "$pid")" 2>/dev/null
done
for _ in $(seq 50); do
  ls "$1"/slurmd.pid "$1"/slurmctld.pid "$1"/munge/pid >/dev/null 2>&1 || break
  sleep 0.2
done
exit 0
