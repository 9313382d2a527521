//! Lifetimes, in words: each within its bounds, and none beyond what it belongs to.

use std::time::Duration;

use super::Fault;

/// A lifetime that is over before it began or that nobody means.
pub(crate) fn lifetime(
    setting: &str,
    value: Duration,
    least: Duration,
    most: Duration,
) -> Option<Fault> {
    if value < least {
        let fault = if value.is_zero() {
            format!("`{setting}` is zero, so it would be over before it began")
        } else {
            format!("`{setting}` is shorter than {}", shown(least))
        };
        let help = format!("write at least {}", shown(least));
        return Some(Fault::new("FM0403", fault, help));
    }
    (value > most).then(|| {
        let fault = format!("`{setting}` is longer than {}", shown(most));
        Fault::new("FM0404", fault, format!("write at most {}", shown(most)))
    })
}

/// An access token that outlives its login.
pub(crate) fn access_outlives_login(access: Duration, login: Duration) -> Option<Fault> {
    (access > login).then(|| {
        Fault::new(
            "FM0405",
            "`access_token_ttl` is longer than `refresh_token_ttl`, which ends the whole login",
            format!("write at most {}", shown(login)),
        )
    })
}

/// A used refresh token that is answered after its login is over.
pub(crate) fn grace_outlives_login(grace: Duration, login: Duration) -> Option<Fault> {
    (grace > login).then(|| {
        Fault::new(
            "FM0404",
            "`refresh_grace` is longer than `refresh_token_ttl`, which ends the whole login",
            format!("write at most {}; the default is 120s", shown(login)),
        )
    })
}

/// A lifetime that is set for tokens which are Google's own.
pub(crate) fn google_decides(access: Duration) -> Option<Fault> {
    const GOOGLES: Duration = Duration::from_hours(1);
    (access > GOOGLES).then(|| {
        Fault::new(
            "FM0410",
            "with `enable_token_swap = false` clients hold Google's own token, which lives an hour",
            "write at most 1h, or leave `enable_token_swap` on",
        )
    })
}

/// A duration in the largest unit that it is a whole number of.
fn shown(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if duration.subsec_nanos() > 0 {
        return format!("{}ms", duration.as_millis());
    }
    for (factor, unit) in [(86_400, "d"), (3_600, "h"), (60, "m")] {
        if seconds >= factor && seconds.is_multiple_of(factor) {
            return format!("{}{unit}", seconds / factor);
        }
    }
    format!("{seconds}s")
}
