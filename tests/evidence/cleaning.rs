//! What cleaning takes out, and that it leaves what is shown.

use crate::samples::{self, MARK, PIXELS, SCAN, SHOWN, contains};
use evenkeel::domain::evidence::EvidenceKind;
use evenkeel::server::evidence::clean::{CleanError, clean};
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;

pub fn cleaned(kind: EvidenceKind, file: &[u8]) -> Result<Vec<u8>, CleanError> {
    let mut output = Vec::new();
    let written = clean(kind, Cursor::new(file), &mut output)?;
    assert_eq!(written, output.len() as u64);
    Ok(output)
}

fn clear(kind: EvidenceKind, file: &[u8]) -> Vec<u8> {
    cleaned(kind, file).expect("it can be cleaned")
}

#[test]
fn nothing_that_is_not_shown_is_left_in_any_kind() {
    for kind in EvidenceKind::ALL {
        let file = samples::of(kind);
        assert!(contains(&file, MARK), "{kind:?} has something to take out");
        let clean = clear(kind, &file);
        assert!(!contains(&clean, MARK), "{kind:?}: {}", String::from_utf8_lossy(&clean));
        assert_eq!(EvidenceKind::of_start(&clean), Some(kind));
        assert_eq!(clear(kind, &clean), clean, "{kind:?}: a clean file is left as it is");
    }
}

#[test]
fn a_photo_keeps_its_picture_and_which_way_is_up() {
    let clean = clear(EvidenceKind::Jpeg, &samples::jpeg());
    assert!(contains(&clean, SCAN), "coded data byte by byte");
    assert!(contains(&clean, b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06"), "turned by a quarter");
    assert!(contains(&clean, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"), "without its small picture");
    assert!(contains(&clean, b"Adobe\0\x64\0\0\0\0\x01"));
    assert!(clean.ends_with(&[0xff, 0xd9]));
}

#[test]
fn a_png_keeps_its_picture_and_its_colours() {
    let clean = clear(EvidenceKind::Png, &samples::png());
    for kept in [&b"IHDR"[..], b"gAMA", b"IDAT", PIXELS, b"IEND"] {
        assert!(contains(&clean, kept), "{}", String::from_utf8_lossy(kept));
    }
    for gone in [&b"iCCP"[..], b"tEXt", b"iTXt", b"eXIf", b"tIME", b"prVt"] {
        assert!(!contains(&clean, gone), "{}", String::from_utf8_lossy(gone));
    }
    let mut wrong = samples::png();
    let at = wrong.windows(4).position(|window| window == b"IDAT").expect("it is there") + 5;
    wrong[at] ^= 1;
    assert!(matches!(cleaned(EvidenceKind::Png, &wrong), Err(CleanError::Unclear)), "a wrong checksum");
}

#[test]
fn a_heic_picture_stays_where_it_is() {
    let file = samples::heic();
    let clean = clear(EvidenceKind::Heic, &file);
    assert_eq!(clean.len(), file.len());
    let at = |bytes: &[u8]| bytes.windows(PIXELS.len()).position(|window| window == PIXELS);
    assert_eq!(at(&clean), at(&file), "pictures refer to their bytes by place");
    assert!(contains(&clean, b"hvc1") && contains(&clean, b"ispe") && contains(&clean, b"hvcC"));
    for gone in [&b"Exif"[..], b"mime", b"udes", b"xml ", b"rdf"] {
        assert!(!contains(&clean, gone), "{}", String::from_utf8_lossy(gone));
    }
}

#[test]
fn a_film_and_a_list_without_a_picture_are_no_heic() {
    let film = [samples::heic(), samples::boxed(b"moov", b"")].concat();
    assert!(matches!(cleaned(EvidenceKind::Heic, &film), Err(CleanError::Unclear)));
    let mut av1 = samples::heic();
    let at = av1.windows(4).position(|window| window == b"hvc1").expect("it is there");
    av1[at..at + 4].copy_from_slice(b"av01");
    assert!(matches!(cleaned(EvidenceKind::Heic, &av1), Err(CleanError::Unclear)));
}

#[test]
fn a_pdf_shows_what_it_showed_and_other_programs_can_read_it() {
    for (name, file) in [("plain", samples::pdf()), ("packed", samples::packed_pdf())] {
        let clean = clear(EvidenceKind::Pdf, &file);
        for gone in [MARK, b"JavaScript", b"/Metadata", b"/EmbeddedFile", b"/Info", b"FileAttachment", b"/URI", b"/Thumb", b"/AA"]
        {
            assert!(!contains(&clean, gone), "{name}: {}", String::from_utf8_lossy(gone));
        }
        let path = keep(&format!("clean-{name}.pdf"), &clean);
        run("qpdf", &["--check"], &path);
        assert!(run("pdftotext", &[], &path).contains(SHOWN), "{name}");
    }
}

#[test]
fn a_photo_in_a_pdf_is_cleaned_too_and_what_cannot_be_is_refused() {
    let image = |filter: &str, data: &[u8]| {
        samples::pdf_of(
            &[
                b"<</Type /Catalog /Pages 2 0 R>>".to_vec(),
                b"<</Type /Pages /Kids [3 0 R] /Count 1>>".to_vec(),
                b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources <</XObject <</P 4 0 R>>>>>>".to_vec(),
                samples::stream(&format!("/Subtype /Image /Filter {filter}"), data),
            ],
            b"/Root 1 0 R",
        )
    };
    for (filter, data) in [
        ("/DCTDecode", samples::jpeg()),
        ("[/DCTDecode]", samples::jpeg()),
        ("[/FlateDecode /DCTDecode]", samples::packed(&samples::jpeg())),
    ] {
        let clean = clear(EvidenceKind::Pdf, &image(filter, &data));
        assert!(contains(&clean, SCAN) && !contains(&clean, MARK), "{filter}");
        run("qpdf", &["--check"], &keep("clean-photo.pdf", &clean));
    }
    for filter in ["/JPXDecode", "[/ASCII85Decode /DCTDecode]", "[/DCTDecode /FlateDecode]", "/DCTDecode"] {
        assert!(matches!(cleaned(EvidenceKind::Pdf, &image(filter, MARK)), Err(CleanError::Unclear)), "{filter}");
    }
}

#[test]
fn what_other_programs_write_is_read() {
    let plain = keep("other.pdf", &samples::pdf());
    for (name, arguments) in [
        ("packed", &["--object-streams=generate"][..]),
        ("linear", &["--linearize"]),
        ("linear-packed", &["--linearize", "--object-streams=generate"]),
        ("unpacked", &["--qdf", "--object-streams=disable"]),
    ] {
        let made = plain.with_file_name(format!("other-{name}.pdf"));
        made_by_qpdf(arguments, &plain, &made);
        let clean = clear(EvidenceKind::Pdf, &std::fs::read(&made).expect("the file"));
        assert!(!contains(&clean, MARK), "{name}");
        let path = keep(&format!("clean-other-{name}.pdf"), &clean);
        run("qpdf", &["--check"], &path);
        assert!(run("pdftotext", &[], &path).contains(SHOWN), "{name}");
    }
}

#[test]
fn a_locked_pdf_is_told_from_a_broken_one() {
    let (plain, locked) = (keep("lock.pdf", &samples::pdf()), keep("locked.pdf", b""));
    made_by_qpdf(&["--encrypt", "user", "owner", "256", "--"], &plain, &locked);
    let file = std::fs::read(&locked).expect("the file");
    assert!(matches!(cleaned(EvidenceKind::Pdf, &file), Err(CleanError::Locked)));
    assert!(matches!(cleaned(EvidenceKind::Pdf, b"%PDF-1.7\nnothing else"), Err(CleanError::Unclear)));
    let mut rest = samples::pdf();
    rest.truncate(rest.len() - 40);
    assert!(matches!(cleaned(EvidenceKind::Pdf, &rest), Err(CleanError::Unclear)));
}

fn keep(name: &str, bytes: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, bytes).expect("the file is written");
    path
}

fn made_by_qpdf(arguments: &[&str], from: &Path, to: &Path) {
    let done = Command::new("qpdf").args(arguments).arg(from).arg(to).status().expect("qpdf is there");
    assert!(done.success() || done.code() == Some(3), "qpdf writes the file, perhaps with a warning");
}

/// Runs one of other people's programs, which must succeed.
fn run(program: &str, arguments: &[&str], file: &Path) -> String {
    let output = Command::new(program).args(arguments).arg(file).args((program == "pdftotext").then_some("-")).output();
    let output = output.unwrap_or_else(|error| panic!("{program} is needed ({error}): `make test` installs it"));
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{program}: {printed}{}", String::from_utf8_lossy(&output.stderr));
    printed
}
