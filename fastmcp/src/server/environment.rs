//! The environment, read once, at start; an empty variable counts as unset.

use std::time::Duration;

use zeroize::Zeroizing;

use super::choices::{Choices, TlsFiles};
use crate::error::Problem;
use crate::faults::{self, Fault};
use crate::parts::Parts;
use crate::secret::Secret;
use crate::settings::places;

/// Where `FASTMCP_BIND` points by default.
const DEFAULT_BIND: &str = "127.0.0.1:8000";

/// How long a stop may take: less than what orchestrators wait before they kill.
pub(super) const DRAIN_TIMEOUT: Duration = Duration::from_secs(30);
const DRAIN_TIMEOUTS: [Duration; 2] = [Duration::from_secs(1), Duration::from_hours(1)];

/// The value of an environment variable.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The secret in the variable `name`, or in the file that `<name>_FILE` names: the way of
/// containers, whose environment is easier to read than their files.
///
/// # Errors
/// Both are set, or the file cannot be read or is empty.
pub(super) fn secret(name: &str) -> Result<Option<Secret>, Problem> {
    let in_file = format!("{name}_FILE");
    let problem = |fault: String, help: &str| Err(Problem::new("FM0938", fault, help));
    let path = match (variable(name), variable(&in_file)) {
        (Some(_), Some(_)) => {
            return problem(
                format!("`{name}` and `{in_file}` are both set"),
                "set one of them",
            );
        }
        (Some(secret), None) => return Ok(Some(secret.into())),
        (None, None) => return Ok(None),
        (None, Some(path)) => path,
    };
    match std::fs::read_to_string(&path).map(Zeroizing::new) {
        Ok(text) if !text.trim().is_empty() => {
            warn_if_exposed(&path);
            // Editors and `echo` end a file with a newline that nobody means.
            Ok(Some(Secret::from(text.trim_end_matches(['\r', '\n']))))
        }
        Ok(_) => problem(
            format!("`{in_file}` names a file that is empty: `{path}`"),
            "write the secret into it",
        ),
        Err(error) => problem(
            format!("`{in_file}` names a file that cannot be read: `{path}`: {error}"),
            "name a file that this process may read",
        ),
    }
}

#[cfg(unix)]
pub(super) fn warn_if_exposed(path: &str) {
    use std::os::unix::fs::MetadataExt as _;
    if std::fs::metadata(path).is_ok_and(|file| file.mode() & 0o007 != 0) {
        tracing::warn!(
            path,
            "a file with a secret is open to every user; run `chmod o=` on it"
        );
    }
}

#[cfg(not(unix))]
pub(super) fn warn_if_exposed(_: &str) {}

/// Clock, randomness and outgoing HTTP of this machine, with so long for an answer.
pub(super) fn parts(timeout: Duration) -> Result<Parts, Problem> {
    Parts::system(timeout).map_err(|error| {
        Problem::new(
            "FM0950",
            format!("outgoing TLS cannot be set up: {error}"),
            "check the machine's certificates",
        )
    })
}

/// The address to listen on.
pub(super) fn bind_address(choices: &Choices) -> String {
    choices
        .bind
        .clone()
        .or_else(|| variable("FASTMCP_BIND"))
        .unwrap_or_else(|| DEFAULT_BIND.to_owned())
}

/// The port in a `host:port` address.
pub(super) fn port_of(address: &str) -> Result<u16, Problem> {
    let parts = address.rsplit_once(':');
    let port = parts.filter(|(host, _)| !host.is_empty() && host.trim() == *host);
    match port.map(|(_, port)| port.parse()) {
        Some(Ok(port)) => Ok(port),
        _ => Err(Problem::new(
            "FM0913",
            format!("`{address}` is no address to listen on"),
            "write `host:port`, for example `127.0.0.1:8000`",
        )
        .at(places("bind"))),
    }
}

/// The base URL that was written somewhere, if it was; a proxy made by hand has its own.
pub(super) fn written_base_url(choices: &Choices) -> Option<String> {
    let of_proxy = choices
        .proxy
        .as_ref()
        .map(|proxy| proxy.issuer().to_owned());
    of_proxy
        .or_else(|| choices.base_url.clone())
        .or_else(|| variable("FASTMCP_BASE_URL"))
}

/// The base URL of a server on this machine.
pub(super) fn local_base_url(port: u16, choices: &Choices) -> String {
    let over_tls = tls_files(choices).is_ok_and(|files| files.is_some());
    let scheme = if over_tls { "https" } else { "http" };
    format!("{scheme}://localhost:{port}")
}

/// The files of certificate and key, if the server speaks TLS.
pub(super) fn tls_files(choices: &Choices) -> Result<Option<TlsFiles>, Problem> {
    if let Some(files) = &choices.tls {
        return Ok(Some(files.clone()));
    }
    let names = ["FASTMCP_TLS_CERTIFICATE", "FASTMCP_TLS_KEY"];
    match names.map(variable) {
        [None, None] => Ok(None),
        [Some(certificate), Some(key)] => Ok(Some(TlsFiles {
            certificate: certificate.into(),
            key: key.into(),
        })),
        [one, _] => {
            let [set, missing] = if one.is_some() {
                names
            } else {
                [names[1], names[0]]
            };
            Err(Problem::new(
                "FM0964",
                format!("`{set}` is set without `{missing}`"),
                "name both files, or neither",
            )
            .at(places("tls")))
        }
    }
}

/// How long a stop may take.
pub(super) fn drain_timeout(choices: &Choices) -> Result<Duration, Problem> {
    let setting = "drain_timeout";
    let at = |fault: Fault| Problem::new(fault.code, fault.words, fault.help).at(places(setting));
    let written = choices.drain_timeout.map(Ok);
    let written = written.or_else(|| {
        let text = variable("FASTMCP_DRAIN_TIMEOUT")?;
        Some(faults::duration::written(setting, &text))
    });
    let Some(timeout) = written.transpose().map_err(at)? else {
        return Ok(DRAIN_TIMEOUT);
    };
    let [least, most] = DRAIN_TIMEOUTS;
    match faults::duration::lifetime(setting, timeout, least, most) {
        None => Ok(timeout),
        Some(fault) => Err(at(fault)),
    }
}
