//! Durations: a number and a unit, in quotes.

use std::time::Duration;

use quote::ToTokens;
use syn::{Expr, ExprLit, Lit};

use crate::diagnose::Diagnostics;
use crate::parse::Given;

/// Longer than anything that is meant.
const LONGEST: Duration = Duration::from_hours(10 * 365 * 24);

/// Whether `"0s"` says something sensible.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Zero {
    Allowed,
    Refused,
}

/// The duration that an option gives.
pub(super) fn duration(
    given: Option<Given<Expr>>,
    zero: Zero,
    errors: &mut Diagnostics,
) -> Option<Duration> {
    let given = given?;
    let key = given.key.to_token_stream().to_string();
    let value = given.take(errors)?;
    let text = match &value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => text.value(),
        Expr::Lit(ExprLit {
            lit: Lit::Int(number),
            ..
        }) => {
            errors.error(
                &value,
                format_args!("`{key} = {number}` has no unit"),
                format_args!("write the unit, in quotes: `{key} = \"{number}s\"`"),
            );
            return None;
        }
        _ => {
            errors.error(
                &value,
                format_args!("`{key}` needs a duration in quotes"),
                format_args!("write `{key} = \"30s\"`"),
            );
            return None;
        }
    };
    match parse(&text) {
        Ok(duration) if duration.is_zero() && zero == Zero::Refused => {
            errors.error(
                &value,
                format_args!("`{key}` is zero, so it would be over before it began"),
                format_args!("write at least `{key} = \"1s\"`"),
            );
            None
        }
        Ok(duration) if duration > LONGEST => {
            errors.error(
                &value,
                format_args!("`{key}` is longer than ten years"),
                format_args!("write a duration that ends, such as `{key} = \"30d\"`"),
            );
            None
        }
        Ok(duration) => Some(duration),
        Err(meant) => {
            let example = meant.unwrap_or_else(|| "30s".to_owned());
            errors.error(
                &value,
                format_args!("`{text}` is not a duration"),
                format_args!(
                    "write `{key} = \"{example}\"`; units are `ms`, `s`, `m`, `h` and `d`"
                ),
            );
            None
        }
    }
}

/// The duration, or what may be meant.
fn parse(text: &str) -> Result<Duration, Option<String>> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let Ok(number) = number.parse::<u64>() else {
        return Err(None);
    };
    let seconds = |factor: u64| Duration::from_secs(number.saturating_mul(factor));
    match unit {
        "ms" => Ok(Duration::from_millis(number)),
        "s" => Ok(seconds(1)),
        "m" => Ok(seconds(60)),
        "h" => Ok(seconds(3_600)),
        "d" => Ok(seconds(86_400)),
        other => Err(unit_meant(other).map(|unit| format!("{number}{unit}"))),
    }
}

fn unit_meant(unit: &str) -> Option<&'static str> {
    match unit.trim().to_lowercase().as_str() {
        "" | "s" | "sec" | "secs" | "second" | "seconds" => Some("s"),
        "ms" | "msec" | "millis" | "milliseconds" => Some("ms"),
        "m" | "min" | "mins" | "minute" | "minutes" => Some("m"),
        "h" | "hr" | "hrs" | "hour" | "hours" => Some("h"),
        "d" | "day" | "days" => Some("d"),
        _ => None,
    }
}
