"""compare_ranks.py BUNDLE [NODE...]: where the ranks of a run were, against rankmap.csv.

The nodes are the hosts of the plan in their order; node1, node2, ... without."""

import csv
import glob
import sys

with open(sys.argv[1] + "/rankmap.csv", encoding="utf-8") as file:
    planned = list(csv.DictReader(line for line in file if not line.startswith("#")))
seen = {}
for name in glob.glob(sys.argv[1] + "/logs/*/rank-*.log"):
    with open(name, encoding="utf-8") as log:
        for line in log:
            if line.startswith("SEEN "):
                rank, *rest = line.split()[1:]
                seen[rank] = rest
wrong = 0
for row in planned:
    host = int(row["host"])
    node = sys.argv[2 + host] if len(sys.argv) > 2 else f"node{host + 1}"
    expected = [row["host"], row["gpu"], node, row["attention.tp"], row["expert.ep"]]
    if seen.get(row["rank"]) != expected:
        wrong += 1
        if wrong <= 3:
            print(f"rank {row['rank']}: planned {expected}, seen {seen.get(row['rank'])}")
print(f"{len(seen)} of {len(planned)} ranks seen, {wrong} wrong")
sys.exit(wrong != 0 or len(seen) != len(planned))
