//! From a secret that a person chose to a key: PBKDF2-HMAC-SHA256.

use pbkdf2::pbkdf2_hmac;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{KeyError, KeyMaterial};
use crate::secret::Secret;

/// PBKDF2 iterations unless told otherwise.
pub const DEFAULT_ITERATIONS: u32 = 600_000;
/// Fewer are refused.
pub(crate) const MIN_ITERATIONS: u32 = 100_000;
/// Shorter secrets are refused.
pub(super) const MIN_SECRET_LENGTH: usize = 16;

/// Words that stand in files until someone replaces them.
const PLACEHOLDERS: [&str; 14] = [
    "changeme",
    "change",
    "placeholder",
    "password",
    "passphrase",
    "example",
    "secret",
    "please",
    "replace",
    "default",
    "insert",
    "your",
    "here",
    "this",
];

/// A key from `secret`: PBKDF2-HMAC-SHA256 with `salt`. It takes a noticeable part of a second:
/// run it where blocking is allowed.
///
/// # Errors
/// Fewer than 16 bytes, a placeholder, or fewer than 100,000 iterations. Fewer than
/// [`DEFAULT_ITERATIONS`] are accepted with a warning in the log.
pub fn derive_key(secret: &Secret, salt: &[u8], iterations: u32) -> Result<KeyMaterial, KeyError> {
    check_secret(secret, iterations)?;
    if iterations < DEFAULT_ITERATIONS {
        tracing::warn!(
            iterations,
            recommended = DEFAULT_ITERATIONS,
            "key derivation uses few iterations"
        );
    }
    let mut key = Zeroizing::new([0; 32]);
    pbkdf2_hmac::<Sha256>(secret.expose().as_bytes(), salt, iterations, &mut *key);
    Ok(KeyMaterial::from(*key))
}

/// Whether a key may be made of `secret` by so many iterations, without making one.
///
/// # Errors
/// As [`derive_key`].
pub(crate) fn check_secret(secret: &Secret, iterations: u32) -> Result<(), KeyError> {
    if iterations < MIN_ITERATIONS {
        return Err(KeyError::TooFewIterations);
    }
    let secret = secret.expose();
    if secret.len() < MIN_SECRET_LENGTH {
        return Err(KeyError::TooShort);
    }
    let mut distinct = [false; 256];
    secret
        .bytes()
        .for_each(|byte| distinct[usize::from(byte)] = true);
    if distinct.iter().filter(|seen| **seen).count() < 4 || is_placeholder(secret) {
        return Err(KeyError::Placeholder);
    }
    Ok(())
}

/// Whether little is left once the usual words and everything that is no letter or digit are gone.
fn is_placeholder(secret: &str) -> bool {
    let mut rest = Zeroizing::new(secret.to_lowercase());
    rest.retain(char::is_alphanumeric);
    let found = PLACEHOLDERS.iter().any(|word| rest.contains(word));
    for word in PLACEHOLDERS {
        rest = Zeroizing::new(rest.replace(word, ""));
    }
    found && rest.len() < 8
}
