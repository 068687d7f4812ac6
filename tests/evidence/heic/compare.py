"""Whether cleaned files show the same: python compare.py FOLDER, where `cargo test --test evidence` put clean-*.heic (target/tmp)."""
import sys
from pathlib import Path
import pillow_heif

HERE = Path(__file__).parent
for name in ("photo", "several", "tiles"):
    before = pillow_heif.open_heif((HERE / f"{name}.heic").read_bytes())
    after = pillow_heif.open_heif((Path(sys.argv[1]) / f"clean-{name}.heic").read_bytes())
    same = [(one.size, one.mode, bytes(one.data)) == (other.size, other.mode, bytes(other.data)) for one, other in zip(before, after)]
    told = [key for image in after for key in ("exif", "xmp") if image.info.get(key)]
    # What is no picture is there still, without a type, as zeros.
    told += [part["type"] for image in after for part in image.info.get("metadata", []) if any(part["data"])]
    print(name, len(before) == len(after) and all(same) and not told, [image.size for image in after], told)
