//! Looks for secrets where none may be: raw, as in a query, hex, base64 and base64url at any
//! alignment, and inside everything that was compressed (gzip, zlib).

use std::collections::HashMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use flate2::read::{GzDecoder, ZlibDecoder};

/// Every form of every secret is found by so many of its first bytes.
const PREFIX: usize = 8;
/// Compressed data inside compressed data, so many times over.
const DEPTH: u8 = 2;
/// More than any answer, page or record is long.
const INFLATED: u64 = 16 * 1024 * 1024;

/// The forms of every secret that is looked for.
pub struct Canaries {
    forms: HashMap<[u8; PREFIX], Vec<Form>>,
    /// Which first two bytes any form has: what decides nearly every position.
    starts: Vec<bool>,
}

struct Form {
    name: String,
    bytes: Vec<u8>,
}

impl Canaries {
    /// Secrets of at least twelve bytes; shorter ones would be found by chance.
    pub fn of<T: AsRef<str>>(secrets: impl IntoIterator<Item = T>) -> Self {
        let mut canaries = Self {
            forms: HashMap::new(),
            starts: vec![false; 1 << 16],
        };
        for secret in secrets {
            for form in forms(secret.as_ref()) {
                let prefix = prefix(&form.bytes).expect("a form is longer than its prefix");
                canaries.starts[start(&form.bytes)] = true;
                canaries.forms.entry(prefix).or_default().push(form);
            }
        }
        canaries
    }

    /// How the bytes betray a secret: the form and the place, or nothing.
    pub fn within(&self, bytes: &[u8]) -> Option<String> {
        self.within_deep(bytes, DEPTH)
    }

    fn within_deep(&self, bytes: &[u8], depth: u8) -> Option<String> {
        for at in 0..bytes.len().saturating_sub(1) {
            let rest = &bytes[at..];
            if self.starts[start(rest)] {
                let known = prefix(rest).and_then(|prefix| self.forms.get(&prefix));
                let mut known = known.into_iter().flatten();
                if let Some(form) = known.find(|form| rest.starts_with(&form.bytes)) {
                    return Some(format!("{} at byte {at}", form.name));
                }
            }
            if depth > 0
                && let Some((kind, inside)) = inflated(rest)
                && let Some(found) = self.within_deep(&inside, depth - 1)
            {
                return Some(format!("{found} of the {kind} data at byte {at}"));
            }
        }
        None
    }

    /// As [`Canaries::within`] for every file name and file below a directory.
    pub fn below(&self, directory: &Path) -> Option<String> {
        for entry in fs::read_dir(directory).expect("the directory is there") {
            let path = entry.expect("a directory can be read").path();
            let found = if path.is_dir() {
                self.below(&path)
            } else {
                // A database may remove a file of its own at any moment.
                fs::read(&path).ok().and_then(|bytes| self.within(&bytes))
            };
            let found = found.or_else(|| self.within(path.to_string_lossy().as_bytes()));
            if let Some(found) = found {
                return Some(format!("{}: {found}", path.display()));
            }
        }
        None
    }
}

/// What unpacks from here on, if this is the beginning of compressed data.
fn inflated(bytes: &[u8]) -> Option<(&'static str, Vec<u8>)> {
    let (kind, mut reader): (_, Box<dyn Read>) = match bytes {
        [0x1f, 0x8b, 8, ..] => ("gzip", Box::new(GzDecoder::new(bytes))),
        [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => ("zlib", Box::new(ZlibDecoder::new(bytes))),
        _ => return None,
    };
    let mut inside = Vec::new();
    // What is damaged further on still shows its beginning.
    let _ = reader.by_ref().take(INFLATED).read_to_end(&mut inside);
    Some((kind, inside)).filter(|(_, inside)| !inside.is_empty())
}

fn start(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

fn prefix(bytes: &[u8]) -> Option<[u8; PREFIX]> {
    bytes.first_chunk().copied()
}

fn forms(secret: &str) -> Vec<Form> {
    let length = secret.len();
    assert!(length >= 12, "a canary of {length} bytes proves nothing");
    let bytes = secret.as_bytes();
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let hex: String = digits
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect();
    let form = |name: String, bytes: &[u8]| Form {
        name,
        bytes: bytes.to_vec(),
    };
    let mut forms = vec![
        form("raw".into(), bytes),
        form("hex".into(), hex.as_bytes()),
        form("HEX".into(), hex.to_uppercase().as_bytes()),
    ];
    let escaped: String = form_urlencoded::byte_serialize(bytes).collect();
    if escaped.as_bytes() != bytes {
        forms.push(form("escaped".into(), escaped.as_bytes()));
    }
    for offset in 0..3 {
        let padded = [&vec![0; offset], bytes].concat();
        // Characters that also depend on the neighbours are cut off.
        let first = [0, 2, 3][offset];
        let whole = padded.len() / 3 * 4;
        for (name, text) in [
            ("base64", STANDARD_NO_PAD.encode(&padded)),
            ("base64url", URL_SAFE_NO_PAD.encode(&padded)),
        ] {
            forms.push(form(
                format!("{name}+{offset}"),
                &text.as_bytes()[first..whole],
            ));
        }
    }
    forms
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::{GzEncoder, ZlibEncoder};

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
        assert_eq!(canaries.within(b"s3cret-c"), None);
    }

    #[test]
    fn what_is_compressed_is_looked_into_wherever_it_begins() {
        let canaries = Canaries::of(["s3cret-canary-?>~"]);
        let text = b"much much much before s3cret-canary-?>~ and much much much after";
        let mut gzip = GzEncoder::new(b"head".to_vec(), Compression::best());
        gzip.write_all(text).expect("it is in memory");
        let gzip = gzip.finish().expect("it is in memory");
        assert!(
            canaries
                .within(&gzip)
                .is_some_and(|found| found.contains("gzip"))
        );
        let mut zlib = ZlibEncoder::new(b"head".to_vec(), Compression::default());
        zlib.write_all(&gzip).expect("it is in memory");
        let both = zlib.finish().expect("it is in memory");
        let found = canaries.within(&both);
        assert!(found.is_some_and(|found| found.contains("gzip") && found.contains("zlib")));
    }
}
