//! What is done in the background for as long as the process lives: expired records are removed,
//! and after an exchange of keys all records are sealed anew.

use std::time::Duration;

use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::audit::{AuditEvent, AuditId};
use crate::ledger::{Error, Ledger};

/// Records removed by one step of a sweep.
const SWEEP_BATCH: usize = 500;
/// How often a server looks whether records want to be sealed anew.
const SEALING: Duration = Duration::from_mins(1);
/// After a walk over all records, so many looks pass before the next one.
const REST: u32 = 10;
/// After so many records their number is logged.
const TOLD_EVERY: u64 = 50_000;

/// Starts both.
pub(super) fn start(ledger: &Ledger) {
    sweeping(ledger);
    tokio::spawn(keep_sealed(ledger.clone()));
}

/// Starts the first alone.
pub(super) fn sweeping(ledger: &Ledger) {
    if let Some(every) = ledger.cleanup_interval() {
        tokio::spawn(sweep(ledger.clone(), every));
    }
}

async fn sweep(ledger: Ledger, every: Duration) {
    let mut turn = turns(every);
    loop {
        turn.tick().await;
        loop {
            match ledger.sweep(SWEEP_BATCH).await {
                Ok(removed) if removed == SWEEP_BATCH => tokio::task::yield_now().await,
                Ok(_) => break,
                Err(error) => {
                    tracing::warn!(%error, "expired records were not removed; trying again later");
                    break;
                }
            }
        }
    }
}

async fn keep_sealed(ledger: Ledger) {
    let (mut turn, mut turns_to_rest) = (turns(SEALING), 0);
    loop {
        turn.tick().await;
        let wants = match ledger.wants_sealing_anew().await {
            Ok(wants) => wants,
            Err(error) if ledger.is_left_behind() => {
                tracing::error!(
                    %error,
                    "other servers have exchanged the key; this one answers 503 to what it does not \
                     know until it is started with the current secret"
                );
                continue;
            }
            Err(error) => {
                tracing::warn!(%error, "the keys of the store were not looked at; trying again later");
                continue;
            }
        };
        if !wants {
            turns_to_rest = 0;
        } else if turns_to_rest > 0 {
            turns_to_rest -= 1;
        } else {
            turns_to_rest = REST;
            if let Err(error) = seal_anew(&ledger).await {
                tracing::warn!(%error, "records were not sealed anew; trying again later");
                turns_to_rest = 0;
            }
        }
    }
}

async fn seal_anew(ledger: &Ledger) -> Result<(), Error> {
    let mut told = 0;
    let done = ledger.seal_anew(|so_far| {
        if so_far.seen >= told + TOLD_EVERY {
            told = so_far.seen;
            tracing::info!(
                seen = so_far.seen,
                of = so_far.of,
                sealed = so_far.sealed,
                "records are being sealed with the new key"
            );
        }
    });
    let done = done.await?;
    let (sealed, left, damaged) = (done.sealed, done.left, done.damaged);
    if done.settled {
        let key = AuditId::of(ledger.keys().id());
        ledger.parts().tell(AuditEvent::KeysRotated { key });
        tracing::info!(
            sealed,
            damaged,
            "every record is sealed with the current key: previous secrets and key files are no \
             longer needed"
        );
    } else {
        tracing::info!(
            sealed,
            left,
            damaged,
            "records were sealed with the new key; the previous one is still needed, for logins \
             under way and for what was made with it"
        );
    }
    Ok(())
}

fn turns(every: Duration) -> Interval {
    let mut turn = interval(every);
    turn.set_missed_tick_behavior(MissedTickBehavior::Delay);
    turn
}
