//! All records into a file, and back into another store; sealed as they are, without a key.
//!
//! The store's mark is written last. Until then no server takes the store for a whole one, and an
//! import that was cut off can be run again: what is there already is passed over.

use std::collections::HashSet;
use std::path::Path;

use super::format::{Writer, records, verify};
use super::tell::{Failed, bar, line};
use crate::parts::{Clock, UnixSeconds};
use crate::server::operator::bare;
use crate::store::{Expected, Key, Put, Store, is_mark, is_salt};

/// Records in one page of the walk.
const PAGE: usize = 256;

pub(super) async fn export(address: Option<&str>, file: &Path) -> Result<(), Failed> {
    let store = bare(address, true).await?;
    let mut writer = Writer::create(file)?;
    let written = write_all(&*store, &mut writer).await;
    let has_salt = match written {
        Ok(has_salt) => has_salt,
        Err(failed) => {
            // A half file must not be taken for a backup.
            let _ = std::fs::remove_file(file);
            return Err(failed);
        }
    };
    let count = writer.finish()?;
    line(format!(
        "{count} records written to `{}`, sealed as they are",
        file.display()
    ))?;
    if has_salt {
        line("they open with the FASTMCP_SECRET that this store has now")
    } else {
        line(
            "they open with the key file of this store alone: keep a copy of it, or go over to a \
             secret first if they are for a store of another kind",
        )
    }
}

/// Tells whether the keys are derived from a secret.
async fn write_all(store: &dyn Store, writer: &mut Writer) -> Result<bool, Failed> {
    let progress = bar(store.estimate().await?, "exporting");
    let (mut after, mut seen, mut has_salt) = (None, HashSet::new(), false);
    let now = Clock::system().now();
    loop {
        let page = store.scan(after.as_ref(), PAGE).await?;
        for (key, record) in page.records {
            progress.inc(1);
            if record.expires_at > now {
                has_salt |= is_salt(&key);
                // A walk may meet a record twice.
                if !seen.contains(&key) {
                    writer.add(&key, &record)?;
                    seen.insert(key);
                }
            }
        }
        after = page.next;
        if after.is_none() {
            progress.finish_and_clear();
            return Ok(has_salt);
        }
    }
}

pub(super) async fn import(address: Option<&str>, file: &Path) -> Result<(), Failed> {
    let count = verify(file)?;
    let store = bare(address, false).await?;
    let mut mark = None;
    for record in records(file)? {
        let (key, value, expires_at) = record?;
        if is_mark(&key) {
            mark = Some((key, value, expires_at));
        }
    }
    let Some((key, value, expires_at)) = mark else {
        return Err(Failed::said(
            "the file has no mark of a store: nothing has been written",
        ));
    };
    if store
        .get(&key)
        .await?
        .is_some_and(|there| there.value != value)
    {
        return Err(Failed::said(
            "the store has records of its own; import into an empty one. Nothing has been written",
        ));
    }
    let progress = bar(Some(count), "importing");
    for record in records(file)? {
        let (key, value, expires_at) = record?;
        if !is_mark(&key) {
            put(&*store, &key, value, expires_at).await?;
        }
        progress.inc(1);
    }
    put(&*store, &key, value, expires_at).await?;
    progress.finish_and_clear();
    line(format!("{count} records read from `{}`", file.display()))
}

/// Writes the record, unless it is there already or has expired.
async fn put(
    store: &dyn Store,
    key: &Key,
    value: Vec<u8>,
    expires_at: UnixSeconds,
) -> Result<(), Failed> {
    if expires_at <= Clock::system().now() {
        return Ok(());
    }
    let put = store
        .put(key, value.clone(), expires_at, Expected::Absent)
        .await?;
    if let Put::Done(_) = put {
        return Ok(());
    }
    match store.get(key).await? {
        Some(there) if there.value == value => Ok(()),
        _ => Err(Failed::said(
            "the store has another record in the place of one of the file; import into an empty one",
        )),
    }
}
