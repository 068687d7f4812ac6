//! Codes of an authenticator (RFC 6238): six digits that change every thirty seconds, of the step before, of now, or of the one after.
//! That no step counts twice is kept by `store/staff`.

use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use totp_rs::{Builder, Secret};

pub const SECRET_BYTES: usize = 20;
const SECONDS_A_STEP: u64 = 30;
/// Of one square of the drawing; cameras of telephones read this from a screen.
const SQUARE_PIXELS: u32 = 5;

/// The secret as authenticators take it when it is typed.
pub fn to_text(secret: [u8; SECRET_BYTES]) -> String {
    Secret::from(secret).to_base32()
}

/// The step whose code this is, if it is one of the three that count now. Blanks between the digits do not matter. `None` too where
/// the secret cannot be read.
pub fn step_of(secret: &str, typed: &str, now_seconds: u64) -> Option<u64> {
    let digits: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
    let secret = Secret::try_from_base32(secret).ok()?;
    let codes = Builder::new().with_secret(secret).with_step_duration(SECONDS_A_STEP).with_skew(1).build().ok()?;
    codes.check(&digits, now_seconds)
}

/// What an authenticator shows at this instant: for tests, and for trying the portal out.
pub fn code_at(secret: &str, now_seconds: u64) -> Option<String> {
    let secret = Secret::try_from_base32(secret).ok()?;
    let codes = Builder::new().with_secret(secret).with_step_duration(SECONDS_A_STEP).build().ok()?;
    Some(codes.generate(now_seconds).to_string())
}

/// What an authenticator reads, as an address (<https://github.com/google/google-authenticator/wiki/Key-Uri-Format>).
pub fn address(secret: &str, portal_name: &str, email: &str) -> String {
    let (portal, email) = (escaped(portal_name), escaped(email));
    format!("otpauth://totp/{portal}:{email}?secret={secret}&issuer={portal}")
}

/// The same drawn: squares for a camera. Empty for a text that is too long to draw.
pub fn drawing(address: &str) -> String {
    let Ok(code) = QrCode::with_error_correction_level(address.as_bytes(), EcLevel::M) else { return String::new() };
    let mut renderer = code.render();
    renderer.module_dimensions(SQUARE_PIXELS, SQUARE_PIXELS).quiet_zone(true);
    renderer.dark_color(svg::Color("#000")).light_color(svg::Color("#fff"));
    let drawing = renderer.build();
    drawing.find("<svg").map(|at| drawing[at..].to_owned()).unwrap_or_default()
}

fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238's own examples, `12345678901234567890`.
    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn codes_are_those_of_the_standard() {
        // Appendix B, the last six of its eight digits.
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
        {
            assert_eq!(code_at(SECRET, seconds).as_deref(), Some(code));
            assert_eq!(step_of(SECRET, code, seconds), Some(seconds / 30));
        }
        assert_eq!(to_text(*b"12345678901234567890"), SECRET);
    }

    #[test]
    fn a_code_counts_one_step_early_or_late_and_no_more() {
        let code = code_at(SECRET, 3_000).expect("a code");
        for (seconds, counts) in [(2_939, false), (2_970, true), (3_000, true), (3_059, true), (3_060, false)] {
            assert_eq!(step_of(SECRET, &code, seconds).is_some(), counts, "{seconds}");
        }
        assert_eq!(step_of(SECRET, &format!("{} {}", &code[..3], &code[3..]), 3_000), Some(100));
    }

    #[test]
    fn what_is_no_code_is_none() {
        for typed in ["", "1", "12345", "1234567", "abcdef", "12345６", &"1".repeat(10_000)] {
            assert_eq!(step_of(SECRET, typed, 59), None, "{typed}");
        }
        assert_eq!(step_of("not a secret!", "287082", 59), None);
    }

    #[test]
    fn the_drawing_is_one_and_nothing_typed_gets_into_it() {
        let address = address(SECRET, "A <b> & Co", "ada@example.org");
        assert_eq!(
            address,
            format!("otpauth://totp/A%20%3Cb%3E%20%26%20Co:ada%40example.org?secret={SECRET}&issuer=A%20%3Cb%3E%20%26%20Co")
        );
        let drawn = drawing(&address);
        assert!(drawn.starts_with("<svg ") && drawn.ends_with("</svg>"), "{drawn}");
        assert_eq!(drawing(&"x".repeat(10_000)), "");
    }
}
