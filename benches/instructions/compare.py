#!/usr/bin/env python3
"""Counts the instructions of every pass of benches/instructions.rs and compares them with baseline.csv.

    python3 benches/instructions/compare.py            # compare; exit status 1 if a pass has grown by more than 3 %
    python3 benches/instructions/compare.py --update   # write the baseline

Needs valgrind and gungraun-runner. Counts depend on the compiler, which the baseline names: with another one the
differences are shown and the exit status is 0.
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
PACKETS = {"W1": 10_000, "W2": 2_000, "W3": 1_000, "W4": 1_000, "W5": 2_000, "W6": 10_000, "W7": 10_000}


def compiler():
    """Version and host of the compiler that cargo uses here."""
    verbose = subprocess.run(["rustc", "-vV"], cwd=HERE, check=True, text=True, stdout=subprocess.PIPE).stdout
    lines = verbose.splitlines()
    host = next(line.split(": ")[1] for line in lines if line.startswith("host: "))
    return f"{lines[0]}, {host}"


def count():
    """Instructions of each pass: {(workload, direction): instructions}."""
    command = ["cargo", "bench", "--bench", "instructions", "--", "--output-format=json"]
    output = subprocess.run(command, cwd=HERE, check=True, text=True, stdout=subprocess.PIPE).stdout
    counts = {}
    for line in output.splitlines():
        if line.startswith("{"):
            summary = json.loads(line)
            metrics = summary["profiles"][0]["data"]["total"]["metrics"]
            counts[summary["id"].upper(), summary["function_name"]] = metrics["Ir"]["values"]["new"]
    expected = {(workload, direction) for workload in PACKETS for direction in ("decode", "encode")}
    if counts.keys() != expected:
        sys.exit(f"passes missing or unknown: {sorted(counts.keys() ^ expected)}")
    return counts


def read():
    """The compiler and the counts of the baseline."""
    first, table = BASELINE.read_text(encoding="utf-8").split("\n", 1)
    rows = csv.DictReader(io.StringIO(table))
    counts = {(row["workload"], row["direction"]): int(row["instructions"]) for row in rows}
    return first.removeprefix("# "), counts


def write(counts):
    with BASELINE.open("w", encoding="utf-8", newline="") as file:
        file.write(f"# {compiler()}\n")
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["workload", "direction", "packets", "instructions", "instructions_per_packet"])
        for (workload, direction), instructions in sorted(counts.items(), key=lambda item: item[0][::-1]):
            packets = PACKETS[workload]
            rows.writerow([workload, direction, packets, instructions, f"{instructions / packets:.1f}"])


def compare(counts):
    """Prints a Markdown table; returns the passes that have grown too much."""
    compiled, baseline = read()
    if counts.keys() != baseline.keys():
        sys.exit(f"{BASELINE.name} does not have the passes that there are; write it with --update")
    print("| workload | direction | baseline | now | change |")
    print("|---|---|---:|---:|---:|")
    grown = []
    for key, before in baseline.items():
        workload, direction = key
        packets, change = PACKETS[workload], counts[key] / before - 1
        print(f"| {workload} | {direction} | {before / packets:.1f} | {counts[key] / packets:.1f} | {change:+.1%} |")
        if change > LIMIT:
            grown.append(f"{direction} {workload}")
    if compiled != compiler():
        print(f"\nThe baseline is of {compiled}, this is {compiler()}: not judged.")
        return []
    return grown


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--update", action="store_true", help="write the baseline instead of comparing with it")
    update = parser.parse_args().update
    counts = count()
    if update:
        write(counts)
        print(BASELINE.read_text(encoding="utf-8"), end="")
        return
    grown = compare(counts)
    if grown:
        sys.exit(
            f"\nMore than {LIMIT:.0%} more instructions than in baseline.csv: {', '.join(grown)}. If that is what you"
            " want, run this with --update and commit the baseline together with the change."
        )


if __name__ == "__main__":
    main()
