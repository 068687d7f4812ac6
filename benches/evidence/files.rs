//! Files of ten megabytes. Nobody decodes them, so what they show is noise, which no packing makes smaller.

use std::fmt::Write;

const FILE_BYTES: usize = 10_000_000;
/// Pictures of a scanned letter, one a page.
const PAGES: usize = 20;

/// A photo as large as is taken.
pub fn photo() -> Vec<u8> {
    photo_of(FILE_BYTES)
}

fn photo_of(bytes: usize) -> Vec<u8> {
    let mut file = vec![0xff, 0xd8];
    file.extend([&[0xff, 0xdb, 0, 67, 0][..], &[1; 64]].concat());
    file.extend([0xff, 0xc0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0]);
    file.extend([&[0xff, 0xc4, 0, 19, 0][..], &[0; 16]].concat());
    file.extend([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0]);
    let mut noise = 0x2545_f491_u32;
    while file.len() < bytes - 2 {
        noise ^= noise << 13;
        noise ^= noise >> 17;
        noise ^= noise << 5;
        // No byte of it begins a marker.
        file.push(noise.to_le_bytes()[1] & 0x7f);
    }
    file.extend([0xff, 0xd9]);
    file
}

/// What a scanner makes of a letter: a photo on every page.
pub fn letter() -> Vec<u8> {
    let photo = photo_of((FILE_BYTES - 20_000) / PAGES);
    let (mut file, mut places) = (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n".to_vec(), Vec::new());
    let mut add = |file: &mut Vec<u8>, number: usize, dict: &str, stream: Option<&[u8]>| {
        places.push(file.len());
        file.extend(format!("{number} 0 obj\n{dict}").into_bytes());
        if let Some(stream) = stream {
            file.extend([b"\nstream\n".as_slice(), stream, b"\nendstream"].concat());
        }
        file.extend(b"\nendobj\n");
    };
    let kids: String = (0..PAGES).map(|page| format!("{} 0 R ", 3 + page * 3)).collect();
    add(&mut file, 1, "<</Type /Catalog /Pages 2 0 R>>", None);
    add(&mut file, 2, &format!("<</Type /Pages /Kids [{kids}] /Count {PAGES}>>"), None);
    let shown = b"q 595 0 0 842 0 0 cm /Scan Do Q";
    for page in 0..PAGES {
        let number = 3 + page * 3;
        let (content, scan) = (number + 1, number + 2);
        let dict = format!(
            "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {content} 0 R /Resources <</XObject <</Scan {scan} 0 R>>>>>>"
        );
        add(&mut file, number, &dict, None);
        add(&mut file, content, &format!("<</Length {}>>", shown.len()), Some(shown));
        let dict = format!(
            "<</Type /XObject /Subtype /Image /Width 8 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode \
             /Length {}>>",
            photo.len()
        );
        add(&mut file, scan, &dict, Some(&photo));
    }
    let start = file.len();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1);
    for place in &places {
        writeln!(table, "{place:010} 00000 n ").expect("a text takes it");
    }
    file.extend(table.into_bytes());
    let end = places.len() + 1;
    file.extend(format!("trailer\n<</Size {end} /Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").into_bytes());
    file
}
