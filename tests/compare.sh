#!/usr/bin/env bash
# Compares what the present library says of a million frames with what an earlier one said:
#     bash tests/compare.sh REVISION [FRAMES]
# It builds the library of REVISION beside the present one, gives both the same frames and prints the rows that differ
# in verdict, class, offset, rule or answer, each with the decision it follows from. It fails if a row follows from none.
set -euo pipefail
cd "$(dirname "$0")/.."
revision=${1:?which revision}
frames=${2:-1000000}
root=$PWD
work=${CARGO_TARGET_DIR:-$root/target}/compare
commit=$(git rev-parse --short "$revision^{commit}")
export CARGO_TERM_COLOR=never

mkdir -p "$work"
if [ ! -d "$work/$commit" ]; then
    git archive --prefix="$commit/" "$commit" | tar -x -C "$work"
fi

# The same program, built against one of the two libraries.
build() { # NAME LIBRARY
    mkdir -p "$work/$1-judge/src"
    cp tests/compare/judge.rs "$work/$1-judge/src/main.rs"
    cat >"$work/$1-judge/Cargo.toml" <<EOF
[package]
name = "judge"
version = "0.0.0"
edition = "2024"

[dependencies]
mqtt-reason = { path = "$2" }

[workspace]
EOF
    CARGO_TARGET_DIR=$work/$1-target cargo build --quiet --release --manifest-path "$work/$1-judge/Cargo.toml"
}
build "$commit" "$work/$commit"
build present "$root"

# What the frames are drawn from: the golden frames, line by line.
find tests/vectors -name '*.hex' -exec cat {} + | grep -v '^[][#=]' | grep . | sort -u >"$work/seeds"
"$work/$commit-target/release/judge" "$work/seeds" "$frames" >"$work/$commit.txt"
"$work/present-target/release/judge" "$work/seeds" "$frames" >"$work/present.txt"
python3 tests/compare/differences.py "$work/$commit.txt" "$work/present.txt"
