//! All records into a file, and back into another store; sealed as they are, without a key.
//!
//! The store's mark is written last. Until then no server takes the store for a whole one, and an
//! import that was cut off can be run again: what is there already is passed over.

use std::collections::HashSet;
use std::path::Path;

use futures_util::future::join_all;

use super::format::{Copied, Writer, records, verify};
use super::tell::{Failed, bar, line};
use crate::parts::Clock;
use crate::server::operator::bare;
use crate::store::{Expected, Key, Put, Record, Store, is_salt, marks_of_store};

/// Records in one page of the walk.
const PAGE: usize = 256;
/// Records that are written at once.
const TOGETHER: usize = 64;

pub(super) async fn export(address: Option<&str>, file: &Path) -> Result<(), Failed> {
    let store = bare(address, true).await?;
    let mut writer = Writer::create(file)?;
    let written = match write_all(&*store, &mut writer).await {
        Ok(has_salt) => writer.finish().map(|count| (count, has_salt)),
        Err(failed) => Err(failed),
    };
    let (count, has_salt) = written.inspect_err(|_| {
        // A half file must not be taken for a backup.
        let _ = std::fs::remove_file(file);
    })?;
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
    let before = marks(store).await?;
    loop {
        let page = store.scan(after.as_ref(), PAGE).await?;
        for (key, record) in page.records {
            progress.inc(1);
            if record.expires_at > now && !marks_of_store().contains(&key) {
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
            break;
        }
    }
    progress.finish_and_clear();
    let after = marks(store).await?;
    if before != after {
        return Err(Failed::said(
            "keys are being exchanged: the records would not open by one mark. Try again, best while \
             no server runs",
        ));
    }
    for (key, record) in after {
        writer.add(&key, &record)?;
    }
    Ok(has_salt)
}

async fn marks(store: &dyn Store) -> Result<Vec<(Key, Record)>, Failed> {
    let mut found = Vec::new();
    for place in marks_of_store() {
        if let Some(record) = store.get(&place).await? {
            found.push((place, record));
        }
    }
    Ok(found)
}

pub(super) async fn import(address: Option<&str>, file: &Path) -> Result<(), Failed> {
    let count = verify(file)?;
    let places = marks_of_store();
    let marks: Vec<_> = records(file)?
        .filter(|row| row.as_ref().is_ok_and(|(key, ..)| places.contains(key)))
        .collect::<Result<_, _>>()?;
    if marks.is_empty() {
        return Err(Failed::said(
            "the file has no mark of a store: nothing has been written",
        ));
    }
    let store = bare(address, false).await?;
    for (key, value, _) in &marks {
        let there = store.get(key).await?;
        if there.is_some_and(|there| there.value != *value) {
            return Err(Failed::said(
                "the store has records of its own; import into an empty one. Nothing has been \
                 written",
            ));
        }
    }
    let progress = bar(Some(count), "importing");
    let mut rows = records(file)?.filter(|row| {
        let is_mark = row.as_ref().is_ok_and(|(key, ..)| places.contains(key));
        !is_mark
    });
    loop {
        // Together: a store that makes each write durable does so for many at once.
        let some: Vec<Copied> = rows.by_ref().take(TOGETHER).collect::<Result<_, _>>()?;
        if some.is_empty() {
            break;
        }
        let writes = some.iter().map(|row| put(&*store, row));
        join_all(writes)
            .await
            .into_iter()
            .collect::<Result<(), _>>()?;
        progress.inc(some.len() as u64);
    }
    // Both copies of the mark last: they make it a store.
    for mark in &marks {
        put(&*store, mark).await?;
    }
    progress.finish_and_clear();
    line(format!("{count} records read from `{}`", file.display()))
}

/// Writes the record, unless it is there already or has expired.
async fn put(store: &dyn Store, (key, value, expires_at): &Copied) -> Result<(), Failed> {
    let (value, expires_at) = (value.clone(), *expires_at);
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
