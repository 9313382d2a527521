//! Why there are no keys, in words for the operator. No variant holds a secret.

use std::fmt;
use std::path::PathBuf;

use super::derive::{MIN_ITERATIONS, MIN_SECRET_LENGTH};

/// Why a key could not be made or loaded.
#[derive(Debug)]
pub enum KeyError {
    /// The secret has fewer than 16 bytes.
    TooShort,
    /// The secret is a placeholder or one character repeated.
    Placeholder,
    /// Fewer than 100,000 PBKDF2 iterations.
    TooFewIterations,
    /// The text is not 32 bytes in base64 or hexadecimal.
    NotAKey,
    /// The key file can be read or written by other users, or belongs to one.
    Exposed(PathBuf),
    /// The key file holds no key; it was damaged or is something else.
    Damaged(PathBuf),
    /// The directory holds data but no key: a new key could not open it.
    Missing(PathBuf),
    /// The file of the previous key is still there: an earlier exchange is not finished.
    Unfinished(PathBuf),
    /// The key file or its directory could not be read or written.
    Io(PathBuf, std::io::Error),
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort => write!(f, "the secret is shorter than {MIN_SECRET_LENGTH} bytes"),
            Self::Placeholder => f.write_str("the secret is a placeholder; use random bytes"),
            Self::TooFewIterations => {
                write!(
                    f,
                    "key derivation needs at least {MIN_ITERATIONS} iterations"
                )
            }
            Self::NotAKey => f.write_str("the key is not 32 bytes in base64 or hexadecimal"),
            Self::Exposed(path) => write!(
                f,
                "key file `{}` is open to other users; run `chmod 600` on it and own it",
                path.display()
            ),
            Self::Damaged(path) => {
                write!(f, "key file `{}` holds no key; restore it", path.display())
            }
            Self::Missing(path) => write!(
                f,
                "there is data but no key file `{}`; restore it, or remove the data to begin anew",
                path.display()
            ),
            Self::Unfinished(path) => write!(
                f,
                "the keys were exchanged before, and `{}` is still needed; seal the records anew first",
                path.display()
            ),
            Self::Io(path, error) => write!(f, "`{}`: {error}", path.display()),
        }
    }
}

impl std::error::Error for KeyError {}
