"""Makes the HEIC files beside this: see README.md."""
import io
import struct
from pathlib import Path
from PIL import Image, ImageDraw
import pillow_heif

MARK = "SECRET-MARK-7Q"
OUT = Path(__file__).parent
XMP = ('<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
       'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
       'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>' + MARK + '</dc:creator></rdf:Description>'
       '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>').encode()


def picture(width, height, seed):
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    for y in range(height):
        draw.line([(0, y), (width, y)], fill=((seed * 60 + y) % 256, (y * 2) % 256, 128))
    draw.ellipse([width // 4, height // 4, width * 3 // 4, height * 3 // 4], fill=(240, 220, 30 * seed % 256))
    return image


def exif(turned):
    data = Image.Exif()
    data[0x010F] = MARK + " camera"
    data[0x0112] = 6 if turned else 1
    data[0x0132] = "2026:11:02 03:04:05"
    gps = data.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (39.0, 44.0, 21.13), "W", (104.0, 59.0, 3.77)
    gps[29] = "2026:11:02"
    gps[27] = MARK.encode()
    return data.tobytes()


def box(kind, *content):
    content = b"".join(content)
    return struct.pack(">I4s", len(content) + 8, kind) + content


def boxes(data, start, end):
    while start < end:
        size, kind = struct.unpack_from(">I4s", data, start)
        size = size or end - start
        yield kind, data[start + 8:start + size], start + 8
        start += size


# Tiles put together, as phones write them: the picture is an item that names four others, which are hidden. Each tile is coded by
# pillow-heif (libheif); only what lists them is written here (ISO 23008-12, 6.6.2.3).
def grid(name):
    whole = picture(256, 192, 3)
    tiles = [whole.crop((x, y, x + 128, y + 96)) for y in (0, 96) for x in (0, 128)]
    small = whole.resize((64, 48))
    coded, config = [], []
    for image in tiles + [small]:
        heif = pillow_heif.HeifFile()
        heif.add_from_pillow(image)
        target = io.BytesIO()
        heif.save(target, quality=50, chroma=420)
        data = target.getvalue()
        meta, at = next((body, at) for kind, body, at in boxes(data, 0, len(data)) if kind == b"meta")
        inner = {kind: body for kind, body, _ in boxes(meta, 4, len(meta))}
        parts = {kind: body for kind, body, _ in boxes(inner[b"iprp"], 0, len(inner[b"iprp"]))}
        config.append(next(body for kind, body, _ in boxes(parts[b"ipco"], 0, len(parts[b"ipco"])) if kind == b"hvcC"))
        coded.append(next(body for kind, body, _ in boxes(data, 0, len(data)) if kind == b"mdat"))
    assert config[0] == config[1] == config[2] == config[3]
    # hvc1 tiles 1-4, grid 5, thumbnail 6, Exif 7, XMP 8, depth-like auxiliary 9, an item of an unknown kind 10.
    exif_item = struct.pack(">I", 6) + (b"Exif\0\0" + exif(True) if not exif(True).startswith(b"Exif") else exif(True))
    grid_item = struct.pack(">BBBBHH", 0, 0, 1, 1, 256, 192)
    unknown = MARK.encode() + b" of an unknown kind"

    def infe(id, kind, hidden, more=b""):
        return box(b"infe", bytes([2, 0, 0, 1 if hidden else 0]), struct.pack(">HH", id, 0), kind, b"\0", more)

    properties = [
        box(b"hvcC", config[0]), box(b"ispe", struct.pack(">III", 0, 128, 96)), box(b"ispe", struct.pack(">III", 0, 256, 192)),
        box(b"pixi", b"\0\0\0\0\x03\x08\x08\x08"), box(b"irot", b"\x03"),
        box(b"hvcC", config[4]), box(b"ispe", struct.pack(">III", 0, 64, 48)),
        # A description (udes) and times (crtt): what phones and programs add.
        box(b"udes", b"\0\0\0\0en\0", MARK.encode(), b"\0", MARK.encode(), b"\0\0"),
        box(b"crtt", b"\0\0\0\0", struct.pack(">Q", 4_000_000_000_000_000)),
        box(b"auxC", b"\0\0\0\0urn:com:apple:photo:2020:aux:hdrgainmap\0"),
    ]
    association = {1: [0x81, 2], 2: [0x81, 2], 3: [0x81, 2], 4: [0x81, 2], 5: [3, 4, 0x85, 8, 9], 6: [0x86, 7], 9: [0x86, 7, 10]}

    def meta(offset):
        places, at = [], offset
        for id, data in zip((1, 2, 3, 4, 6, 9), coded + [coded[4]]):
            places.append((id, 0, at, len(data)))
            at += len(data)
        for id, data in ((7, exif_item), (8, XMP), (10, unknown)):
            places.append((id, 0, at, len(data)))
            at += len(data)
        places.append((5, 1, 0, len(grid_item)))
        iloc = struct.pack(">HH", 0x4400, len(places))
        for id, way, start, length in sorted(places):
            iloc += struct.pack(">HHHHII", id, way, 0, 1, start, length)
        items = b"".join([infe(id, b"hvc1", True) for id in (1, 2, 3, 4)] + [infe(5, b"grid", False), infe(6, b"hvc1", True),
            infe(7, b"Exif", True), infe(8, b"mime", True, b"application/rdf+xml\0"), infe(9, b"hvc1", True), infe(10, b"abcd", True)])
        refs = box(b"dimg", struct.pack(">HHHHHH", 5, 4, 1, 2, 3, 4)) + box(b"thmb", struct.pack(">HHH", 6, 1, 5)) \
            + box(b"cdsc", struct.pack(">HHH", 7, 1, 5)) + box(b"cdsc", struct.pack(">HHH", 8, 1, 5)) \
            + box(b"auxl", struct.pack(">HHH", 9, 1, 5))
        ipma = struct.pack(">I", len(association))
        for id, of in association.items():
            ipma += struct.pack(">HB", id, len(of)) + bytes(of)
        return box(b"meta", b"\0\0\0\0",
            box(b"hdlr", b"\0" * 8, b"pict", b"\0" * 12, b"\0"),
            box(b"dinf", box(b"dref", b"\0\0\0\0\0\0\0\x01", box(b"url ", b"\0\0\0\x01"))),
            box(b"pitm", b"\0\0\0\0", struct.pack(">H", 5)),
            box(b"iinf", b"\0\0\0\0", struct.pack(">H", 10), items),
            box(b"iref", b"\0\0\0\0", refs),
            box(b"iprp", box(b"ipco", *properties), box(b"ipma", b"\0\0\0\0", ipma)),
            box(b"idat", grid_item),
            box(b"iloc", b"\x01\0\0\0", iloc))

    ftyp = box(b"ftyp", b"heic", b"\0\0\0\0", b"mif1MiHEMiPrmiafMiHBheic")
    data = b"".join(coded) + coded[4] + exif_item + XMP + unknown
    offset = len(ftyp) + len(meta(0)) + 8
    (OUT / name).write_bytes(ftyp + meta(offset) + box(b"mdat", data) + box(b"sefd", MARK.encode()))


heif = pillow_heif.HeifFile()
heif.add_from_pillow(picture(320, 240, 1))
target = io.BytesIO()
heif.save(target, quality=50, exif=exif(True), xmp=XMP)
(OUT / "photo.heic").write_bytes(target.getvalue())

heif = pillow_heif.HeifFile()
for image in (picture(256, 192, 1), picture(192, 256, 2)):
    image.info["exif"], image.info["xmp"] = exif(False), XMP
    heif.add_from_pillow(image)
    heif[len(heif) - 1].info["thumbnails"] = [64]
target = io.BytesIO()
heif.save(target, quality=50)
(OUT / "several.heic").write_bytes(target.getvalue())

grid("tiles.heic")
