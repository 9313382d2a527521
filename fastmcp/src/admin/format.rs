//! The file of `export`: lines of JSON, whole or not at all.
//!
//! ```text
//! {"fastmcp_records":1}
//! {"key":"…","value":"…","expires_at":1800000000}      base64url; the value is sealed as it was
//! …
//! {"records":2,"sha256":"…"}                           of all lines before
//! ```
//!
//! Reading begins with the whole file: one without its last line, or changed since, is refused
//! before anything is written.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, BufWriter, Write as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::tell::Failed;
use crate::keys::hex;
use crate::parts::UnixSeconds;
use crate::store::{Key, Record};

/// The version of the format.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Head {
    fastmcp_records: u32,
}

#[derive(Serialize, Deserialize)]
struct Row {
    key: String,
    value: String,
    expires_at: UnixSeconds,
}

#[derive(Serialize, Deserialize, PartialEq)]
struct Foot {
    records: u64,
    sha256: String,
}

/// A file that is being written.
pub(super) struct Writer {
    file: BufWriter<File>,
    hash: Sha256,
    records: u64,
}

impl Writer {
    /// Begins a new file, for its owner alone.
    pub(super) fn create(path: &Path) -> Result<Self, Failed> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options
            .open(path)
            .map_err(|error| Failed::said(format!("`{}`: {error}", path.display())))?;
        let mut writer = Self {
            file: BufWriter::new(file),
            hash: Sha256::new(),
            records: 0,
        };
        writer.line(&Head {
            fastmcp_records: VERSION,
        })?;
        Ok(writer)
    }

    pub(super) fn add(&mut self, key: &Key, record: &Record) -> Result<(), Failed> {
        self.records += 1;
        self.line(&Row {
            key: URL_SAFE_NO_PAD.encode(key.as_bytes()),
            value: URL_SAFE_NO_PAD.encode(&record.value),
            expires_at: record.expires_at,
        })
    }

    /// Writes the last line, and waits until the file is safe; tells how many records it has.
    pub(super) fn finish(mut self) -> Result<u64, Failed> {
        let foot = Foot {
            records: self.records,
            sha256: hex(&self.hash.clone().finalize()),
        };
        self.line(&foot)?;
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        Ok(self.records)
    }

    fn line<T: Serialize>(&mut self, value: &T) -> Result<(), Failed> {
        let mut line = serde_json::to_vec(value).map_err(Failed::said)?;
        line.push(b'\n');
        self.hash.update(&line);
        Ok(self.file.write_all(&line)?)
    }
}

/// Checks the whole file; gives how many records it has.
pub(super) fn verify(path: &Path) -> Result<u64, Failed> {
    let broken = |what: &str| {
        Failed::said(format!(
            "`{}` {what}; nothing has been written",
            path.display()
        ))
    };
    let (mut hash, mut lines, mut last) = (Sha256::new(), 0u64, String::new());
    for line in read_lines(path)? {
        let line = line?;
        if lines > 0 {
            hash.update(last.as_bytes());
            hash.update(b"\n");
        }
        last = line;
        lines += 1;
        let version = serde_json::from_str::<Head>(&last).map(|head| head.fastmcp_records);
        match version {
            _ if lines > 1 => {}
            Ok(VERSION) => {}
            Ok(_) => return Err(broken("was written by a newer version")),
            Err(_) => return Err(broken("is no file of `export`")),
        }
    }
    let whole = Foot {
        records: lines.saturating_sub(2),
        sha256: hex(&hash.finalize()),
    };
    match serde_json::from_str::<Foot>(&last) {
        Ok(foot) if foot == whole => Ok(whole.records),
        Ok(_) => Err(broken("was changed since it was written")),
        Err(_) => Err(broken("is cut short")),
    }
}

/// A record as it is moved: its key, what was sealed, and when it ends.
type Moved = (Key, Vec<u8>, UnixSeconds);

/// The records of a file that was verified.
pub(super) fn records(path: &Path) -> Result<impl Iterator<Item = Result<Moved, Failed>>, Failed> {
    let lines = read_lines(path)?.skip(1);
    Ok(lines.filter_map(|line| match line {
        Err(error) => Some(Err(error.into())),
        Ok(line) if line.starts_with(r#"{"records":"#) => None,
        Ok(line) => Some(record(&line).ok_or_else(|| Failed::said("a line is no record"))),
    }))
}

fn record(line: &str) -> Option<Moved> {
    let row: Row = serde_json::from_str(line).ok()?;
    let key = Key::from_bytes(URL_SAFE_NO_PAD.decode(row.key).ok()?)?;
    let value = URL_SAFE_NO_PAD.decode(row.value).ok()?;
    Some((key, value, row.expires_at))
}

fn read_lines(path: &Path) -> Result<std::io::Lines<BufReader<File>>, Failed> {
    let file =
        File::open(path).map_err(|error| Failed::said(format!("`{}`: {error}", path.display())))?;
    Ok(BufReader::new(file).lines())
}
