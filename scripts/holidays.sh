#!/usr/bin/env bash
# Writes policies/holidays/*.toml anew from the Python package "holidays", which is well kept: monthly releases, with the
# official sources of each country beside its rules. Run it when a calendar's last year comes near:
#
#   scripts/holidays.sh 2025 2031
#
# Then look at the difference, and note that a policy that names a changed calendar gets a new version.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

HOLIDAYS_VERSION=0.108
FIRST_YEAR="${1:-2025}"
LAST_YEAR="${2:-2031}"

have python3 || apt_install python3 python3-venv
environment="$EVENKEEL_CACHE/holidays-$HOLIDAYS_VERSION"
if [ ! -e "$environment/complete" ]; then
  python3 -m venv "$environment"
  run_quietly holidays "$environment/bin/pip" install --quiet "holidays==$HOLIDAYS_VERSION"
  touch "$environment/complete"
fi

"$environment/bin/python" - "$EVENKEEL_ROOT/policies/holidays" "$HOLIDAYS_VERSION" "$FIRST_YEAR" "$LAST_YEAR" <<'PYTHON'
import sys
from pathlib import Path

import holidays

folder, version, first, last = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
# Only the days on which offices and banks are closed: where a holiday is kept on another day, that day, too.
calendars = {"us-federal": ("United States, federal", holidays.country_holidays("US", years=range(first, last + 1)))}

for name, (title, days) in calendars.items():
    lines = [
        f"# Public holidays: {title}, {first} to {last}.",
        f'# Written by scripts/holidays.sh from the Python package "holidays" {version}. Do not edit; run the script to renew.',
        f'name = "{title}"',
        "days = [",
    ]
    lines += [f'  "{day}", # {days[day]}' for day in sorted(days) if first <= day.year <= last]
    lines.append("]")
    (folder / f"{name}.toml").write_text("\n".join(lines) + "\n")
    print(f"{folder.name}/{name}.toml: {len(lines) - 5} days")
PYTHON
