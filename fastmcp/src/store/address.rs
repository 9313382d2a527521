//! The address of a server of records: a URL that may hold a password, and one parameter of ours.
//!
//! The text of an address never leaves this module but to the client that connects: a password
//! that is not percent-encoded can end up in any part of a URL, so no error repeats any part.

use super::Error;

/// The parameter that keeps several servers apart in one database.
const NAMESPACE: &str = "namespace";
const DEFAULT_NAMESPACE: &str = "fastmcp";
const LONGEST_NAMESPACE: usize = 32;

/// Takes the parameters that `take` wants out of `url` and gives the rest.
pub(super) fn without_parameters(url: &str, mut take: impl FnMut(&str, &str) -> bool) -> String {
    let Some((address, query)) = url.split_once('?') else {
        return url.to_owned();
    };
    let decode = |text: &str| {
        // In an address `+` is a plus, whatever it is in a form.
        let text = text.replace('+', "%2B");
        let pair = form_urlencoded::parse(text.as_bytes()).next();
        pair.map(|(name, value)| (name.into_owned(), value.into_owned()))
    };
    // What stays keeps its spelling: the client reads it, and not every client reads `+`.
    let kept: Vec<_> = query
        .split('&')
        .filter(|text| decode(text).is_none_or(|(name, value)| !take(&name, &value)))
        .collect();
    if kept.is_empty() {
        address.to_owned()
    } else {
        format!("{address}?{}", kept.join("&"))
    }
}

/// Takes `namespace=…` out of `url`: the rest, and the namespace or the default one.
pub(super) fn namespace(url: &str) -> Result<(String, String), Error> {
    let mut namespace = DEFAULT_NAMESPACE.to_owned();
    let rest = without_parameters(url, |name, value| {
        let ours = name == NAMESPACE;
        if ours {
            value.clone_into(&mut namespace);
        }
        ours
    });
    let letters = |c: char| c == '_' || c.is_ascii_lowercase() || c.is_ascii_digit();
    let named = namespace.starts_with(|c: char| c.is_ascii_lowercase())
        && namespace.len() <= LONGEST_NAMESPACE
        && namespace.chars().all(letters);
    if named {
        Ok((rest, namespace))
    } else {
        Err(Error::unavailable(format_args!(
            "the `namespace` in the address is not made of a-z, 0-9 and `_`, a letter first, at \
             most {LONGEST_NAMESPACE} of them"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_namespace_is_taken_out_and_the_rest_keeps_its_spelling() {
        for (url, rest, wanted) in [
            ("redis://h", "redis://h", "fastmcp"),
            ("redis://h/1?namespace=notes", "redis://h/1", "notes"),
            ("x://h?a=%2B+b&namespace=n_1&c", "x://h?a=%2B+b&c", "n_1"),
        ] {
            let found = namespace(url);
            assert_eq!(found, Ok((rest.to_owned(), wanted.to_owned())), "{url}");
        }
    }

    #[test]
    fn a_namespace_that_is_no_name_is_refused_and_not_repeated() {
        for bad in ["", "9a", "Notes", "a-b", "a;drop", &"a".repeat(33)] {
            let error = namespace(&format!("redis://:pass@h?namespace={bad}")).unwrap_err();
            let text = error.to_string();
            assert!(
                text.contains("namespace") && !text.contains("pass"),
                "{text}"
            );
        }
    }
}
