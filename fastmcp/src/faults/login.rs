//! Settings of a login against what signs in, in words.

use super::Fault;
use super::url::masked;

/// A setting of a login on a server where nobody logs in.
pub(crate) fn needs_auth(setting: &str) -> Fault {
    Fault::new(
        "FM0512",
        format!("`{setting}` without `auth`: nobody signs in, so it changes nothing"),
        format!("add `auth = google`, or remove `{setting}`"),
    )
}

/// `anonymous` where everybody is.
pub(crate) fn nothing_to_open() -> Fault {
    Fault::new(
        "FM0511",
        "`anonymous` without `auth` changes nothing: everybody is anonymous",
        "remove `anonymous`, or add `auth = google`",
    )
}

/// `roles_from` without roles that it could give.
pub(crate) fn roles_from_nothing() -> Fault {
    Fault::new(
        "FM0512",
        "`roles_from` gives roles, but the server declares none that tools could ask for",
        "add `roles = [\"admin\"]` with every role that it may give, or remove `roles_from`",
    )
}

/// A setting of the talk with a provider that is part of the process.
pub(crate) fn dev_asks_nobody(setting: &str) -> Fault {
    Fault::new(
        "FM0213",
        format!("`{setting}` changes nothing: `dev` asks nobody over the network"),
        format!("remove `{setting}`, or use a real provider"),
    )
}

/// Passing tokens through where there are none.
pub(crate) fn dev_has_no_tokens() -> Fault {
    Fault::new(
        "FM0213",
        "`dev` has no tokens that could be passed through",
        "leave `enable_token_swap` on, or use a real provider",
    )
}

/// `dev` beyond this machine.
pub(crate) fn dev_in_public() -> Fault {
    Fault::new(
        "FM0207",
        "`auth = dev` with a public base URL would let anybody sign in as anybody",
        "use a real provider, or leave the base URL out to serve on `localhost`",
    )
}

/// Everything that is wrong with more parameters of the authorization request; `variable` holds
/// the client secret. Values are not told: they may be secrets.
pub(crate) fn parameters(
    params: &[(String, String)],
    is_owned: impl Fn(&str) -> bool,
    variable: &str,
) -> Vec<Fault> {
    let fault = |at: usize| {
        let (name, _) = &params[at];
        if name == "client_secret" {
            let help = format!("remove it and set the environment variable `{variable}`");
            return Some(Fault::new(
                "FM0108",
                "a secret written in source code",
                help,
            ));
        }
        if is_owned(name) {
            return Some(Fault::new(
                "FM0212",
                format!("parameter `{name}` belongs to the proxy"),
                "remove it; the proxy sets it in every authorization request",
            ));
        }
        let again = params[..at].iter().any(|(other, _)| other == name);
        again.then(|| {
            let fault = format!("parameter `{name}` is given twice");
            Fault::new("FM0102", fault, "remove one of the two")
        })
    };
    (0..params.len()).filter_map(fault).collect()
}

/// Too few rounds between a secret and its keys.
pub(crate) fn few_rounds(rounds: u32) -> Fault {
    Fault::new(
        "FM0406",
        format!("{rounds} rounds of key derivation are guessed through too soon"),
        "write at least 100,000; the default is 600,000",
    )
}

/// Rounds of a derivation that never takes place.
pub(crate) fn rounds_without_secret() -> Fault {
    Fault::new(
        "FM0505",
        "`secret_iterations` changes nothing: `keys` are given, so none are derived from a secret",
        "remove `secret_iterations`, or `.keys(…)`",
    )
}

/// What is not the `noun` by which a provider is found; `example` is what might be meant.
pub(crate) fn part(setting: &str, text: &str, noun: &str, example: &str) -> Fault {
    let text = masked(text);
    Fault::new(
        "FM0215",
        format!("{text:?} is not {noun}"),
        format!("write `{setting} = \"{example}\"`"),
    )
}

/// What is not a tenant of Entra.
pub(crate) fn tenant(tenant: &str) -> Option<Fault> {
    let is_label = |label: &str| {
        let good = |c: char| c.is_ascii_alphanumeric() || c == '-';
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(good)
    };
    let groups: Vec<_> = tenant.split('-').map(str::len).collect();
    let is_id =
        groups == [8, 4, 4, 4, 12] && tenant.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    let is_domain = tenant.contains('.') && tenant.split('.').all(is_label);
    let is_word = matches!(tenant, "common" | "organizations" | "consumers");
    (!is_word && !is_id && !is_domain).then(|| {
        Fault::new(
            "FM0206",
            format!("`{tenant}` is not a tenant"),
            "write `common`, `organizations`, `consumers`, a tenant id, or a domain such as \
             `example.onmicrosoft.com`",
        )
    })
}
