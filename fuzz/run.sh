#!/usr/bin/env bash
# Runs fuzz targets one after the other:
#     bash fuzz/run.sh SECONDS [TARGET ...]
# Targets: those of `cargo fuzz list` (default: all). Stops with an error at the first finding.
# FUZZ_SEED=N repeats a run; without it, each draws other inputs.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:?how many seconds for each target}
shift
# shellcheck disable=SC2046 # a list of words
[ $# -gt 0 ] || set -- $(cargo fuzz list)

# libFuzzer needs unstable compiler flags: a nightly toolchain, or a stable one that lets them through.
toolchain=()
if rustup toolchain list 2>/dev/null | grep -q '^nightly'; then
    toolchain=(+nightly)
else
    export RUSTC_BOOTSTRAP=1
fi

python3 fuzz/seeds.py
for target in "$@"; do
    printf '\n== fuzz target %s, %s seconds\n' "$target" "$seconds"
    cargo "${toolchain[@]}" fuzz run "$target" -- \
        -dict=fuzz/mqtt.dict -seed="${FUZZ_SEED:-0}" -max_total_time="$seconds" -max_len=4096 -timeout=10 \
        -print_final_stats=1
done
