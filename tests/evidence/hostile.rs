//! Files meant to do harm: whatever comes, cleaning ends soon, in little memory, with a clean file or a refusal.

use crate::cleaning::cleaned;
use crate::samples::{self, MARK, PIXELS, contains};
use evenkeel::domain::evidence::EvidenceKind;
use evenkeel::server::evidence::clean::CleanError;
use proptest::prelude::*;

/// A clean file of its kind, or a refusal that says nothing broke here.
fn assert_safe(kind: EvidenceKind, file: &[u8]) -> Option<Vec<u8>> {
    match cleaned(kind, file) {
        Ok(clean) => {
            assert_eq!(EvidenceKind::of_start(&clean), Some(kind));
            Some(clean)
        }
        Err(CleanError::Unclear | CleanError::Locked) => None,
        Err(CleanError::Io(error)) => panic!("{kind:?}: {error}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes_are_refused_or_cleaned(bytes in proptest::collection::vec(any::<u8>(), 0..2_000), place in 0_usize..4) {
        let kind = EvidenceKind::ALL[place];
        assert_safe(kind, &bytes);
        // Behind a beginning that is taken for one of the kind.
        let start = &samples::of(kind)[..24];
        assert_safe(kind, &[start, &bytes].concat());
    }

    #[test]
    fn a_damaged_file_never_brings_anything_out(
        place in 0_usize..5,
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
        cuts in any::<bool>(),
    ) {
        let (kind, mut file) = match place {
            4 => (EvidenceKind::Pdf, samples::packed_pdf()),
            place => (EvidenceKind::ALL[place], samples::of(EvidenceKind::ALL[place])),
        };
        for (at, byte) in &damage {
            let at = at.index(file.len());
            file[at] = *byte;
        }
        if cuts {
            file.truncate(cut.index(file.len()));
        }
        let clean = assert_safe(kind, &file);
        // A damaged name may make a note out of what was none before; what holds no text that is shown stays free of it.
        if let (Some(clean), EvidenceKind::Png) = (clean, kind) {
            prop_assert!(!contains(&clean, MARK));
        }
    }

    #[test]
    fn the_data_of_pictures_come_through_unchanged(data in proptest::collection::vec(any::<u8>(), 1..3_000)) {
        let png = [
            b"\x89PNG\r\n\x1a\n".to_vec(),
            samples::chunk(b"IHDR", b"\0\0\0\x02\0\0\0\x02\x08\0\0\0\0"),
            samples::chunk(b"tEXt", MARK),
            samples::chunk(b"IDAT", &data),
            samples::chunk(b"IEND", b""),
        ];
        let clean = cleaned(EvidenceKind::Png, &png.concat()).expect("it can be cleaned");
        prop_assert_eq!(clean, [&png[0][..], &png[1], &png[3], &png[4]].concat());
        // In coded data every 0xff is followed by 0x00.
        let coded: Vec<u8> = data.iter().flat_map(|byte| if *byte == 0xff { vec![0xff, 0] } else { vec![*byte] }).collect();
        let jpeg = samples::jpeg();
        let at = jpeg.windows(samples::SCAN.len()).position(|window| window == samples::SCAN).expect("it is there");
        let jpeg = [&jpeg[..at], &coded, b"\xff\xd9"].concat();
        let clean = cleaned(EvidenceKind::Jpeg, &jpeg).expect("it can be cleaned");
        prop_assert!(clean.ends_with(&[&coded[..], b"\xff\xd9"].concat()));
    }
}

#[test]
fn a_bomb_is_refused_before_it_fills_the_memory() {
    // A hundred megabytes of blanks in a hundred kilobytes, as a pack of objects.
    let bomb = samples::packed(&vec![b' '; 100 * 1024 * 1024]);
    let mut file = samples::packed_pdf();
    let text = String::from_utf8_lossy(&file).into_owned();
    assert!(text.contains("/ObjStm"));
    file = samples::pdf_of(
        &[
            b"<</Type /Catalog /Pages 2 0 R>>".to_vec(),
            b"<</Type /Pages /Kids [] /Count 0>>".to_vec(),
            samples::stream("/Type /ObjStm /N 1 /First 8 /Filter /FlateDecode", &bomb),
        ],
        b"/Root 1 0 R",
    );
    // Nothing is packed in it, so it is not even opened.
    assert!(cleaned(EvidenceKind::Pdf, &file).is_ok());
    let packed_photo = samples::pdf_of(
        &[
            b"<</Type /Catalog /Pages 2 0 R /AcroForm 3 0 R>>".to_vec(),
            b"<</Type /Pages /Kids [] /Count 0>>".to_vec(),
            samples::stream("/Filter [/FlateDecode /DCTDecode]", &samples::packed(&[0xff; 30_000_000])),
        ],
        b"/Root 1 0 R",
    );
    assert!(matches!(cleaned(EvidenceKind::Pdf, &packed_photo), Err(CleanError::Unclear)));
}

#[test]
fn a_pack_of_objects_that_is_a_bomb_is_refused() {
    let mut file = b"%PDF-1.7\n".to_vec();
    let pack_at = file.len();
    let bomb = samples::packed(&[b"1 0 ".as_slice(), &vec![b' '; 60_000_000]].concat());
    let pack = samples::stream("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", &bomb);
    file.extend([b"2 0 obj\n".as_slice(), &pack, b"\nendobj\n"].concat());
    let start = file.len();
    let rows = [[0, 0, 0, 0], [2, 0, 2, 0], [1, 0, u8::try_from(pack_at).expect("near the beginning"), 0]].concat();
    let places = samples::stream("/Type /XRef /Size 3 /W [1 2 1] /Root 1 0 R", &rows);
    file.extend([b"3 0 obj\n".as_slice(), &places, b"\nendobj\n"].concat());
    file.extend(format!("startxref\n{start}\n%%EOF\n").into_bytes());
    assert!(matches!(cleaned(EvidenceKind::Pdf, &file), Err(CleanError::Unclear)));
}

#[test]
fn what_goes_round_in_circles_ends() {
    let circle = |objects: &[&str], trailer: &str| {
        let objects: Vec<Vec<u8>> = objects.iter().map(|object| object.as_bytes().to_vec()).collect();
        samples::pdf_of(&objects, trailer.as_bytes())
    };
    let catalogue = "<</Type /Catalog /Pages 2 0 R>>";
    // A page that is its own parent and child, a table of places before itself, a stream as long as itself.
    assert!(
        cleaned(EvidenceKind::Pdf, &circle(&[catalogue, "<</Type /Pages /Kids [2 0 R] /Parent 2 0 R>>"], "/Root 1 0 R")).is_ok()
    );
    let before = circle(&[catalogue, "<</Type /Pages>>"], "/Root 1 0 R /Prev 0000");
    let at = before.windows(5).position(|window| window == b"xref\n").expect("it is there");
    let text = String::from_utf8_lossy(&before).replace("/Prev 0000", &format!("/Prev {at:04}"));
    assert!(assert_safe(EvidenceKind::Pdf, text.as_bytes()).is_none());
    let own_length = circle(&[catalogue, "<</Length 2 0 R>>\nstream\nx\nendstream"], "/Root 1 0 R");
    assert!(assert_safe(EvidenceKind::Pdf, &own_length).is_none());
    // Deeper than any reader's stack.
    let deep = format!("<</Type /Pages /Kids {}{}>>", "[".repeat(100_000), "]".repeat(100_000));
    assert!(assert_safe(EvidenceKind::Pdf, &circle(&[catalogue, &deep], "/Root 1 0 R")).is_none());
}

#[test]
fn lengths_beyond_the_file_are_refused() {
    let huge = [&b"\x89PNG\r\n\x1a\n"[..], b"\x7f\xff\xff\xffIHDR"].concat();
    assert!(assert_safe(EvidenceKind::Png, &huge).is_none());
    let mut heic = samples::heic();
    let data = heic.windows(4).position(|window| window == b"mdat").expect("it is there");
    heic[data - 4..data].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff]);
    assert!(assert_safe(EvidenceKind::Heic, &heic).is_none());
    assert!(assert_safe(EvidenceKind::Jpeg, b"\xff\xd8\xff\xe1\xff\xff").is_none());
    assert!(assert_safe(EvidenceKind::Jpeg, b"\xff\xd8\xff\xe1\0\x01").is_none());
}

#[test]
fn a_picture_that_lies_over_its_own_exif_does_not_bring_it_out() {
    let mut heic = samples::heic();
    // The picture claims the bytes of its Exif as well.
    let length = u32::try_from(PIXELS.len()).expect("short").to_be_bytes();
    let iloc = heic.windows(4).position(|window| window == b"iloc").expect("it is there");
    let at = iloc + heic[iloc..].windows(4).position(|window| window == length).expect("its length");
    heic[at + 3] += u8::try_from(MARK.len()).expect("short");
    let clean = assert_safe(EvidenceKind::Heic, &heic).expect("cleaned");
    assert!(contains(&clean, PIXELS) && !contains(&clean, MARK));
}
