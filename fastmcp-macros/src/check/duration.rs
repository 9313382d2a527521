//! Durations: a number and a unit, in quotes.

use std::time::Duration;

use quote::ToTokens;
use syn::{Expr, ExprLit, Lit};

use crate::codes;
use crate::diagnose::Diagnostics;
use crate::model::Written;
use crate::parse::Given;

/// How short and how long a duration may be.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    pub(super) least: Duration,
    pub(super) most: Duration,
}

impl Bounds {
    /// From a second to `most`.
    pub(super) const fn up_to(most: Duration) -> Self {
        let least = Duration::from_secs(1);
        Self { least, most }
    }

    /// Anything that is over some day.
    pub(super) const ANY: Self = Self {
        least: Duration::from_millis(1),
        most: Duration::from_hours(10 * 365 * 24),
    };
}

/// The duration that an option gives.
pub(super) fn duration(
    given: Option<Given<Expr>>,
    bounds: Bounds,
    errors: &mut Diagnostics,
) -> Option<Written> {
    let given = given?;
    let key = given.key.to_token_stream().to_string();
    let tokens = given.take(errors)?;
    let text = match &tokens {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => text.value(),
        Expr::Lit(ExprLit {
            lit: Lit::Int(number),
            ..
        }) => {
            let number = number.to_string();
            let Some(number) = number.strip_prefix('-').is_none().then_some(&number) else {
                negative(&key, &tokens, &format!("{}s", &number[1..]), errors);
                return None;
            };
            errors.error(
                codes::NO_UNIT,
                &tokens,
                format_args!("`{key} = {number}` has no unit"),
                format_args!("write the unit, in quotes: `{key} = \"{number}s\"`"),
            );
            return None;
        }
        _ => {
            errors.error(
                codes::NOT_A_DURATION,
                &tokens,
                format_args!("`{key}` needs a duration in quotes"),
                format_args!("write `{key} = \"30s\"`"),
            );
            return None;
        }
    };
    let value = match parse(&text) {
        Ok(value) => value,
        Err(Some(meant)) if text.starts_with('-') => {
            negative(&key, &tokens, &meant, errors);
            return None;
        }
        Err(meant) => {
            let example = meant.unwrap_or_else(|| "30s".to_owned());
            errors.error(
                codes::NOT_A_DURATION,
                &tokens,
                format_args!("`{text}` is not a duration"),
                format_args!(
                    "write `{key} = \"{example}\"`; units are `ms`, `s`, `m`, `h` and `d`"
                ),
            );
            return None;
        }
    };
    let Bounds { least, most } = bounds;
    if value < least {
        let fault = if value.is_zero() {
            "is zero, so it would be over before it began".to_owned()
        } else {
            format!("is shorter than {}", shown(least))
        };
        errors.error(
            codes::TOO_SHORT,
            &tokens,
            format_args!("`{key}` {fault}"),
            format_args!("write at least `{key} = \"{}\"`", shown(least)),
        );
        return None;
    }
    if value > most {
        errors.error(
            codes::TOO_LONG,
            &tokens,
            format_args!("`{key}` is longer than {}", shown(most)),
            format_args!("write at most `{key} = \"{}\"`", shown(most)),
        );
        return None;
    }
    let tokens = tokens.into_token_stream();
    Some(Written { value, tokens })
}

fn negative(key: &str, tokens: &Expr, meant: &str, errors: &mut Diagnostics) {
    errors.error(
        codes::TOO_SHORT,
        tokens,
        format_args!("`{key}` is negative, so it would be over before it began"),
        format_args!("write `{key} = \"{meant}\"`"),
    );
}

/// A duration in the largest unit that it is a whole number of.
pub(super) fn shown(duration: Duration) -> String {
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

/// The duration, or what may be meant.
fn parse(text: &str) -> Result<Duration, Option<String>> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let Ok(number) = number.parse::<u64>() else {
        // A sign: what is meant is the rest.
        let rest = text.strip_prefix(['-', '+']).map(parse);
        return Err(match rest {
            Some(Ok(duration)) => Some(shown(duration)),
            Some(Err(meant)) => meant,
            None => None,
        });
    };
    match seconds_in(unit) {
        Some(factor) => Ok(Duration::from_secs(number.saturating_mul(factor))),
        None if unit == "ms" => Ok(Duration::from_millis(number)),
        None => Err(meant(text, number, unit)),
    }
}

/// How many seconds the unit has.
fn seconds_in(unit: &str) -> Option<u64> {
    match unit {
        "s" => Some(1),
        "m" => Some(60),
        "h" => Some(3_600),
        "d" => Some(86_400),
        _ => None,
    }
}

/// `30 days` as `30d`, `1.5h` as `90m`.
fn meant(text: &str, number: u64, unit: &str) -> Option<String> {
    if let Some(unit) = unit_meant(unit) {
        return Some(format!("{number}{unit}"));
    }
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(end);
    let seconds = seconds_in(unit_meant(unit)?)?;
    let number: f64 = number.parse().ok()?;
    let whole =
        Duration::try_from_secs_f64(number * f64::from(u32::try_from(seconds).ok()?)).ok()?;
    Some(shown(Duration::from_secs(whole.as_secs())))
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
