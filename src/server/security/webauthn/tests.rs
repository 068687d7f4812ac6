//! What needs no device. Passkeys that are made and used are in tests/portal/passkeys.rs, with a device made of software.

use super::*;

/// The public half of an RSA key made for this test (its other half is gone), and its signature of "what was signed".
const MODULUS: &str = "\
     c51defa6744a2f0fe2ccc516048ce119c3277f6165a900d6b11b0ebea789ad58d11aeae3dc60e869e3faa2546f36cc1cf6263f77fdaf74dc\
     a7154d246347875b078ce4f703b7dde675c05f7418eb0f1f2ae94f91255080b39d8550b5dbb87754b2471f2297b9084088bc7c93096e39e0\
     30bce1a1d45eafcd93e3063345121b4e9f671548efd495d719f8cff6a0f0fd976e37b12895ef112d2769652e4215af67c0d35600ce455c9c\
     c1895ca126125709d3f7c4851caa64fa751ee5a04eb28fe21b82aefa458b834c64aa5b1c4df5c19a1d1d0f84228e28297a9aa1c758b3d5c6\
     bd320ed5ab7c77d8cd3485dfddb8f4cd5814a04e1f5557bc564241d8f9842f4b";
const SIGNATURE: &str = "\
     240206fb02f15567123f0403d1f8483274b708f0e791f377776b251ffd0d7f10e71bd68c6068472603e40a60ce07c3c3f470df44de6d4d3c\
     3783fef4872f892868f91d3d5c920ebccf47ed47d00e0302bc52af22b1ddde7292f1760a2c0be5ddcad25b115be4c050c1b70a7b8baaa9a0\
     89e18efe24d69bf139859099af4bbf7b8bf646adc41a8fd070ca6d2dd4cc2c362be33f959e76464944ea4c3d276a7b4f8db711fe50fc58e9\
     426547f72511b5df45e8cad4a354eb096d5c3114e5504c7b578a6c04e6f7a5efc113e9bd8365ef5818a82bf180919245647034b997d1d67f\
     a615eb5d3c17d6f4f1905ff87f83c6ec55588b5a52ad3a75b87a27a9447407d5";

fn bytes(digits: &str) -> Vec<u8> {
    hex::decode(digits).expect("hexadecimal")
}

/// A key of RSA: `{1: 3, 3: -257, -1: modulus, -2: 65537}`.
fn rsa_key() -> Vec<u8> {
    [bytes("a401030339010020590100"), bytes(MODULUS), bytes("2143010001")].concat()
}

#[test]
fn a_key_of_an_older_windows_machine_is_read_and_its_signature_checked() {
    let (key, length) = PublicKey::read(&rsa_key()).expect("a key");
    assert_eq!(length, rsa_key().len());
    assert!(key.has_signed(b"what was signed", &bytes(SIGNATURE)));
    assert!(!key.has_signed(b"what was not signed", &bytes(SIGNATURE)));
    assert!(!key.has_signed(b"what was signed", &bytes(SIGNATURE)[1..]));
    assert!(!key.has_signed(b"what was signed", &[]));
}

/// `{1: 2, 3: -7, -1: 1, -2: x, -3: y}`.
fn elliptic_key(start: &str, coordinate_bytes: usize) -> Vec<u8> {
    let coordinate = vec![7; coordinate_bytes];
    let length = u8::try_from(coordinate_bytes).expect("short");
    [bytes(start), vec![0x21, 0x58, length], coordinate.clone(), vec![0x22, 0x58, length], coordinate].concat()
}

#[test]
fn no_other_kind_of_key_is_taken() {
    assert!(PublicKey::read(&elliptic_key("a5010203262001", 32)).is_some());
    // Another curve, another algorithm, a coordinate that is too short, Ed25519, a list, nothing.
    for wrong in [
        elliptic_key("a5010203262002", 32),
        elliptic_key("a501020338222001", 32),
        elliptic_key("a5010203262001", 31),
        bytes("a301010327200600"),
        bytes("83010203"),
        Vec::new(),
    ] {
        assert_eq!(PublicKey::read(&wrong), None, "{}", encode(&wrong));
    }
    let whole = elliptic_key("a5010203262001", 32);
    for end in 0..whole.len() {
        assert_eq!(PublicKey::read(&whole[..end]), None, "cut after {end} bytes");
    }
    // A length that nothing could have, in every place where one stands.
    for at in 0..whole.len() {
        for wrong in [0x1b, 0x5a, 0x7f, 0x9f, 0xbf, 0xff] {
            let mut changed = whole.clone();
            changed[at] = wrong;
            let _ = PublicKey::read(&changed);
        }
    }
}

#[test]
fn a_site_is_its_name_and_where_its_pages_are() {
    let site = |url: &str| Site::of(url).map(|site| (site.id, site.origin));
    let told = |id: &str, origin: &str| Some((id.to_owned(), origin.to_owned()));
    assert_eq!(site("https://pay.example.org/portal"), told("pay.example.org", "https://pay.example.org"));
    assert_eq!(site("http://localhost:3000"), told("localhost", "http://localhost:3000"));
    for by_number in ["http://127.0.0.1:3000", "http://[::1]:3000", "https://10.0.0.1", "nonsense", "https://"] {
        assert_eq!(site(by_number), None, "{by_number}");
    }
}

#[test]
fn what_a_device_sends_is_read_without_padding_and_within_bounds() {
    assert_eq!(decode("AQI").as_deref(), Some(&[1, 2][..]));
    assert_eq!(decode("AQI="), None);
    assert_eq!(decode("A+/I"), None);
    assert_eq!(decode(&"A".repeat(9_000)), None);
    assert_eq!(challenge_of(b"{}"), None);
}
