#!/usr/bin/env bash
# Ends the cluster that start.sh started in the folder that is given, and waits until it is gone.
set -uo pipefail
pids=()
for file in "$1"/slurmd.pid "$1"/slurmctld.pid "$1"/munge/pid; do
  [ -f "$file" ] && pids+=("$(cat "$file")")
done
[ "${#pids[@]}" -gt 0 ] || exit 0
kill "${pids[@]}" 2>/dev/null
for _ in $(seq 100); do
  kill -0 "${pids[@]}" 2>/dev/null || exit 0
  sleep 0.1
done
kill -9 "${pids[@]}" 2>/dev/null
exit 0
