//! What a customer uploads to support a hardship request, a dispute or a message: which kinds of file, how many and how large,
//! and why one is not taken. What is done with their bytes is in `server/evidence`.

use super::calendar::Date;

/// The largest file: a photo of a telephone has about a third of it.
pub const LARGEST_FILE_BYTES: u64 = 10 * 1024 * 1024;
/// The most files of one case: payslips of three months, bank statements and a letter from a doctor leave some over.
pub const MOST_FILES: i64 = 10;
/// The most of one case in all its files, so that a case cannot fill a disk or a backup.
pub const LARGEST_CASE_BYTES: i64 = 50 * 1024 * 1024;
/// The most uploads of one customer in 24 hours, taken or refused: two full cases and as many mistakes.
pub const MOST_UPLOADS_A_DAY: i64 = 40;
/// What begins a file that says its kind; the brands of a HEIC picture are within it.
pub const LONGEST_START_BYTES: usize = 64;

/// What the evidence belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseKind {
    Hardship,
    Dispute,
    Message,
}

impl CaseKind {
    pub const ALL: [CaseKind; 3] = [CaseKind::Hardship, CaseKind::Dispute, CaseKind::Message];

    pub fn code(self) -> &'static str {
        match self {
            CaseKind::Hardship => "hardship",
            CaseKind::Dispute => "dispute",
            CaseKind::Message => "message",
        }
    }

    pub fn from_code(code: &str) -> Option<CaseKind> {
        CaseKind::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// A kind of file that is taken. Told by what is in it, never by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EvidenceKind {
    Pdf,
    Jpeg,
    Png,
    Heic,
}

/// Pictures of the HEIF family whose items are coded with HEVC: what iPhones make.
const HEIC_BRANDS: [&[u8]; 4] = [b"heic", b"heix", b"heim", b"heis"];

impl EvidenceKind {
    pub const ALL: [EvidenceKind; 4] = [EvidenceKind::Pdf, EvidenceKind::Jpeg, EvidenceKind::Png, EvidenceKind::Heic];

    pub fn code(self) -> &'static str {
        match self {
            EvidenceKind::Pdf => "pdf",
            EvidenceKind::Jpeg => "jpeg",
            EvidenceKind::Png => "png",
            EvidenceKind::Heic => "heic",
        }
    }

    pub fn from_code(code: &str) -> Option<EvidenceKind> {
        EvidenceKind::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The same in every language.
    pub fn name(self) -> &'static str {
        match self {
            EvidenceKind::Pdf => "PDF",
            EvidenceKind::Jpeg => "JPEG",
            EvidenceKind::Png => "PNG",
            EvidenceKind::Heic => "HEIC",
        }
    }

    /// The kind that a file with this beginning claims to be; its cleaner then reads the structure and finds out whether it is.
    pub fn of_start(start: &[u8]) -> Option<EvidenceKind> {
        if start.starts_with(b"%PDF-") {
            return Some(EvidenceKind::Pdf);
        }
        if start.starts_with(&[0xff, 0xd8, 0xff]) {
            return Some(EvidenceKind::Jpeg);
        }
        if start.starts_with(b"\x89PNG\r\n\x1a\n") {
            return Some(EvidenceKind::Png);
        }
        is_heic(start).then_some(EvidenceKind::Heic)
    }
}

/// The first box of such a file names its brands: the main one, a version, and those it is compatible with (ISO 14496-12, 4.3).
fn is_heic(start: &[u8]) -> bool {
    let (Some(size), Some(b"ftyp")) = (start.get(..4), start.get(4..8)) else { return false };
    let size = usize::try_from(u32::from_be_bytes([size[0], size[1], size[2], size[3]])).unwrap_or(usize::MAX);
    let names = &start[8..start.len().min(size.max(8))];
    names.chunks_exact(4).enumerate().any(|(place, brand)| place != 1 && HEIC_BRANDS.contains(&brand))
}

/// One file as pages show it. Its name stays on the customer's own device: people write diagnoses and names into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceItem {
    pub id: String,
    pub kind: EvidenceKind,
    pub bytes: u64,
    /// The day where the customer lives.
    pub added_on: Date,
}

/// `1.2 MB`, `340 kB`: rounded up, never "0".
pub fn size_text(bytes: u64) -> String {
    let kilobytes = bytes.div_ceil(1_000).max(1);
    if kilobytes < 1_000 {
        return format!("{kilobytes} kB");
    }
    let tenths = bytes.div_ceil(100_000);
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

/// Why a file was not taken. Told to the customer with what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EvidenceRefusal {
    /// No file was chosen, or an empty one.
    Nothing,
    TooLarge,
    /// Not one of the kinds that are taken, whatever its name says.
    OtherKind,
    /// It begins as its kind and cannot be read, or cannot be cleaned, as one.
    Unclear(EvidenceKind),
    /// A PDF behind a password, or with rights that keep it from being rewritten.
    Locked,
    TooManyFiles,
    CaseFull,
    /// The case takes no more: it was decided or withdrawn.
    Closed,
    TooManyToday,
    /// So many are uploading at this moment.
    Busy,
    /// The connection broke before the file had come.
    BrokeOff,
}

impl EvidenceRefusal {
    pub const ALL: [EvidenceRefusal; 14] = [
        EvidenceRefusal::Nothing,
        EvidenceRefusal::TooLarge,
        EvidenceRefusal::OtherKind,
        EvidenceRefusal::Unclear(EvidenceKind::Pdf),
        EvidenceRefusal::Unclear(EvidenceKind::Jpeg),
        EvidenceRefusal::Unclear(EvidenceKind::Png),
        EvidenceRefusal::Unclear(EvidenceKind::Heic),
        EvidenceRefusal::Locked,
        EvidenceRefusal::TooManyFiles,
        EvidenceRefusal::CaseFull,
        EvidenceRefusal::Closed,
        EvidenceRefusal::TooManyToday,
        EvidenceRefusal::Busy,
        EvidenceRefusal::BrokeOff,
    ];

    pub fn code(self) -> &'static str {
        match self {
            EvidenceRefusal::Nothing => "nothing",
            EvidenceRefusal::TooLarge => "too_large",
            EvidenceRefusal::OtherKind => "other_kind",
            EvidenceRefusal::Unclear(EvidenceKind::Pdf) => "unclear_pdf",
            EvidenceRefusal::Unclear(EvidenceKind::Jpeg) => "unclear_jpeg",
            EvidenceRefusal::Unclear(EvidenceKind::Png) => "unclear_png",
            EvidenceRefusal::Unclear(EvidenceKind::Heic) => "unclear_heic",
            EvidenceRefusal::Locked => "locked",
            EvidenceRefusal::TooManyFiles => "too_many_files",
            EvidenceRefusal::CaseFull => "case_full",
            EvidenceRefusal::Closed => "closed",
            EvidenceRefusal::TooManyToday => "too_many_today",
            EvidenceRefusal::Busy => "busy",
            EvidenceRefusal::BrokeOff => "broke_off",
        }
    }

    pub fn from_code(code: &str) -> Option<EvidenceRefusal> {
        EvidenceRefusal::ALL.into_iter().find(|refusal| refusal.code() == code)
    }
}

/// Whether a case that holds so many files and bytes takes one more of so many.
pub fn room_for(files: i64, bytes: i64, more: u64) -> Result<(), EvidenceRefusal> {
    if more == 0 {
        return Err(EvidenceRefusal::Nothing);
    }
    if more > LARGEST_FILE_BYTES {
        return Err(EvidenceRefusal::TooLarge);
    }
    if files >= MOST_FILES {
        return Err(EvidenceRefusal::TooManyFiles);
    }
    let after = i64::try_from(more).ok().and_then(|more| bytes.checked_add(more));
    if after.is_none_or(|after| after > LARGEST_CASE_BYTES) {
        return Err(EvidenceRefusal::CaseFull);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_told_by_how_a_file_begins() {
        assert_eq!(EvidenceKind::of_start(b"%PDF-1.7\n"), Some(EvidenceKind::Pdf));
        assert_eq!(EvidenceKind::of_start(b"\xff\xd8\xff\xe0"), Some(EvidenceKind::Jpeg));
        assert_eq!(EvidenceKind::of_start(b"\x89PNG\r\n\x1a\n\0"), Some(EvidenceKind::Png));
        assert_eq!(EvidenceKind::of_start(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"), Some(EvidenceKind::Heic));
        assert_eq!(EvidenceKind::of_start(b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic"), Some(EvidenceKind::Heic));
        for other in [
            &b""[..],
            b"PK\x03\x04",
            b" %PDF-1.7",
            b"GIF89a",
            b"\xff\xd8",
            b"\0\0\0\x18ftypavif\0\0\0\0mif1avif",
            b"\0\0\0\x14ftypisom\0\0\0\0mp41heic",
            b"\0\0\0\x14ftypisomheicmp41",
            b"ftyp",
            b"\0\0\0\0ftyp",
        ] {
            assert_eq!(EvidenceKind::of_start(other), None, "{other:?}");
        }
    }

    #[test]
    fn a_case_takes_ten_files_of_ten_megabytes_and_fifty_in_all() {
        assert_eq!(room_for(0, 0, 0), Err(EvidenceRefusal::Nothing));
        assert_eq!(room_for(9, 0, LARGEST_FILE_BYTES), Ok(()));
        assert_eq!(room_for(0, 0, LARGEST_FILE_BYTES + 1), Err(EvidenceRefusal::TooLarge));
        assert_eq!(room_for(10, 0, 1), Err(EvidenceRefusal::TooManyFiles));
        assert_eq!(room_for(9, LARGEST_CASE_BYTES - 1, 1), Ok(()));
        assert_eq!(room_for(9, LARGEST_CASE_BYTES, 1), Err(EvidenceRefusal::CaseFull));
        assert_eq!(room_for(9, i64::MAX, 1), Err(EvidenceRefusal::CaseFull));
    }

    #[test]
    fn sizes_are_rounded_up() {
        assert_eq!(size_text(1), "1 kB");
        assert_eq!(size_text(999_000), "999 kB");
        assert_eq!(size_text(999_001), "1.0 MB");
        assert_eq!(size_text(1_200_000), "1.2 MB");
        assert_eq!(size_text(LARGEST_FILE_BYTES), "10.5 MB");
    }

    #[test]
    fn codes_lead_back() {
        for kind in CaseKind::ALL {
            assert_eq!(CaseKind::from_code(kind.code()), Some(kind));
        }
        for kind in EvidenceKind::ALL {
            assert_eq!(EvidenceKind::from_code(kind.code()), Some(kind));
        }
        for refusal in EvidenceRefusal::ALL {
            assert_eq!(EvidenceRefusal::from_code(refusal.code()), Some(refusal));
        }
        assert_eq!(EvidenceRefusal::from_code("else"), None);
    }
}
