//! Where a database is and how to reach it, from its URL.

use std::path::PathBuf;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};

use super::super::{Error, address};
use super::pool::ACQUIRE;
use super::tls::{Check, Tls, mode};

/// When an idle connection is asked whether it still lives.
const KEEPALIVE: Duration = Duration::from_secs(30);
/// How long sent bytes may stay unacknowledged.
const UNACKNOWLEDGED: Duration = Duration::from_secs(10);

/// A database, and the names of what is ours in it.
pub(super) struct Target {
    pub(super) config: Config,
    pub(super) tls: Tls,
    pub(super) namespace: String,
    /// Who answers is another machine, and nothing proves which.
    pub(super) unverified: bool,
}

impl Target {
    pub(super) fn parse(url: &str) -> Result<Self, Error> {
        let (url, namespace) = address::namespace(url)?;
        let (mut sslmode, mut root) = ("prefer".to_owned(), None);
        // The client knows fewer modes than there are, and no `sslrootcert`.
        let url = address::without_parameters(&url, |name, value| match name {
            "sslmode" => {
                value.clone_into(&mut sslmode);
                true
            }
            "sslrootcert" => {
                root = Some(PathBuf::from(value));
                true
            }
            _ => false,
        });
        let known = mode(&sslmode, root.is_some());
        let (encryption, check) = known.ok_or_else(|| {
            Error::unavailable(
                "the `sslmode` in the address is none of `disable`, `prefer`, `require`, \
                 `verify-ca` and `verify-full`",
            )
        })?;
        let mut config = config(&url)?;
        config.ssl_mode(encryption);
        let mut addresses = config.get_hostaddrs().iter();
        let far = config.get_hosts().iter().any(is_far) || addresses.any(|it| !it.is_loopback());
        Ok(Self {
            tls: Tls::new(check, root.as_deref())?,
            unverified: far && check == Check::Nothing && encryption != SslMode::Disable,
            config,
            namespace,
        })
    }
}

fn config(url: &str) -> Result<Config, Error> {
    let is_url = ["postgres://", "postgresql://"]
        .iter()
        .any(|scheme| url.starts_with(scheme));
    // Its own text may repeat a part of the address.
    let parsed = url.parse::<Config>().ok().filter(|_| is_url);
    let mut config = parsed.ok_or_else(|| {
        Error::unavailable(
            "the address is not of the form \
             `postgres://[user[:password]@]host[:port][/database][?sslmode=…]`; special characters \
             in the password must be percent-encoded",
        )
    })?;
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        config.host("localhost");
    }
    // Only a server that takes writes is of use, also where one name leads to one of several.
    config.target_session_attrs(TargetSessionAttrs::ReadWrite);
    if config.get_application_name().is_none() {
        config.application_name("fastmcp");
    }
    // A host that swallows everything must leave time for the others.
    let hosts = config.get_hosts().len().max(config.get_hostaddrs().len());
    let share = ACQUIRE / u32::try_from(hosts + 1).unwrap_or(u32::MAX);
    let wanted = config.get_connect_timeout().copied().unwrap_or(share);
    config.connect_timeout(wanted.min(share));
    config.keepalives_idle(KEEPALIVE);
    config.tcp_user_timeout(UNACKNOWLEDGED);
    Ok(config)
}

fn is_far(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            let address = name.parse::<std::net::IpAddr>();
            name != "localhost" && !address.is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_modes_are_those_of_libpq() {
        let target = |query: &str| Target::parse(&format!("postgres://u:p@db.test/x{query}"));
        let known = [
            ("", SslMode::Prefer, true),
            ("?sslmode=disable", SslMode::Disable, false),
            ("?sslmode=require", SslMode::Require, true),
            ("?sslmode=verify-ca", SslMode::Require, false),
            (
                "?sslmode=verify-full&connect_timeout=1",
                SslMode::Require,
                false,
            ),
        ];
        for (query, encryption, unverified) in known {
            let target = target(query).unwrap();
            assert_eq!(target.config.get_ssl_mode(), encryption, "{query}");
            assert_eq!(target.unverified, unverified, "{query}");
            assert_eq!(target.config.get_dbname(), Some("x"));
        }
        for bad in ["?sslmode=on", "?sslmode=verify-full&sslrootcert=/none"] {
            assert!(target(bad).is_err(), "{bad}");
        }
        for near in ["localhost", "127.0.0.1", "[::1]", "%2Frun%2Fpostgresql"] {
            let target = Target::parse(&format!("postgresql://{near}/x")).unwrap();
            assert!(!target.unverified, "{near}");
        }
    }

    #[test]
    fn of_several_hosts_the_one_that_writes_is_wanted() {
        let target = Target::parse("postgres://a:1,b:2/x?namespace=notes").unwrap();
        assert_eq!(target.config.get_hosts().len(), 2);
        let wanted = target.config.get_target_session_attrs();
        assert_eq!(wanted, TargetSessionAttrs::ReadWrite);
        let each = target.config.get_connect_timeout().copied();
        assert!(each.is_some_and(|each| each * 2 < ACQUIRE), "{each:?}");
        assert_eq!(target.namespace, "notes");
    }
}
