//! The environment, read once, at start; an empty variable counts as unset.

use std::net::SocketAddr;

use super::choices::Choices;
use crate::error::Problem;
use crate::settings::places;

/// Where `FASTMCP_BIND` points by default.
const DEFAULT_BIND: &str = "127.0.0.1:8000";

/// The value of an environment variable.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
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
pub(super) fn local_base_url(port: u16) -> String {
    format!("http://localhost:{port}")
}

/// The base URL of a server that listens on `address`.
pub(super) fn base_url_of(address: SocketAddr) -> String {
    local_base_url(address.port())
}
