#!/usr/bin/env python3
"""Makes the sample portfolio in samples/ from the shared data.

    scripts/samples.py PATH-OF-THE-SHARED-DATA

The choice is deterministic: the same data give the same files, byte for byte. Rows are copied as they are.
"""

import csv
import sys
from datetime import date
from pathlib import Path

NORTHGATE_ACCOUNTS = 60
HARBOR_ROWS = 20
AS_OF = date(2026, 11, 20)


def choose_northgate(rows):
    """Pairs of one customer first, then Spanish speakers, small and large balances, then every stage of delay."""
    chosen = []

    def take(candidates, count):
        for row in candidates:
            if count == 0:
                return
            if row not in chosen:
                chosen.append(row)
                count -= 1

    by_customer = {}
    for row in rows:
        by_customer.setdefault(row["customer_reference"], []).append(row)
    pairs = [pair for pair in by_customer.values() if len(pair) > 1]
    for pair in pairs[:5]:
        take(pair, 2)
    take([row for row in rows if row["language"] == "es"], 12)
    by_balance = sorted(rows, key=lambda row: (float(row["current_balance"]), row["account_reference"]))
    take(by_balance[:6], 6)
    take(by_balance[-3:], 3)
    take([row for row in rows if not row["email"]], 4)
    take([row for row in rows if float(row["balance_at_itemization"]) <= 0], 2)
    stages = {}
    for row in rows:
        days = (AS_OF - date.fromisoformat(row["oldest_unpaid_due_date"])).days
        stages.setdefault(days // 30, []).append(row)
    while len(chosen) < NORTHGATE_ACCOUNTS:
        before = len(chosen)
        for stage in sorted(stages):
            if len(chosen) < NORTHGATE_ACCOUNTS:
                take(stages[stage], 1)
        if len(chosen) == before:
            break
    return sorted(chosen, key=lambda row: row["account_reference"])


def write(path, names, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    source = Path(sys.argv[1])
    target = Path(__file__).resolve().parent.parent / "samples"

    with open(source / "northgate-accounts.csv", newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        chosen = choose_northgate(list(reader))
        write(target / "northgate-accounts.csv", reader.fieldnames, chosen)
    references = {row["account_reference"] for row in chosen}
    with open(source / "northgate-transactions.csv", newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        history = [row for row in reader if row["account_reference"] in references]
        write(target / "northgate-transactions.csv", reader.fieldnames, history)

    # Harbor's lines are copied as bytes: byte-order mark, carriage returns and all are what the sample is for.
    lines = (source / "harbor-export.csv").read_bytes().split(b"\r\n")
    header, rows = lines[0], [line for line in lines[1:] if line]
    credited = [line for line in rows if b",($" in line.split(b",$")[-4 if len(line.split(b",$")) > 3 else 0]][:3]
    spanish = [line for line in rows if b",ES," in line and line not in credited][:5]
    step = max(1, len(rows) // HARBOR_ROWS)
    others = [line for line in rows[::step] if line not in credited + spanish]
    wanted = set((credited + spanish + others)[:HARBOR_ROWS])
    kept = [line for line in rows if line in wanted]
    (target / "harbor-export.csv").write_bytes(b"\r\n".join([header, *kept, b""]))
    print(f"{len(chosen)} accounts, {len(history)} transactions, {len(kept)} rows of harbor")


if __name__ == "__main__":
    main()
