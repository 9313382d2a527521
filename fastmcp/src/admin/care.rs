//! Checking the records, exchanging the key that seals them, and the room that they take.

use std::path::PathBuf;

use super::tell::{Failed, bar, line};
use crate::keys::{KEY_FILE, Keys};
use crate::parts::Random;
use crate::server::operator::{Opened, bare, disk_directory, environment_has_secret};
use crate::store::Progress;

/// Opens every record.
pub(super) async fn check(opened: &Opened) -> Result<(), Failed> {
    let progress = bar(opened.estimate().await?, "checking");
    let survey = opened
        .ledger()
        .survey(|seen, _| progress.set_position(seen));
    let survey = survey.await?;
    progress.finish_and_clear();
    for (kind, count) in &survey.live {
        line(format!("{count:>10} {kind}"))?;
    }
    line(format!("{:>10} expired, to be swept", survey.expired))?;
    for (key, count) in &survey.sealed_with {
        let current = if key == opened.key_id() {
            " (current)"
        } else {
            ""
        };
        line(format!("{count:>10} sealed with key {key}{current}"))?;
    }
    for (key, count) in &survey.other_keys {
        line(format!(
            "{count:>10} sealed with key {key}, which is not at hand"
        ))?;
    }
    if survey.is_sound() {
        return line("every record opens");
    }
    for record in &survey.damaged {
        line(format!("damaged: {record}"))?;
    }
    Err(Failed::said(format!(
        "{} records are damaged, {} need another key, {} were written by a newer version; none was \
         changed",
        survey.damaged.len(),
        survey.other_keys.values().sum::<u64>(),
        survey.newer
    )))
}

/// Seals every record with the current key; tells whether the previous ones can go.
pub(super) async fn seal_anew(opened: &Opened) -> Result<bool, Failed> {
    let progress = bar(opened.estimate().await?, "sealing");
    let done = opened
        .ledger()
        .seal_anew(|done| progress.set_position(done.seen));
    let done = done.await?;
    progress.finish_and_clear();
    let Progress {
        seen,
        sealed,
        left,
        damaged,
        settled,
        ..
    } = done;
    super::grants::told(opened, "seal_anew", sealed);
    let key = opened.key_id();
    line(format!(
        "{seen} records seen, {sealed} sealed with key {key}"
    ))?;
    if damaged > 0 {
        line(format!(
            "{damaged} do not open and were left as they are; see `check`"
        ))?;
    }
    if left > 0 {
        line(format!(
            "{left} belong to logins under way and end within minutes"
        ))?;
    }
    line(if settled {
        "previous keys are no longer needed: take them away"
    } else {
        "previous keys are still needed, for about an hour after the exchange: run this again then"
    })?;
    Ok(settled)
}

/// Gives the gaps in the file of a `disk:` store back to the file system.
pub(super) async fn compact(store: Option<&str>) -> Result<(), Failed> {
    let Some(directory) = disk_directory(store) else {
        return Err(Failed::said(
            "only a `disk:` store has a file to compact; Redis and PostgreSQL do it by themselves",
        ));
    };
    // Opened first: what cannot be opened is not to be touched.
    drop(Opened::existing(store).await?);
    let (before, after) = made_smaller(&directory)?;
    let megabytes = |length: u64| length.div_ceil(1_000_000);
    line(format!(
        "{} MB before, {} MB after",
        megabytes(before),
        megabytes(after)
    ))
}

#[cfg(feature = "disk")]
fn made_smaller(directory: &str) -> Result<(u64, u64), Failed> {
    Ok(crate::store::DiskStore::compact(directory)?)
}

#[cfg(not(feature = "disk"))]
fn made_smaller(_: &str) -> Result<(u64, u64), Failed> {
    Err(Failed::said(
        "this command was built without the feature `disk`",
    ))
}

/// Exchanges the key file of a `disk:` store.
pub(super) async fn rotate_key(store: Option<&str>) -> Result<(), Failed> {
    let directory = disk_directory(store).map(PathBuf::from);
    let has_key = |directory: &PathBuf| directory.join(KEY_FILE).exists();
    let Some(directory) = directory.filter(has_key) else {
        return Err(Failed::said(
            "there is no key file to exchange; to exchange a secret, set `FASTMCP_SECRET` to the new \
             one and `FASTMCP_SECRET_PREVIOUS` to the old one, and run `seal-anew`",
        ));
    };
    let directory = directory.as_path();
    if environment_has_secret() {
        return Err(Failed::said(
            "the keys come from `FASTMCP_SECRET`, not from the key file; exchange that one",
        ));
    }
    // Its lock is held meanwhile, so that two exchanges do not meet.
    let held = bare(store, true).await?;
    let rotated = Keys::rotate(directory, &Random::system());
    drop(held);
    match rotated {
        Ok(_) => line("made a new key")?,
        Err(crate::keys::KeyError::Unfinished(_)) => line("going on with an earlier exchange")?,
        Err(error) => return Err(Failed::said(error)),
    }
    if seal_anew(&Opened::existing(store).await?).await? {
        Keys::forget_previous(directory).map_err(Failed::said)?;
        line("removed the old key")?;
    } else {
        line("the old key stays as `fastmcp.key.previous` until then")?;
    }
    Ok(())
}
