//! Proof key for code exchange, S256 only (RFC 7636).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::serde_as_text;
use super::uri::is_unreserved;

/// Length of a SHA-256 in base64url.
const CHALLENGE_LENGTH: usize = 43;

/// The S256 challenge of a code verifier (RFC 7636 section 4.2).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CodeChallenge(String);

serde_as_text!(CodeChallenge);

impl CodeChallenge {
    /// Reads a challenge: exactly 43 characters of base64url.
    ///
    /// # Errors
    /// It is anything else.
    pub fn parse(text: &str) -> Result<Self, CodeChallengeError> {
        let base64url = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if text.len() == CHALLENGE_LENGTH && text.bytes().all(base64url) {
            Ok(Self(text.to_owned()))
        } else {
            Err(CodeChallengeError)
        }
    }

    /// The challenge of `verifier`.
    pub fn of(verifier: &str) -> Self {
        Self(URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())))
    }

    /// Whether `verifier` has the right form (RFC 7636 section 4.1) and is the one whose challenge
    /// this is.
    pub fn verifies(&self, verifier: &str) -> bool {
        let well_formed =
            (43..=128).contains(&verifier.len()) && verifier.bytes().all(is_unreserved);
        let same = Self::of(verifier).0.as_bytes().ct_eq(self.0.as_bytes());
        well_formed & bool::from(same)
    }

    /// The challenge as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text is not an S256 challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeChallengeError;

impl fmt::Display for CodeChallengeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("code_challenge is not a SHA-256 in base64url (43 characters)")
    }
}

impl std::error::Error for CodeChallengeError {}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn agrees_with_the_rfc() {
        assert_eq!(CodeChallenge::of(VERIFIER).as_str(), CHALLENGE);
        let challenge = CodeChallenge::parse(CHALLENGE).unwrap();
        assert!(challenge.verifies(VERIFIER));
        assert!(!challenge.verifies("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXj"));
    }

    #[test]
    fn a_challenge_has_one_form() {
        for text in [
            "",
            &CHALLENGE[..42],
            &format!("{CHALLENGE}A"),
            &format!("{}=", &CHALLENGE[..42]),
        ] {
            assert_eq!(CodeChallenge::parse(text), Err(CodeChallengeError));
        }
        for c in ['=', '+', '/', ' ', '.'] {
            assert!(CodeChallenge::parse(&format!("{}{c}", &CHALLENGE[..42])).is_err());
        }
    }

    #[test]
    fn a_verifier_out_of_form_never_verifies() {
        for verifier in [
            "short".to_owned(),
            "a".repeat(129),
            "a b".repeat(20),
            "ä".repeat(30),
        ] {
            assert!(!CodeChallenge::of(&verifier).verifies(&verifier));
        }
        let longest = "~".repeat(128);
        assert!(CodeChallenge::of(&longest).verifies(&longest));
    }
}
