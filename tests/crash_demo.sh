#!/usr/bin/env bash
# Breaks real processes and compares what arrives with an undisturbed run (tests/crash/README.md):
# tests/crash_demo.sh [KILLS] [--seed S]
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
kills=${1:-20}
shift || true
for test in read-only full-disk kills; do
  build/release/syncwell_crash_test --syncwell build/release/syncwell --test "$test" --kills "$kills" "$@"
done
