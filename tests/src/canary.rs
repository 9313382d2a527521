//! Looks for secrets where none may be: raw, hex, base64 and base64url, at any alignment.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// The forms of every secret that is looked for.
pub struct Canaries {
    forms: Vec<(String, Vec<u8>)>,
}

impl Canaries {
    /// Secrets of at least eight bytes; shorter ones would be found by chance.
    pub fn of<T: AsRef<str>>(secrets: impl IntoIterator<Item = T>) -> Self {
        let forms = secrets
            .into_iter()
            .flat_map(|secret| forms(secret.as_ref()))
            .collect();
        Self { forms }
    }

    /// How the bytes betray a secret: the form and the place, or nothing.
    pub fn within(&self, bytes: &[u8]) -> Option<String> {
        self.forms.iter().find_map(|(name, form)| {
            let at = find(bytes, form)?;
            Some(format!("{name} at byte {at}"))
        })
    }

    /// As [`Canaries::within`] for every file name and file below a directory.
    pub fn below(&self, directory: &Path) -> Option<String> {
        for entry in fs::read_dir(directory).expect("the directory is there") {
            let path = entry.expect("a directory can be read").path();
            let found = if path.is_dir() {
                self.below(&path)
            } else {
                self.within(&fs::read(&path).expect("a file can be read"))
            };
            let found = found.or_else(|| self.within(path.to_string_lossy().as_bytes()));
            if let Some(found) = found {
                return Some(format!("{}: {found}", path.display()));
            }
        }
        None
    }
}

fn forms(secret: &str) -> Vec<(String, Vec<u8>)> {
    assert!(
        secret.len() >= 8,
        "a canary of {} bytes proves nothing",
        secret.len()
    );
    let bytes = secret.as_bytes();
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let hex: String = digits
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect();
    let mut forms = vec![
        ("raw".into(), bytes.to_vec()),
        ("hex".into(), hex.clone().into_bytes()),
        ("HEX".into(), hex.to_uppercase().into_bytes()),
    ];
    for offset in 0..3 {
        let padded = [&vec![0; offset], bytes].concat();
        // Characters that also depend on the neighbours are cut off.
        let first = [0, 2, 3][offset];
        let whole = padded.len() / 3 * 4;
        for (name, text) in [
            ("base64", STANDARD_NO_PAD.encode(&padded)),
            ("base64url", URL_SAFE_NO_PAD.encode(&padded)),
        ] {
            forms.push((
                format!("{name}+{offset}"),
                text.as_bytes()[first..whole].to_vec(),
            ));
        }
    }
    forms
}

fn find(bytes: &[u8], form: &[u8]) -> Option<usize> {
    let first = *form.first()?;
    let last = bytes.len().checked_sub(form.len())?;
    let mut at = 0;
    while at <= last {
        at += bytes[at..=last].iter().position(|byte| *byte == first)?;
        if bytes[at..].starts_with(form) {
            return Some(at);
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_found_and_nothing_else() {
        let canaries = Canaries::of(["s3cret-canary-?>~"]);
        for prefix in ["", "a", "ab", "abc"] {
            let text = format!("{prefix}s3cret-canary-?>~ and more");
            assert!(canaries.within(text.as_bytes()).is_some());
            assert!(
                canaries
                    .within(STANDARD_NO_PAD.encode(&text).as_bytes())
                    .is_some(),
                "{prefix}"
            );
            assert!(
                canaries
                    .within(URL_SAFE_NO_PAD.encode(&text).as_bytes())
                    .is_some()
            );
        }
        assert_eq!(canaries.within(b"s3cret-canary-?> and more"), None);
    }
}
