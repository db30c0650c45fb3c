#!/usr/bin/env python3
"""Counts the instructions of every pass of benches/instructions.rs and compares them with baseline.csv.

    python3 benches/instructions/compare.py            # compare; exit status 1 if a pass has grown too much
    python3 benches/instructions/compare.py --update   # write the baseline

A pass may have 3 % more instructions than in the baseline, and 2 % or 3 instructions a packet, whichever is more, more
than at commit b3b90f1, whose counts are a column of their own that --update leaves alone: a little at each change adds
up to no more than that. That commit did not have W8 to W11, the packets without reason codes: where there is nothing to
compare with, the column has a dash.

Needs valgrind and gungraun-runner. Counts depend on the compiler, which the baseline names: with another one the
differences are shown and the exit status is 0. The last columns show what the decoder *B* and the encoder *R*, which
are written by hand, take for the same pass, and the ratio to them.
"""

import argparse
import csv
import io
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
BASELINE = HERE / "baseline.csv"
LIMIT = 0.03
# What is compared with commit b3b90f1: a ratio, and instructions a packet.
FIRST_LIMIT = 0.02
FIRST_LIMIT_PER_PACKET = 3
DIRECTIONS = ("decode", "encode")
PACKETS = {"W1": 10_000, "W2": 2_000, "W3": 1_000, "W4": 1_000, "W5": 2_000, "W6": 10_000, "W7": 10_000,
           "W8": 10_000, "W9": 5_000, "W10": 5_000, "W11": 5_000}


def compiler():
    """Version and host of the compiler that cargo uses here."""
    verbose = subprocess.run(["rustc", "-vV"], cwd=HERE, check=True, text=True, stdout=subprocess.PIPE).stdout
    lines = verbose.splitlines()
    host = next(line.split(": ")[1] for line in lines if line.startswith("host: "))
    return f"{lines[0]}, {host}"


def count():
    """Instructions of each pass, ours and by hand: {(workload, direction): instructions}, twice."""
    command = ["cargo", "bench", "--bench", "instructions", "--", "--output-format=json"]
    output = subprocess.run(command, cwd=HERE, check=True, text=True, stdout=subprocess.PIPE).stdout
    ours, by_hand = {}, {}
    for line in output.splitlines():
        if line.startswith("{"):
            summary = json.loads(line)
            metrics = summary["profiles"][0]["data"]["total"]["metrics"]
            name = summary["function_name"]
            counts = by_hand if name.endswith("_by_hand") else ours
            direction = name.removesuffix("_by_hand").removesuffix("_requests")
            counts[summary["id"].upper(), direction] = metrics["Ir"]["values"]["new"]
    expected = {(workload, direction) for workload in PACKETS for direction in DIRECTIONS}
    for counts in (ours, by_hand):
        if counts.keys() != expected:
            sys.exit(f"passes missing or unknown: {sorted(counts.keys() ^ expected)}")
    return ours, by_hand


def read():
    """The compiler and the counts of the baseline, and those of commit b3b90f1."""
    first, table = BASELINE.read_text(encoding="utf-8").split("\n", 1)
    rows = list(csv.DictReader(io.StringIO(table)))
    counts, at_first = (
        {(row["workload"], row["direction"]): int(row[column]) for row in rows if row[column]}
        for column in ("instructions", "instructions_at_b3b90f1")
    )
    return first.removeprefix("# "), counts, at_first


def write(counts):
    _, _, at_first = read()
    with BASELINE.open("w", encoding="utf-8", newline="") as file:
        file.write(f"# {compiler()}\n")
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["workload", "direction", "packets", "instructions", "instructions_per_packet",
                       "instructions_at_b3b90f1"])
        order = [(workload, direction) for direction in DIRECTIONS for workload in PACKETS]
        for workload, direction in order:
            instructions = counts[workload, direction]
            packets = PACKETS[workload]
            rows.writerow([workload, direction, packets, instructions, f"{instructions / packets:.1f}",
                           at_first.get((workload, direction), "")])


def compare(counts, by_hand):
    """Prints a Markdown table, per packet; returns the passes that have grown too much."""
    compiled, baseline, at_first = read()
    if counts.keys() != baseline.keys():
        sys.exit(f"{BASELINE.name} does not have the passes that there are; write it with --update")
    print("| workload | direction | b3b90f1 | baseline | now | change | since b3b90f1 | by hand | ratio |")
    print("|---|---|---:|---:|---:|---:|---:|---:|---:|")
    grown = []
    for key, before in baseline.items():
        workload, direction = key
        packets, change = PACKETS[workload], counts[key] / before - 1
        before, now = before / packets, counts[key] / packets
        first, since, yardstick, ratio = "-", "-", "-", "-"
        if key in at_first:
            first, since = f"{at_first[key] / packets:.1f}", f"{counts[key] / at_first[key] - 1:+.1%}"
        if key in by_hand:
            yardstick, ratio = f"{by_hand[key] / packets:.1f}", f"{counts[key] / by_hand[key]:.2f}"
        columns = f"{first} | {before:.1f} | {now:.1f} | {change:+.1%} | {since} | {yardstick} | {ratio}"
        print(f"| {workload} | {direction} | {columns} |")
        if change > LIMIT:
            grown.append(f"{direction} {workload} by more than {LIMIT:.0%} since baseline.csv")
        grown_since = counts[key] - at_first.get(key, counts[key])
        # To a tenth: a pass has a few dozen instructions that are not of a packet.
        a_packet = round(grown_since / packets, 1)
        if grown_since > FIRST_LIMIT * at_first.get(key, 0) and a_packet > FIRST_LIMIT_PER_PACKET:
            grown.append(f"{direction} {workload} by more than {FIRST_LIMIT:.0%} and {FIRST_LIMIT_PER_PACKET} a packet"
                         " since b3b90f1")
    if compiled != compiler():
        print(f"\nThe baseline is of {compiled}, this is {compiler()}: not judged.")
        return []
    return grown


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--update", action="store_true", help="write the baseline instead of comparing with it")
    update = parser.parse_args().update
    counts, by_hand = count()
    if update:
        write(counts)
        print(BASELINE.read_text(encoding="utf-8"), end="")
        return
    grown = compare(counts, by_hand)
    if grown:
        sys.exit(
            f"\nMore instructions: {'; '.join(grown)}. The baseline is not updated in a commit that changes src."
        )


if __name__ == "__main__":
    main()
