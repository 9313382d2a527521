//! Who may ask, and how often, in words.

use super::Fault;

/// A limit that lets nobody through.
pub(crate) fn no_quota(name: &str) -> Fault {
    Fault::new(
        "FM0409",
        format!("`{name}` of `rate_limits` lets nobody through, or is for longer than a day"),
        format!("write a number, or `{name}=off` for no limit"),
    )
}

/// A text that no limits can be read from.
pub(crate) fn no_limits(text: &str) -> Fault {
    Fault::new(
        "FM0940",
        format!("`{text}` is no limit"),
        "write `off`, or some of `registrations=20/min`, `authorizations=…`, `approvals=…`, \
         `all_approvals=…`, `documents=…`, `failures=…`, `client_failures=…`, `requests=…`, \
         `in_flight=1024` and `unused_registrations=10000`, with commas between",
    )
}

/// A proxy that is no network.
pub(crate) fn no_network(text: &str) -> Fault {
    Fault::new(
        "FM0414",
        format!("`{text}` is not a network"),
        "write an address such as `10.0.0.7`, or a network such as `10.0.0.0/8`",
    )
}

/// A word that is no way to register.
pub(crate) fn no_registration(text: &str) -> Fault {
    Fault::new(
        "FM0415",
        format!("`{text}` is no way to register"),
        "write `open`, `limited` or `off`",
    )
}

/// Registration by token, and no token.
pub(crate) fn no_initial_token() -> Fault {
    Fault::new(
        "FM0941",
        "`registration` is limited to those who have a token, and there is none",
        "set `FASTMCP_INITIAL_ACCESS_TOKEN` to at least 16 random characters, or write \
         `registration = \"open\"`",
    )
}

/// A token that nobody is asked for.
pub(crate) fn idle_initial_token() -> Fault {
    Fault::new(
        "FM0941",
        "`initial_access_token` changes nothing: `registration` does not ask for it",
        "write `registration = \"limited\"`, or take the token away",
    )
}

/// A client of the configuration that cannot be one.
pub(crate) fn client(id: &str, why: &str) -> Fault {
    Fault::new(
        "FM0942",
        format!("the client `{id}` of `clients` {why}"),
        "write each client once, with its redirect URIs, and a secret unless it is public",
    )
}

/// A text that no clients can be read from.
pub(crate) fn clients_unread(line: usize, column: usize) -> Fault {
    Fault::new(
        "FM0942",
        format!("`FASTMCP_CLIENTS` is no list of clients (line {line}, column {column})"),
        "write `[{\"client_id\": \"desk\", \"redirect_uris\": [\"https://desk.example.com/cb\"]}]`, \
         with `client_secret`, `client_name` and `scope` as needed",
    )
}
