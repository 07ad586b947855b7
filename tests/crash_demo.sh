#!/usr/bin/env bash
# Kills the server at random moments and compares what arrives with an undisturbed run: tests/crash_demo.sh [KILLS]
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
exec build/release/syncwell_crash_test --syncwell build/release/syncwell --kills "${1:-20}"
