//! Small files of each kind, made by hand, with [`MARK`] wherever a file keeps what is not shown.

use evenkeel::domain::evidence::EvidenceKind;
use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};
use std::io::Write;

/// What must not be in a cleaned file.
pub const MARK: &[u8] = b"SECRET-MARK-7Q";
/// What a page of the PDF says.
pub const SHOWN: &str = "Net pay 1843.20";
/// What pictures show.
pub const PIXELS: &[u8] = b"pixels pixels pixels pixels";

pub fn of(kind: EvidenceKind) -> Vec<u8> {
    match kind {
        EvidenceKind::Pdf => pdf(),
        EvidenceKind::Jpeg => jpeg(),
        EvidenceKind::Png => png(),
        EvidenceKind::Heic => heic(),
    }
}

pub fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).expect("a short segment").to_be_bytes();
    [&[0xff, marker], &length[..], content].concat()
}

/// The coded data of [`jpeg`]: with a byte that looks like a marker and a restart.
pub const SCAN: &[u8] = b"coded\xff\x00data\xff\xd0more coded data";

/// A photo taken with the telephone on its side.
pub fn jpeg() -> Vec<u8> {
    let exif = [
        &b"Exif\0\0II*\0\x08\0\0\0\x02\0"[..],
        // Make: an ASCII text elsewhere; orientation: 6.
        b"\x0f\x01\x02\0\x0e\0\0\0\x26\0\0\0",
        b"\x12\x01\x03\0\x01\0\0\0\x06\0\0\0",
        b"\0\0\0\0",
        MARK,
    ]
    .concat();
    [
        vec![0xff, 0xd8],
        segment(0xe0, &[&b"JFIF\0\x01\x01\0\0\x01\0\x01\x01\x05"[..], MARK, b"."].concat()),
        segment(0xe1, &exif),
        segment(0xe1, &[b"http://ns.adobe.com/xap/1.0/\0", MARK].concat()),
        segment(0xe2, &[b"ICC_PROFILE\0\x01\x01", MARK].concat()),
        segment(0xed, &[b"Photoshop 3.0\0", MARK].concat()),
        segment(0xee, &[&b"Adobe\0\x64\0\0\0\0\x01"[..], MARK].concat()),
        segment(0xfe, MARK),
        segment(0xdb, &[[0].as_slice(), &[1; 64]].concat()),
        segment(0xc0, &[8, 0, 8, 0, 8, 1, 1, 0x11, 0]),
        segment(0xc4, &[[0].as_slice(), &[0; 16]].concat()),
        // Fill bytes before a marker are allowed.
        vec![0xff, 0xff],
        segment(0xda, &[1, 1, 0, 0, 63, 0]),
        SCAN.to_vec(),
        vec![0xff, 0xd9],
        MARK.to_vec(),
    ]
    .concat()
}

pub fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut sum = Crc::new();
    sum.update(kind);
    sum.update(content);
    let length = u32::try_from(content.len()).expect("a short chunk");
    [&length.to_be_bytes()[..], kind, content, &sum.sum().to_be_bytes()].concat()
}

pub fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("written");
    encoder.finish().expect("packed")
}

pub fn png() -> Vec<u8> {
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", b"\0\0\0\x02\0\0\0\x02\x08\0\0\0\0"),
        chunk(b"gAMA", &45_455_u32.to_be_bytes()),
        chunk(b"iCCP", &[b"x\0\0", MARK].concat()),
        chunk(b"tEXt", &[b"Author\0", MARK].concat()),
        chunk(b"iTXt", MARK),
        chunk(b"eXIf", MARK),
        chunk(b"tIME", b"\x07\xea\x0b\x14\x0c\0\0"),
        chunk(b"prVt", MARK),
        chunk(b"IDAT", &packed(&[0, 1, 2, 0, 3, 4])),
        chunk(b"IDAT", PIXELS),
        chunk(b"IEND", b""),
        MARK.to_vec(),
    ]
    .concat()
}

pub fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len() + 8).expect("a short box");
    [&length.to_be_bytes()[..], kind, content].concat()
}

/// Version and flags, then what follows.
fn full(kind: &[u8; 4], version: u8, content: &[u8]) -> Vec<u8> {
    boxed(kind, &[&[version, 0, 0, 0], content].concat())
}

/// One picture, its Exif and its XMP, and something no item names.
pub fn heic() -> Vec<u8> {
    let with = |shown: u32, exif: u32, xmp: u32| -> Vec<u8> {
        let item = |id: u8, kind: &[u8; 4], name: &[u8]| full(b"infe", 2, &[&[0, id, 0, 0], &kind[..], name, b"\0"].concat());
        let place = |id: u8, at: u32, length: usize| {
            let length = u32::try_from(length).expect("short");
            [&[0, id, 0, 0, 0, 0, 0, 1][..], &at.to_be_bytes(), &length.to_be_bytes()].concat()
        };
        let properties = boxed(
            b"ipco",
            &[full(b"ispe", 0, &[0, 0, 0, 2, 0, 0, 0, 2]), boxed(b"hvcC", &[1; 23]), full(b"udes", 0, MARK)].concat(),
        );
        let meta = full(
            b"meta",
            0,
            &[
                full(b"hdlr", 0, &[b"\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0", MARK, b"\0"].concat()),
                full(b"pitm", 0, &[0, 1]),
                full(
                    b"iinf",
                    0,
                    &[
                        &[0, 3][..],
                        &item(1, b"hvc1", MARK),
                        &item(2, b"Exif", b""),
                        &item(3, b"mime", &[b"\0application/rdf+xml", MARK].concat()),
                    ]
                    .concat(),
                ),
                full(b"iref", 0, &boxed(b"cdsc", &[0, 2, 0, 1, 0, 1])),
                boxed(b"iprp", &[properties, full(b"ipma", 0, &[0, 0, 0, 1, 0, 1, 2, 0x81, 0x82])].concat()),
                // Construction methods need version 1: offset and length of four bytes each.
                full(
                    b"iloc",
                    1,
                    &[
                        &[0x44, 0, 0, 3][..],
                        &place(1, shown, PIXELS.len()),
                        &place(2, exif, MARK.len()),
                        &place(3, xmp, MARK.len()),
                    ]
                    .concat(),
                ),
                boxed(b"xml ", MARK),
            ]
            .concat(),
        );
        let data = boxed(b"mdat", &[MARK, PIXELS, MARK, MARK].concat());
        [boxed(b"ftyp", b"heic\0\0\0\0mif1heic"), meta, boxed(b"free", MARK), data].concat()
    };
    // Where things are depends on how long the list is, and that does not depend on where they are.
    let pixels = with(0, 0, 0).windows(PIXELS.len()).position(|window| window == PIXELS).expect("it is there");
    let at = |offset: usize| u32::try_from(pixels + offset).expect("a short file");
    with(at(0), at(PIXELS.len()), at(PIXELS.len() + MARK.len()))
}

/// Objects by number from 1, a table of places, and what stands at the end.
pub fn pdf_of(objects: &[Vec<u8>], trailer: &[u8]) -> Vec<u8> {
    let mut file = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in (1..).zip(objects) {
        places.push(file.len());
        file.extend(format!("{number} 0 obj\n").into_bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let start = file.len();
    file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).into_bytes());
    for place in places {
        file.extend(format!("{place:010} 00000 n \n").into_bytes());
    }
    let size = objects.len() + 1;
    file.extend(format!("trailer\n<</Size {size} ").into_bytes());
    file.extend(trailer);
    file.extend(format!(">>\nstartxref\n{start}\n%%EOF\n").into_bytes());
    file
}

pub fn stream(dict: &str, data: &[u8]) -> Vec<u8> {
    [format!("<<{dict} /Length {}>>\nstream\n", data.len()).as_bytes(), data, b"\nendstream"].concat()
}

/// A payslip with everything a program can leave in a PDF.
pub fn pdf() -> Vec<u8> {
    let mark = String::from_utf8(MARK.to_vec()).expect("text");
    let text = |text: String| text.into_bytes();
    pdf_of(
        &[
            text(format!(
                "<</Type /Catalog /Pages 2 0 R /Metadata 6 0 R /OpenAction <</S /JavaScr#69pt /JS ({mark})>> /Outlines 13 0 R \
                 /Names <</EmbeddedFiles <</Names [(a) 7 0 R]>> /JavaScript <</Names [(b) 9 0 R]>>>> /AF [7 0 R] >>"
            )),
            text("<</Type /Pages /Kids [3 0 R] /Count 1>>".into()),
            text(format!(
                "<</Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /PieceInfo <</X ({mark})>> /Thumb 12 0 R \
                 /Annots [10 0 R 11 0 R 15 0 R] /AA <</O 9 0 R>> /LastModified ({mark}) \
                 /Resources <</Font <</A 5 0 R>> /XObject <</Photo 14 0 R>>>>>>"
            )),
            stream("", format!("BT /A 24 Tf 20 100 Td ({SHOWN}) Tj ET q 40 0 0 40 200 20 cm /Photo Do Q").as_bytes()),
            text("<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>".into()),
            stream("/Type /Metadata /Subtype /XML", MARK),
            text("<</Type /Filespec /F (a) /EF <</F 8 0 R>>>>".into()),
            stream("/Type /EmbeddedFile", MARK),
            text(format!("<</S /JavaScript /JS ({mark})>>")),
            text(format!(
                "<</Type /Annot /Subtype /FreeText /Rect [0 0 90 20] /Contents (note) /DA (/Helv 9 Tf) /T ({mark}) /M ({mark}) \
                 /NM ({mark}) /A <</S /URI /URI ({mark})>>>>"
            )),
            text("<</Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] /FS 7 0 R>>".into()),
            stream("/Width 1 /Height 1", MARK),
            text(format!("<</Type /Outlines /Title ({mark})>>")),
            stream(
                "/Type /XObject /Subtype /Image /Width 8 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode",
                &jpeg(),
            ),
            text(format!("<</Type /Annot /Subtype /Link /Rect [0 0 9 9] /A <</S /URI /URI (https://{mark})>>>>")),
            text(format!("<</Producer ({mark}) /Author ({mark})>>")),
            text(format!("(an earlier version that nothing refers to: {mark})")),
        ],
        b"/Root 1 0 R /Info 16 0 R /ID [<5345> <4352>]",
    )
}

/// The same kind of file as newer programs write: objects packed into a stream, and places in another.
pub fn packed_pdf() -> Vec<u8> {
    let mark = String::from_utf8(MARK.to_vec()).expect("text");
    let packed_objects = [
        (1, "<</Type /Catalog /Pages 2 0 R /Metadata 7 0 R>>".to_owned()),
        (2, "<</Type /Pages /Kids [3 0 R] /Count 1>>".to_owned()),
        (
            3,
            "<</Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 6 0 R /Resources <</Font <</F1 4 0 R>>>>>>".to_owned(),
        ),
        (4, "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>".to_owned()),
        (5, format!("<</Author ({mark})>>")),
    ];
    let (mut head, mut body) = (String::new(), String::new());
    for (number, object) in &packed_objects {
        head += &format!("{number} {} ", body.len());
        body += object;
        body += " ";
    }
    let pack = packed([head.as_bytes(), body.as_bytes()].concat().as_slice());
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut places = vec![(0_u8, 0, 0)];
    places.extend((0..5).map(|index| (2, 8, index)));
    let content = packed(format!("BT /F1 24 Tf 20 100 Td ({SHOWN}) Tj ET").as_bytes());
    for (number, object) in [
        (6, stream("/Filter /FlateDecode", &content)),
        (7, stream("/Type /Metadata", MARK)),
        (8, stream(&format!("/Type /ObjStm /N 5 /First {} /Filter /FlateDecode", head.len()), &pack)),
    ] {
        places.push((1, file.len(), 0));
        file.extend([format!("{number} 0 obj\n").as_bytes(), &object, b"\nendobj\n"].concat());
    }
    let start = file.len();
    places.push((1, start, 0));
    // As most programs do: each row minus the one above (predictor 12).
    let (mut rows, mut above) = (Vec::new(), [0_u8; 4]);
    for (kind, at, index) in places {
        let at = u16::try_from(at).expect("a short file").to_be_bytes();
        let row = [kind, at[0], at[1], index];
        rows.push(2);
        rows.extend(row.iter().zip(above).map(|(byte, above)| byte.wrapping_sub(above)));
        above = row;
    }
    let dict = "/Type /XRef /Size 10 /W [1 2 1] /Root 1 0 R /Info 5 0 R /Filter /FlateDecode \
                /DecodeParms <</Predictor 12 /Columns 4>>";
    file.extend([b"9 0 obj\n".as_slice(), &stream(dict, &packed(&rows)), b"\nendobj\n"].concat());
    file.extend(format!("startxref\n{start}\n%%EOF\n").into_bytes());
    file
}
