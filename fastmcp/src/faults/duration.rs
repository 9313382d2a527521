//! Lifetimes, in words: each within its bounds, and none beyond what it belongs to.

use std::time::Duration;

use super::Fault;

/// A duration in a variable: a number and a unit.
pub(crate) fn written(setting: &str, text: &str) -> Result<Duration, Fault> {
    let text = text.trim();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim_start() {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => 0,
    };
    let seconds = number.parse::<u64>().ok().filter(|_| factor > 0);
    let seconds = seconds.and_then(|number| number.checked_mul(factor));
    seconds.map(Duration::from_secs).ok_or_else(|| {
        let fault = format!("`{setting}` is no duration: {text:?}");
        Fault::new(
            "FM0402",
            fault,
            "write a number and `s`, `m`, `h` or `d`, such as `30s`",
        )
    })
}

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
pub(crate) fn shown(duration: Duration) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_a_number_and_a_unit() {
        for (text, seconds) in [("30s", 30), ("2m", 120), (" 1 h ", 3_600), ("1d", 86_400)] {
            let read = written("drain_timeout", text);
            assert_eq!(read, Ok(Duration::from_secs(seconds)), "{text}");
        }
        for odd in ["", "30", "s", "-1s", "1w", "1.5s", "18446744073709551615d"] {
            let fault = written("drain_timeout", odd).expect_err(odd);
            assert_eq!(fault.code, "FM0402");
        }
    }
}
