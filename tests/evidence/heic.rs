//! HEIC files of a real encoder: `heic/README.md` says how they were made, and how it was seen that they show the same afterwards.

use crate::app::TestApp;
use crate::cleaning::cleaned;
use crate::samples::{MARK, boxed, contains};
use crate::uploading::{begin, form, post, upload};
use evenkeel::domain::evidence::EvidenceKind;
use evenkeel::server::evidence::clean::CleanError;
use std::ops::Range;
use std::path::Path;

/// One picture, as a program saves it: turned, with Exif that has a place, and XMP.
const PHOTO: &[u8] = include_bytes!("heic/photo.heic");
/// Two pictures, each with a small one, Exif and XMP.
const SEVERAL: &[u8] = include_bytes!("heic/several.heic");
/// A picture put together of four tiles, with a small one, another that only helps to show it, Exif, XMP, a description, times, an item
/// of an unknown kind, and what a maker adds behind everything: as telephones write it.
const TILES: &[u8] = include_bytes!("heic/tiles.heic");
const ALL: [(&str, &[u8]); 3] = [("photo", PHOTO), ("several", SEVERAL), ("tiles", TILES)];
const NEVER_LEFT: [&[u8]; 7] = [MARK, b"Exif", b"mime", b"xpacket", b"udes", b"crtt", b"sefd"];

fn clear(file: &[u8]) -> Vec<u8> {
    cleaned(EvidenceKind::Heic, file).expect("it can be cleaned")
}

/// Where a box of the file is.
fn place_of(file: &[u8], kind: &[u8; 4]) -> Range<usize> {
    let mut start = 0;
    loop {
        let size = u32::from_be_bytes(file[start..start + 4].try_into().expect("four bytes"));
        let end = start + usize::try_from(size).expect("a short box");
        if file[start + 4..start + 8] == *kind {
            return start..end;
        }
        start = end;
    }
}

#[test]
fn where_and_when_a_photo_was_taken_is_gone_from_real_files() {
    for (name, file) in ALL {
        assert_eq!(EvidenceKind::of_start(&file[..64]), Some(EvidenceKind::Heic), "{name}");
        assert!(
            contains(file, MARK) && contains(file, b"Exif") && contains(file, b"2026:11:02"),
            "{name} has something to take out"
        );
        let clean = clear(file);
        for gone in NEVER_LEFT.into_iter().chain([&b"2026:11:02"[..]]) {
            assert!(!contains(&clean, gone), "{name}: {}", String::from_utf8_lossy(gone));
        }
        assert_eq!(clear(&clean), clean, "{name}: a clean file is left as it is");
        // For whoever looks at them with another program.
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("clean-{name}.heic"));
        std::fs::write(path, clean).expect("the file is written");
    }
}

#[test]
fn every_byte_of_a_real_picture_is_where_it_was() {
    for (name, file) in ALL {
        let clean = clear(file);
        assert_eq!(clean.len(), file.len(), "{name}: pictures refer to their bytes by place");
        let data = place_of(file, b"mdat");
        assert_eq!(place_of(&clean, b"mdat"), data);
        // What is left of the data is as it was, and what is not is zeros.
        assert!(clean[data.clone()].iter().zip(&file[data.clone()]).all(|(clean, file)| clean == file || *clean == 0), "{name}");
        // What is gone is what begins as Exif or XMP, to its end, and what is behind it in the last one; nothing else.
        let kept = clean[data.clone()].iter().filter(|byte| **byte != 0).count();
        let there = file[data].iter().filter(|byte| **byte != 0).count();
        let most = if name == "several" { 2 * MOST_TAKEN } else { MOST_TAKEN };
        assert!(there - kept < most, "{name}: {} bytes are gone", there - kept);
        for needed in [&b"hvcC"[..], b"ispe", b"pixi"] {
            let count = |bytes: &[u8]| bytes.windows(4).filter(|part| *part == needed).count();
            assert_eq!(count(&clean), count(file), "{name}: {}", String::from_utf8_lossy(needed));
        }
    }
    // Which tiles it is made of, and which way is up.
    for kept in [&b"grid"[..], b"dimg", b"irot", b"thmb", b"idat\0\0\x01\x01\x01\0\0\xc0"] {
        assert!(contains(&clear(TILES), kept), "{}", String::from_utf8_lossy(kept));
    }
}

/// The Exif and XMP of one picture, and what is beside them in the data of [`TILES`].
const MOST_TAKEN: usize = 640;

#[test]
fn what_cannot_be_cleaned_is_refused() {
    let put = |at: usize, bytes: &[u8]| {
        let mut file = TILES.to_vec();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        file
    };
    let find = |kind: &[u8; 4]| TILES.windows(4).position(|window| window == kind).expect("it is there");
    let places = find(b"iloc");
    let refused = [
        ("cut off", TILES[..TILES.len() / 2].to_vec()),
        ("a film beside it", [TILES, &boxed(b"moov", b"")].concat()),
        ("two lists", [TILES, &boxed(b"meta", b"\0\0\0\0")].concat()),
        // Bytes of an item that are bytes of another item.
        ("put together elsewhere", put(places + 14, &[0, 2])),
        ("in another file", put(places + 16, &[0, 1])),
        ("not a picture", put(find(b"pict"), b"vide")),
        // The picture itself is coded in another way, as in a file whose name was changed.
        ("no picture of ours", put(find(b"grid"), b"av01")),
    ];
    for (what, file) in refused {
        assert!(matches!(cleaned(EvidenceKind::Heic, &file), Err(CleanError::Unclear)), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_told_how_to_make_of_it_what_can_be_taken() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    // The case of the example on the page of components.
    begin(&app, &seeded, "example").await;
    let mut browser = app.signed_in(&seeded).await;
    for (name, file) in ALL {
        let taken = upload(&mut browser, "example", "IMG_0001.HEIC", file).await;
        assert!(!taken.location().contains("again="), "{name}");
    }
    assert_eq!(app.count("select count(*) from evidence_items where kind = 'heic'").await, 3);
    let cut = form("/components", "IMG_0002.HEIC", &TILES[..TILES.len() / 2]);
    let refused = post(&mut browser, "example", cut).await;
    let shown = browser.get(refused.location().split('#').next().expect("a path")).await;
    shown.assert_says("Open it, save or export it as JPEG, and add the new file.");
    assert_eq!(app.count("select count(*) from evidence_items").await, 3);
}
