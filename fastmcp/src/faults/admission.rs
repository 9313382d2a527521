//! Who may log in, in words.

use super::Fault;
use super::url::masked;

/// What each word of `admits` is about, and which providers tell it.
const TOLD_BY: [(&str, &str); 6] = [
    ("email_domain", "a provider that tells e-mail addresses"),
    ("hosted_domain", "`auth = google`"),
    ("tenant", "`auth = azure`"),
    (
        "group",
        "a provider with a `groups` claim, such as `azure` or `oidc`",
    ),
    ("organization", "`auth = github`"),
    ("team", "`auth = github`"),
];

/// What is no domain of an e-mail address.
pub(crate) fn domain(text: &str, word: &str) -> Option<Fault> {
    let is_label = |label: &str| {
        let good = |c: char| c.is_ascii_alphanumeric() || c == '-';
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(good)
    };
    if text.contains('.') && text.len() <= 253 && text.split('.').all(is_label) {
        return None;
    }
    let (_, domain) = text.rsplit_once('@').unwrap_or(("", text));
    let help = if text.contains('@') && domain.contains('.') {
        format!("write `{word}(\"{domain}\")`; for single people name a function of your own")
    } else {
        format!(
            "write `{word}(\"example.com\")`; a domain stands for itself alone, so join several by \
             `||`"
        )
    };
    let fault = format!("{text:?} is not a domain, so nobody has an address in it");
    Some(Fault::new("FM0517", fault, help))
}

/// What is no tenant's id.
pub(crate) fn tenant(text: &str) -> Option<Fault> {
    let groups: Vec<_> = text.split('-').map(str::len).collect();
    let is_id =
        groups == [8, 4, 4, 4, 12] && text.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    (!is_id).then(|| {
        Fault::new(
            "FM0517",
            format!("{text:?} is not the id of a tenant, so nobody belongs to it"),
            "write the tenant id that Entra shows, such as \
             `tenant(\"72f988bf-86f1-41af-91ab-2d7cd011db47\")`",
        )
    })
}

/// What is no group's name.
pub(crate) fn group(text: &str) -> Option<Fault> {
    let is_name = !text.is_empty() && text.trim() == text && !text.contains(char::is_control);
    (!is_name).then(|| {
        Fault::new(
            "FM0517",
            format!("{text:?} is not a group, so nobody is in it"),
            "write it as the provider does: Entra's id of the group, or its name elsewhere",
        )
    })
}

/// What is no organization of GitHub.
pub(crate) fn organization(text: &str) -> Option<Fault> {
    (!is_login(text)).then(|| {
        let help = if text.contains('/') {
            format!("write `team(\"{}\")`", text.trim_matches('/'))
        } else {
            "write it as in its address: `organization(\"acme\")` for `https://github.com/acme`"
                .to_owned()
        };
        let fault = format!("{text:?} is not an organization, so nobody is a member of it");
        Fault::new("FM0517", fault, help)
    })
}

/// What is no team of an organization of GitHub.
pub(crate) fn team(organization: &str, team: &str) -> Option<Fault> {
    let is_slug = |text: &str| {
        let good = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        !text.is_empty() && text.len() <= 255 && text.chars().all(good)
    };
    let is_team = is_login(organization) && is_slug(team);
    (!is_team).then(|| {
        let slash = if team.is_empty() { "" } else { "/" };
        let text = format!("{organization}{slash}{team}");
        Fault::new(
            "FM0517",
            format!("{text:?} is not a team, so nobody is a member of it"),
            "write organization and team as in its address: `team(\"acme/ops\")` for \
             `https://github.com/orgs/acme/teams/ops`",
        )
    })
}

fn is_login(text: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || c == '-';
    !text.is_empty() && text.len() <= 39 && text.chars().all(good)
}

/// A fact that the provider never tells.
pub(crate) fn not_told(word: &str, provider: &str) -> Fault {
    let by = TOLD_BY.iter().find(|(known, _)| *known == word);
    let by = by.map_or("another provider", |(_, by)| *by);
    Fault::new(
        "FM0518",
        format!("`{word}` holds for nobody: `{provider}` does not tell it"),
        format!("remove it, or use {by}"),
    )
}

/// A tenant beside the one whose people alone sign in.
pub(crate) fn another_tenant(tenant: &str) -> Fault {
    Fault::new(
        "FM0520",
        format!("`tenant({tenant:?})` holds for nobody: `azure` signs in another tenant alone"),
        "write the same tenant in both places, or `azure(tenant = \"organizations\")`",
    )
}

/// A list without anything in it.
pub(crate) fn empty() -> Fault {
    Fault::new(
        "FM0501",
        "a list in `admits` is empty, and who is meant is not obvious",
        "name at least one, or leave it out",
    )
}

/// What the variable says and nobody knows.
pub(crate) fn unknown_word(word: &str) -> Fault {
    let known: Vec<_> = TOLD_BY
        .iter()
        .map(|(word, _)| format!("`{word}`"))
        .collect();
    Fault::new(
        "FM0516",
        format!("`admits` does not know `{}`", masked(word)),
        format!("known words: {}", known.join(", ")),
    )
}

/// What the variable says and nobody can read.
pub(crate) fn unread(text: &str) -> Fault {
    Fault::new(
        "FM0515",
        format!("`{}` does not say who may log in", masked(text)),
        "write `email_domain=example.com, team=acme/ops`: whoever one of them holds for may",
    )
}
