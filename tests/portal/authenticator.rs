//! A device made of software: makes passkeys and signs with them, as W3C Web Authentication says a device does.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::Value;
use sha2::{Digest, Sha256};

pub const ORIGIN: &str = "http://localhost:3000";
pub const SOMEBODY_THERE: u8 = 0x01;
pub const VERIFIED: u8 = 0x04;
const HAS_CREDENTIAL: u8 = 0x40;

pub type Fields = Vec<(&'static str, String)>;

pub struct Authenticator {
    chance: SystemRandom,
    key: EcdsaKeyPair,
    pub credential: Vec<u8>,
    /// Whose it is, as the portal said.
    pub user: String,
    /// How often it signed; 0 and it does not count.
    pub counter: u32,
    pub flags: u8,
    /// On which page it thinks it is.
    pub origin: String,
    /// For which site, if not the one it is asked for.
    pub site: Option<String>,
}

impl Authenticator {
    pub fn new() -> Authenticator {
        let chance = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &chance).expect("a key");
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &chance).expect("a key");
        let credential = Sha256::digest(key.public_key().as_ref())[..20].to_vec();
        let flags = SOMEBODY_THERE | VERIFIED;
        Authenticator { chance, key, credential, user: String::new(), counter: 0, flags, origin: ORIGIN.into(), site: None }
    }

    /// Makes a passkey, as asked by what `begin_passkey` answered: the fields of the form that adds it.
    pub fn make(&mut self, asked: &Value) -> Fields {
        self.user = asked["user"]["id"].as_str().expect("a user handle").to_owned();
        let site = asked["rp"]["id"].as_str().expect("a site");
        let point = self.key.public_key().as_ref();
        let mut data = self.head(site, self.flags | HAS_CREDENTIAL);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.credential.len()).expect("short").to_be_bytes());
        data.extend(&self.credential);
        // {1: 2, 3: -7, -1: 1, -2: x, -3: y}
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(&point[33..]);
        vec![
            ("credential", encode(&self.credential)),
            ("client_data", encode(&self.client_data("webauthn.create", asked))),
            ("authenticator_data", encode(&data)),
        ]
    }

    /// Signs in, as asked by what `begin_passkey_sign_in` answered: the fields of that form.
    pub fn sign(&mut self, asked: &Value) -> Fields {
        if self.counter > 0 {
            self.counter += 1;
        }
        let client_data = self.client_data("webauthn.get", asked);
        let data = self.head(asked["rpId"].as_str().expect("a site"), self.flags);
        let signed = [data.as_slice(), Sha256::digest(&client_data).as_slice()].concat();
        let signature = self.key.sign(&self.chance, &signed).expect("a signature");
        vec![
            ("credential", encode(&self.credential)),
            ("client_data", encode(&client_data)),
            ("authenticator_data", encode(&data)),
            ("signature", encode(signature.as_ref())),
            ("user_handle", self.user.clone()),
        ]
    }

    fn head(&self, site: &str, flags: u8) -> Vec<u8> {
        let site = self.site.as_deref().unwrap_or(site);
        [Sha256::digest(site.as_bytes()).as_slice(), &[flags], &self.counter.to_be_bytes()].concat()
    }

    fn client_data(&self, kind: &str, asked: &Value) -> Vec<u8> {
        let challenge = asked["challenge"].as_str().expect("a challenge");
        let data = serde_json::json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false });
        data.to_string().into_bytes()
    }
}

pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
