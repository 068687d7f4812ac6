//! A public key as devices send it: a COSE_Key (RFC 9052, section 7) of one of the two kinds every device can make.

use ring::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};

/// ES256 and RS256, in the order in which we would like them: COSE's own numbers (RFC 9053, RFC 8812). Older Windows machines have
/// only the second.
pub const ALGORITHMS: [i64; 2] = [ES256, RS256];
const ES256: i64 = -7;
const RS256: i64 = -257;

const KIND: i64 = 1;
const ALGORITHM: i64 = 3;
const ELLIPTIC: i64 = 2;
const RSA: i64 = 3;
const P256: i64 = 1;
const COORDINATE_BYTES: usize = 32;
/// A map of a key has four or five entries.
const MOST_ENTRIES: u64 = 16;

/// A key whose signatures can be checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// An uncompressed point of P-256.
    Es256(Vec<u8>),
    Rs256 {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
}

impl PublicKey {
    /// Reads a key from the start of `bytes`; also how many bytes it took.
    pub fn read(bytes: &[u8]) -> Option<(PublicKey, usize)> {
        let mut reader = Reader { bytes, at: 0 };
        let (MAP, entries) = reader.head()? else { return None };
        if entries > MOST_ENTRIES {
            return None;
        }
        let mut numbers = Vec::new();
        let mut strings = Vec::new();
        for _ in 0..entries {
            let label = reader.number()?;
            match reader.value()? {
                Value::Number(number) => numbers.push((label, number)),
                Value::Bytes(bytes) => strings.push((label, bytes)),
            }
        }
        let number = |label: i64| numbers.iter().find(|(found, _)| *found == label).map(|(_, number)| *number);
        let string = |label: i64| strings.iter().find(|(found, _)| *found == label).map(|(_, bytes)| *bytes);
        let key = match (number(KIND)?, number(ALGORITHM)?) {
            (ELLIPTIC, ES256) if number(-1) == Some(P256) => {
                let (x, y) = (string(-2)?, string(-3)?);
                (x.len() == COORDINATE_BYTES && y.len() == COORDINATE_BYTES).then(|| PublicKey::Es256([&[4], x, y].concat()))?
            }
            (RSA, RS256) => PublicKey::Rs256 { modulus: string(-1)?.to_vec(), exponent: string(-2)?.to_vec() },
            _ => return None,
        };
        Some((key, reader.at))
    }

    pub fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            PublicKey::Es256(point) => {
                UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_ASN1, point).verify(message, signature).is_ok()
            }
            PublicKey::Rs256 { modulus, exponent } => RsaPublicKeyComponents { n: modulus, e: exponent }
                .verify(&signature::RSA_PKCS1_2048_8192_SHA256, message, signature)
                .is_ok(),
        }
    }
}

// Major types of CBOR (RFC 8949, section 3.1): a key is made of these four.
const UNSIGNED: u8 = 0;
const NEGATIVE: u8 = 1;
const BYTES: u8 = 2;
const MAP: u8 = 5;

enum Value<'a> {
    Number(i64),
    Bytes(&'a [u8]),
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(taken)
    }

    /// The major type of what follows, and its number: a value, or a length.
    fn head(&mut self) -> Option<(u8, u64)> {
        let first = *self.take(1)?.first()?;
        let number = match first & 0x1f {
            small @ 0..=23 => u64::from(small),
            24 => u64::from(*self.take(1)?.first()?),
            25 => u64::from(u16::from_be_bytes(self.take(2)?.try_into().ok()?)),
            26 => u64::from(u32::from_be_bytes(self.take(4)?.try_into().ok()?)),
            _ => return None,
        };
        Some((first >> 5, number))
    }

    fn value(&mut self) -> Option<Value<'a>> {
        match self.head()? {
            (UNSIGNED, number) => Some(Value::Number(i64::try_from(number).ok()?)),
            (NEGATIVE, number) => Some(Value::Number(-1 - i64::try_from(number).ok()?)),
            (BYTES, length) => Some(Value::Bytes(self.take(usize::try_from(length).ok()?)?)),
            _ => None,
        }
    }

    fn number(&mut self) -> Option<i64> {
        match self.value()? {
            Value::Number(number) => Some(number),
            Value::Bytes(_) => None,
        }
    }
}
