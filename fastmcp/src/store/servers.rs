//! The real servers that the tests of network stores need: where they are, and what to do without.

use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use url::Url;

use crate::parts::Random;

/// The address in `variable`, or the usual one, if something answers there.
pub(super) fn address(variable: &str, usual: &str) -> Option<Url> {
    let text = std::env::var(variable).unwrap_or_else(|_| usual.to_owned());
    let url = Url::parse(&text).unwrap();
    let (host, port) = (url.host_str().unwrap(), url.port().unwrap());
    let mut found = (host, port).to_socket_addrs().unwrap();
    let answers =
        found.any(|address| TcpStream::connect_timeout(&address, Duration::from_secs(2)).is_ok());
    if !answers {
        skip(&format!("nothing answers at {host}:{port} ({variable})"));
    }
    answers.then_some(url)
}

/// Whether this program can be run here.
#[cfg(feature = "redis")]
pub(super) fn has(program: &str) -> bool {
    let mut command = std::process::Command::new(program);
    let found = command.arg("--version").output();
    if found.is_err() {
        skip(&format!("this machine lacks `{program}`"));
    }
    found.is_ok()
}

/// A namespace of this run's own.
pub(super) fn namespace() -> String {
    let [a, b, c, d] = Random::system().bytes::<4>();
    format!("test_{a:02x}{b:02x}{c:02x}{d:02x}")
}

/// The address with that namespace.
pub(super) fn within(url: &Url, namespace: &str) -> String {
    let mut url = url.clone();
    url.query_pairs_mut().append_pair("namespace", namespace);
    url.into()
}

#[expect(
    clippy::print_stderr,
    reason = "whoever runs the tests must know what was left out"
)]
fn skip(why: &str) {
    assert!(std::env::var_os("CI").is_none(), "{why}");
    eprintln!("SKIPPED: {why}");
}
