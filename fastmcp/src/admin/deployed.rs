//! A server as its clients see it.

use std::time::Duration;

use super::tell::{Failed, line};
use crate::doctor;
use crate::parts::Parts;

/// Longer than this no client waits for a page.
const PATIENCE: Duration = Duration::from_secs(10);

/// Looks at the server and says what to change.
pub(super) async fn examine(url: &str) -> Result<(), Failed> {
    let parts = Parts::system(PATIENCE).map_err(Failed::said)?;
    let report = doctor::examine(url, &parts).await;
    line(report.to_string().trim_end())?;
    if report.is_good() {
        return line("clients find the login and can use it");
    }
    Err(Failed::said(
        "something is wrong: see the lines that begin with BAD",
    ))
}
