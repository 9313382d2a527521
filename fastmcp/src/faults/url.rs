//! Addresses, in words. What may be a secret in one is never repeated: user names, passwords and
//! queries stay out of every text here.

use super::Fault;
use crate::spec::{BaseUrl, BaseUrlError, ClientIdUrl};

/// What a URL is not, or has too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UrlFault {
    NotAUrl,
    NotWeb,
    WithoutTls,
    WithUser,
    WithQuery,
    WithFragment,
}

/// Parameters that hold a secret, in any provider's tongue.
const SECRETS: [&str; 7] = [
    "access_token",
    "api_key",
    "apikey",
    "client_secret",
    "password",
    "refresh_token",
    "secret",
];

/// `https://host[:port][/path]` as the issuer of this server.
pub(crate) fn base_url(text: &str) -> Result<BaseUrl, Fault> {
    let path_fault = |fault: &str, help: String| Err(Fault::new("FM0306", fault, help));
    let url = match BaseUrl::parse(text) {
        Ok(url) => url,
        Err(BaseUrlError::Path) => {
            return path_fault(
                "base URL with a path that clients would write in another way",
                "use letters, digits, `-`, `.`, `_` and `~` between single slashes".to_owned(),
            );
        }
        Err(BaseUrlError::NotCanonical(canonical)) => {
            let fault = "base URL in another spelling than the one that clients compare";
            return Err(Fault::new("FM0910", fault, format!("write `{canonical}`")));
        }
        Err(error) => return Err(address("base URL", of_base(text, &error), text)),
    };
    if url.path().contains("/.well-known") {
        return path_fault(
            "base URL below `/.well-known`, where metadata is found",
            "write the address without it".to_owned(),
        );
    }
    match url.as_str().strip_suffix("/mcp") {
        Some(without) => path_fault(
            "base URL ends in `/mcp`, which the server adds by itself",
            format!("write `{}`", without.trim_end_matches("/mcp")),
        ),
        None => Ok(url),
    }
}

fn of_base(text: &str, error: &BaseUrlError) -> UrlFault {
    match error {
        BaseUrlError::Cleartext => UrlFault::WithoutTls,
        BaseUrlError::UserInfo => UrlFault::WithUser,
        _ if has_user(text) => UrlFault::WithUser,
        BaseUrlError::QueryOrFragment if text.contains('#') => UrlFault::WithFragment,
        BaseUrlError::QueryOrFragment => UrlFault::WithQuery,
        _ if is_other_scheme(text) => UrlFault::NotWeb,
        _ => UrlFault::NotAUrl,
    }
}

/// Whether it is an address, but none of the web.
pub(crate) fn is_other_scheme(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, rest)| {
        let is_web = ["http", "https"].contains(&scheme.to_ascii_lowercase().as_str());
        let is_word = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
        is_word && !is_web && rest.starts_with(|c: char| c.is_ascii_alphanumeric())
    })
}

/// An address that cannot be used; `noun` is what it is called.
pub(crate) fn address(noun: &str, fault: UrlFault, text: &str) -> Fault {
    let own = text.split_once("://").map_or("https", |(scheme, _)| scheme);
    let (code, words, scheme, more) = match fault {
        UrlFault::NotAUrl => ("FM0301", "is not a URL", "", ""),
        UrlFault::NotWeb => ("FM0301", "that is no web address", "https", ""),
        UrlFault::WithoutTls => {
            let more = "; plain http is allowed on `localhost` and `127.0.0.1` only";
            ("FM0302", "without TLS", "https", more)
        }
        UrlFault::WithUser => ("FM0303", "with a user name in it", own, ""),
        UrlFault::WithQuery => ("FM0304", "with a query", own, ""),
        UrlFault::WithFragment => ("FM0305", "with a fragment", own, ""),
    };
    let good = plain(text).filter(|_| !scheme.is_empty());
    let help = match good {
        Some(rest) => format!("write `{scheme}://{rest}`{more}"),
        None => format!("write it in full, such as `https://notes.example.com`{more}"),
    };
    Fault::new(code, format!("{noun} {words}"), help)
}

/// Whether something stands before the host, which is told before anything that is behind it.
fn has_user(text: &str) -> bool {
    let rest = text.split_once("://").map_or("", |(_, rest)| rest);
    rest.split(['/', '?', '#'])
        .next()
        .is_some_and(|it| it.contains('@'))
}

/// Host and path of an address, if nothing in them can be a secret.
fn plain(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("://")?;
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    let rest = &rest[..end];
    let slash = rest.find('/').unwrap_or(rest.len());
    let host = rest[..slash].rfind('@').map_or(0, |at| at + 1);
    let rest = &rest[host..];
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~/:[]".contains(c);
    (!rest.is_empty() && rest.chars().all(is_plain)).then_some(rest)
}

/// A text that may be an address, without what may be a secret in it.
pub(crate) fn masked(text: &str) -> String {
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), text),
    };
    let (rest, query) = match rest.find('?') {
        Some(at) => (&rest[..at], "?…"),
        None => (rest, ""),
    };
    match rest.rsplit_once('@') {
        Some((_, rest)) => format!("{scheme}…@{rest}{query}"),
        None => format!("{scheme}{rest}{query}"),
    }
}

/// A secret in the query of an address; `variable` is where it belongs.
pub(crate) fn secret_in_query(noun: &str, text: &str, variable: &str) -> Option<Fault> {
    let (_, query) = text.split_once('?')?;
    let query = query.split('#').next().unwrap_or_default();
    let mut names = form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name);
    let name = names.find(|name| SECRETS.contains(&name.to_ascii_lowercase().as_str()))?;
    Some(Fault::new(
        "FM0924",
        format!("{noun} has `{name}` in its query, where addresses are logged"),
        format!("remove it and set `{variable}`: the server sends the secret by itself"),
    ))
}

/// What is no domain of the public Internet in its one spelling.
pub(crate) fn domain(text: &str) -> Option<Fault> {
    let url = ClientIdUrl::parse(&format!("https://{text}/client"));
    if url.is_some_and(|url| url.host() == text) {
        return None;
    }
    Some(Fault::new(
        "FM0917",
        format!("`{}` is no domain, so it covers no client", masked(text)),
        "write a name such as `example.com`, in lower case; it covers everything below it as well",
    ))
}

/// What is wrong with the ports at which clients may publish.
pub(crate) fn ports(ports: &[u16]) -> Option<Fault> {
    let fault = if ports.is_empty() {
        "no port is allowed, so no client that is a URL can be read"
    } else if ports.contains(&0) {
        "port 0 is nobody's"
    } else {
        return None;
    };
    let help = "name ports such as 443, or turn `client_id_metadata_documents` off";
    Some(Fault::new("FM0918", fault, help))
}

/// What a browser never sends as `Origin` (RFC 6454 section 6.2).
pub(crate) fn origin(text: &str) -> Option<Fault> {
    let given = text.trim_end_matches('/');
    if given == "*" {
        return None;
    }
    let fault = |help: String| {
        let fault = format!(
            "`{}` is no origin, so no page is let in by it",
            masked(text)
        );
        Some(Fault::new("FM0916", fault, help))
    };
    let example = || fault("write scheme and host, such as `https://app.example.com`".to_owned());
    let Some((scheme, authority)) = given.split_once("://") else {
        return example();
    };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    let end = authority.find(['/', '?', '#']).unwrap_or(authority.len());
    let host = &authority[..end];
    let name = host.rsplit_once(':').filter(|(_, port)| {
        !port.ends_with(']') && port.chars().all(|c| c.is_ascii_digit()) && !port.is_empty()
    });
    let (name, port) = name.map_or((host, None), |(name, port)| (name, Some(port)));
    let is_bracketed = name.starts_with('[') && name.ends_with(']');
    let allowed = |c: char| {
        c.is_ascii_alphanumeric() || "-._".contains(c) || (is_bracketed && "[]:".contains(c))
    };
    if !is_scheme || name.is_empty() || !name.chars().all(allowed) {
        return example();
    }
    let is_default = matches!(
        (scheme, port),
        ("https", Some("443")) | ("http", Some("80"))
    );
    let written = if is_default { name } else { host };
    if is_default || end < authority.len() {
        return fault(format!("write `{scheme}://{written}`"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_may_be_a_secret_is_repeated() {
        for text in [
            "https://user:hunter2@h.test/x",
            "http://user:hunter2@h.test/x",
            "http://h.test/x?password=hunter2",
            "http://user:1/hunter2@h.test",
            "https://user:hun/ter2@h.test?hunter2#hunter2",
            "user:hunter2@h.test",
            "hunter2",
            "ftp://hunter2@h.test",
        ] {
            let fault = base_url(text).unwrap_err();
            assert!(!format!("{fault:?}").contains("hunter2"), "{fault:?}");
            let told = secret_in_query("`x`", text, "X");
            assert!(!format!("{told:?}").contains("hunter2"), "{told:?}");
        }
        for text in [
            "https://u:hunter2@h/*",
            "https://h/x?k=hunter2",
            "u:hunter2@h",
        ] {
            assert!(!masked(text).contains("hunter2"), "{text}");
        }
    }

    #[test]
    fn an_origin_is_what_a_browser_sends() {
        for good in [
            "*",
            "https://app.test",
            "https://app.test/",
            "http://localhost:5173",
            "http://[::1]:5173",
            "vscode-webview://abc",
            "https://app.test:8443",
        ] {
            assert_eq!(origin(good), None, "{good}");
        }
        for bad in [
            "",
            "null",
            "app.test",
            "https://",
            "https://app.test/path",
            "https://app.test?x",
            "https://*.app.test",
            "https://u:hunter2@app.test",
            "https://app.test:443",
            "http://app.test:80",
            "https://app.test:x",
            "://app.test",
        ] {
            let fault = origin(bad).unwrap();
            assert!(!fault.words.contains("hunter2"), "{fault:?}");
        }
    }
}
