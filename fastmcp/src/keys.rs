//! (stub until `base` is merged)
#![allow(missing_docs, clippy::all, clippy::pedantic)]
use crate::parts::Random;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use zeroize::Zeroizing;
#[derive(Clone, Debug)]
pub struct Keys;
#[derive(Clone, Copy, Debug)]
pub enum Purpose {
    Consent,
}
impl Keys {
    pub fn ephemeral(_: &Random) -> Self {
        Self
    }
    pub fn mac(&self, _: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        use sha2::Digest;
        let mut h = sha2::Sha256::new();
        for p in parts {
            h.update(p.len().to_be_bytes());
            h.update(p);
        }
        h.finalize().into()
    }
    pub fn seal(&self, _: Purpose, aad: &[u8], plain: &[u8], _: &Random) -> String {
        format!("{}.{}", B64.encode(aad), B64.encode(plain))
    }
    pub fn open(&self, _: Purpose, aad: &[u8], text: &str) -> Option<Zeroizing<Vec<u8>>> {
        let (a, p) = text.split_once('.')?;
        (B64.decode(a).ok()? == aad).then_some(())?;
        B64.decode(p).ok().map(Zeroizing::new)
    }
}
