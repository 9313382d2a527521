//! The options: so many in so long.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

/// The longest period of a quota.
const LONGEST: Duration = Duration::from_hours(24);

/// So many in so long. They may come all at once; after that they come back evenly.
///
/// ```
/// use std::time::Duration;
/// use fastmcp::limits::Quota;
///
/// assert_eq!(Quota::per_minute(20), Quota::new(20, Duration::from_secs(60)));
/// assert_eq!("20/min".parse(), Ok(Quota::per_minute(20)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    count: u32,
    period: Duration,
}

impl Quota {
    /// `count` in `period`.
    pub const fn new(count: u32, period: Duration) -> Self {
        Self { count, period }
    }

    /// `count` in a minute.
    pub const fn per_minute(count: u32) -> Self {
        Self::new(count, Duration::from_mins(1))
    }

    /// How many.
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// In how long.
    pub const fn period(&self) -> Duration {
        self.period
    }

    /// The quota as the limiter has it; `None` for one that lets nobody through, or that lasts so
    /// long that no process counts it to its end.
    pub(super) fn evenly(&self) -> Option<governor::Quota> {
        let count = NonZeroU32::new(self.count)?;
        let each = self.period.checked_div(self.count)?;
        let quota = governor::Quota::with_period(each)?.allow_burst(count);
        (self.period <= LONGEST).then_some(quota)
    }
}

impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.period.as_secs() {
            1 => write!(f, "{}/s", self.count),
            60 => write!(f, "{}/min", self.count),
            3600 => write!(f, "{}/h", self.count),
            seconds => write!(f, "{} in {seconds} s", self.count),
        }
    }
}

impl FromStr for Quota {
    type Err = BadLimit;

    /// `20/s`, `20/min`, `20/h`.
    fn from_str(text: &str) -> Result<Self, BadLimit> {
        let bad = || BadLimit(text.to_owned());
        let (count, unit) = text.split_once('/').ok_or_else(bad)?;
        let period = match unit.trim() {
            "s" => Duration::from_secs(1),
            "min" => Duration::from_mins(1),
            "h" => Duration::from_hours(1),
            _ => return Err(bad()),
        };
        let count = count.trim().parse().map_err(|_| bad())?;
        Ok(Self::new(count, period))
    }
}

/// How often anyone may do what costs something; `None` switches a limit off.
///
/// All are counted in this process: of several nodes each counts for itself. As a text, in the
/// variable `FASTMCP_RATE_LIMITS`, each is named alone and the rest keep their defaults; `off`
/// switches off all.
///
/// ```
/// use fastmcp::limits::{Quota, RateLimits};
///
/// let limits = RateLimits {
///     registrations: Some(Quota::per_minute(5)),
///     documents: None,
///     ..RateLimits::default()
/// };
/// assert_eq!("registrations=5/min, documents=off".parse(), Ok(limits));
/// assert_eq!("off".parse(), Ok(RateLimits::OFF));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimits {
    /// Registrations from one address, default 20 a minute.
    pub registrations: Option<Quota>,
    /// Requests to authorize, to decide and to come back, from one address together; default 3,000
    /// a minute.
    pub authorizations: Option<Quota>,
    /// Logins begun from one address, each of which is a record until it ends; default 1,200 a
    /// minute.
    pub approvals: Option<Quota>,
    /// Logins begun by everybody together, default 6,000 a minute. Those under way still finish.
    pub all_approvals: Option<Quota>,
    /// Documents of clients fetched for one address, default 60 a minute.
    pub documents: Option<Quota>,
    /// Codes, tokens and secrets from one address that turn out wrong, default 600 a minute.
    pub failures: Option<Quota>,
    /// The same in the name of one client, default 1,000 a minute. What exceeds it is told to wait;
    /// good requests of the client still pass, so a stranger cannot lock it out.
    pub client_failures: Option<Quota>,
    /// Requests to the authorization server from one address, default 6,000 a minute.
    pub requests: Option<Quota>,
    /// Requests to the authorization server under way at once, from everybody; default 1,024.
    pub in_flight: Option<usize>,
    /// Registrations that no login used yet, of which the oldest makes room; default 10,000.
    pub unused_registrations: Option<usize>,
}

impl RateLimits {
    /// No limits at all: for a server behind a gateway that has them.
    pub const OFF: Self = Self {
        registrations: None,
        authorizations: None,
        approvals: None,
        all_approvals: None,
        documents: None,
        failures: None,
        client_failures: None,
        requests: None,
        in_flight: None,
        unused_registrations: None,
    };

    /// Limits that cannot be, by name.
    pub(crate) fn impossible(&self) -> impl Iterator<Item = &'static str> {
        let quotas = [
            ("registrations", self.registrations),
            ("authorizations", self.authorizations),
            ("approvals", self.approvals),
            ("all_approvals", self.all_approvals),
            ("documents", self.documents),
            ("failures", self.failures),
            ("client_failures", self.client_failures),
            ("requests", self.requests),
        ];
        let quotas = quotas.into_iter();
        let empty = quotas.filter(|(_, quota)| quota.is_some_and(|quota| quota.evenly().is_none()));
        let numbers = [
            ("in_flight", self.in_flight),
            ("unused_registrations", self.unused_registrations),
        ];
        let none = numbers.into_iter().filter(|(_, most)| *most == Some(0));
        let none = none.map(|(name, _)| name);
        empty.map(|(name, _)| name).chain(none)
    }

    fn set(&mut self, name: &str, value: &str) -> Option<()> {
        let number = match name {
            "in_flight" => Some(&mut self.in_flight),
            "unused_registrations" => Some(&mut self.unused_registrations),
            _ => None,
        };
        if let Some(number) = number {
            *number = match value {
                "off" => None,
                value => Some(value.parse().ok()?),
            };
            return Some(());
        }
        let quota = match name {
            "registrations" => &mut self.registrations,
            "authorizations" => &mut self.authorizations,
            "approvals" => &mut self.approvals,
            "all_approvals" => &mut self.all_approvals,
            "documents" => &mut self.documents,
            "failures" => &mut self.failures,
            "client_failures" => &mut self.client_failures,
            "requests" => &mut self.requests,
            _ => return None,
        };
        *quota = match value {
            "off" => None,
            quota => Some(quota.parse().ok()?),
        };
        Some(())
    }
}

impl Default for RateLimits {
    fn default() -> Self {
        let per_minute = |count| Some(Quota::per_minute(count));
        Self {
            registrations: per_minute(20),
            authorizations: per_minute(3000),
            approvals: per_minute(1200),
            all_approvals: per_minute(6000),
            documents: per_minute(60),
            failures: per_minute(600),
            client_failures: per_minute(1000),
            requests: per_minute(6000),
            in_flight: Some(1024),
            unused_registrations: Some(10_000),
        }
    }
}

/// A text that is no limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLimit(pub String);

impl fmt::Display for BadLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no limit", self.0)
    }
}

impl std::error::Error for BadLimit {}

impl FromStr for RateLimits {
    type Err = BadLimit;

    fn from_str(text: &str) -> Result<Self, BadLimit> {
        if text.trim() == "off" {
            return Ok(Self::OFF);
        }
        let mut limits = Self::default();
        for part in text.split(',') {
            let set = part
                .split_once('=')
                .and_then(|(name, value)| limits.set(name.trim(), value.trim()));
            set.ok_or_else(|| BadLimit(part.trim().to_owned()))?;
        }
        Ok(limits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_is_changed_alone() {
        let limits: RateLimits = "registrations = 100/h,in_flight=off".parse().unwrap();
        let hour = Duration::from_hours(1);
        assert_eq!(limits.registrations, Some(Quota::new(100, hour)));
        assert_eq!(limits.in_flight, None);
        assert_eq!(limits.failures, RateLimits::default().failures);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (text, part) in [
            ("registration=1/min", "registration=1/min"),
            ("failures=off, requests=20", "requests=20"),
            ("requests=20/day", "requests=20/day"),
            ("requests=-1/s", "requests=-1/s"),
            ("in_flight=1/s", "in_flight=1/s"),
            ("on", "on"),
            ("", ""),
        ] {
            let bad = text.parse::<RateLimits>();
            assert_eq!(bad, Err(BadLimit(part.to_owned())), "{text}");
        }
    }

    #[test]
    fn a_limit_that_lets_nobody_through_is_found() {
        let limits: RateLimits = "registrations=0/min,in_flight=0".parse().unwrap();
        let empty: Vec<_> = limits.impossible().collect();
        assert_eq!(empty, ["registrations", "in_flight"]);
        assert_eq!(RateLimits::default().impossible().count(), 0);
        assert_eq!(RateLimits::OFF.impossible().count(), 0);
    }
}
