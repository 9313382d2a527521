//! Who signed in, from verified sources only.
//!
//! The sources are ranked: a signature-checked ID token, then userinfo over TLS, then a verified
//! JWT access token; of a claim in several, the first counts. Where ID token and userinfo
//! disagree about the subject, nobody is signed in (OpenID Connect Core §5.3.2).

use std::collections::BTreeSet;

use serde_json::Value;

use super::Provider;
use super::azure::is_guid;
use super::quirks::{EmailTrust, SubjectRule};
use crate::parts::Random;
use crate::spec::Claims;
use crate::token::claims::roles;

/// Longest subject that is accepted; OpenID Connect allows 255.
const SUBJECT_LIMIT: usize = 255;

/// A person as the identity provider vouches for them.
///
/// `roles_from` maps it to the roles of a server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identity {
    /// The id that never changes hands.
    pub subject: String,
    /// E-mail address; see [`verified_email`](Self::verified_email) before trusting it.
    pub email: Option<String>,
    /// Whether the provider vouches for the address.
    pub email_verified: bool,
    /// Name for display.
    pub name: Option<String>,
    /// Groups, where the provider tells them.
    pub groups: BTreeSet<String>,
    /// The provider lists no groups, because the person is in too many (Entra's overage).
    pub groups_not_listed: bool,
    /// Of the GitHub organisations that the server's `admits` names, in lower case: those that the
    /// person is an active member of.
    pub organizations: BTreeSet<String>,
    /// The same of teams, as `organization/team`.
    pub teams: BTreeSet<String>,
    /// The Google Workspace domain that the account belongs to, from a verified ID token alone.
    pub hosted_domain: Option<String>,
    /// The Microsoft Entra tenant that the account belongs to, from a verified token alone.
    pub tenant: Option<String>,
    /// Every claim of the verified sources.
    pub claims: Claims,
    roles: BTreeSet<String>,
}

/// What is known about a user who has just signed in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sources {
    /// Claims of an ID token whose signature, issuer, audience and nonce were checked.
    pub(crate) id_token: Option<Claims>,
    /// The answer of the userinfo endpoint.
    pub(crate) userinfo: Option<Claims>,
    /// Claims of an access token whose signature was checked.
    pub(crate) access_token: Option<Claims>,
    /// The primary verified address of GitHub's list.
    pub(crate) listed_email: Option<String>,
    /// GitHub organisations, in lower case.
    pub(crate) organizations: BTreeSet<String>,
    /// Their teams, as `organization/team`.
    pub(crate) teams: BTreeSet<String>,
}

/// Why sources do not make an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IdentityFault {
    /// None of them holds the immutable id in its expected form.
    NoSubject,
    /// ID token and userinfo speak of two people.
    SubjectsDiffer,
}

impl Identity {
    /// A person of whom only the subject is known; the fields can be set afterwards.
    pub fn new(subject: impl Into<String>) -> Self {
        Self {
            subject: subject.into(),
            ..Self::default()
        }
    }

    /// The e-mail address, if the provider vouches for it.
    pub fn verified_email(&self) -> Option<&str> {
        self.email.as_deref().filter(|_| self.email_verified)
    }

    /// Roles named by the claims that the provider value trusts for it: of a text one role, of a
    /// list of texts each, of anything else none.
    pub fn roles(&self) -> &BTreeSet<String> {
        &self.roles
    }

    /// Reads an identity as `provider` prescribes.
    pub(crate) fn read(
        provider: &Provider,
        sources: Sources,
        random: &Random,
    ) -> Result<Self, IdentityFault> {
        check_subjects(&sources)?;
        let told_nothing = sources.id_token.is_none()
            && sources.userinfo.is_none()
            && sources.access_token.is_none();
        let listed_email = sources.listed_email;
        let of_tokens = |name| {
            let tokens = [&sources.id_token, &sources.access_token];
            tokens.into_iter().flatten().find_map(|it| text(it, name))
        };
        let tenant = of_tokens("tid");
        // Only Google's ID token says it of the account itself.
        let hosted_domain = sources.id_token.as_ref().and_then(|it| text(it, "hd"));
        let told = [sources.access_token, sources.userinfo, sources.id_token];
        let claims = merge(told, provider.email_trust);
        let subject = match subject(provider.subject, &claims) {
            Some(subject) => subject,
            // Documented at `provider::custom`: a session, but nobody to recognise.
            None if told_nothing && provider.subject == SubjectRule::SubOrId => random.token(),
            None => return Err(IdentityFault::NoSubject),
        };
        let email_verified = listed_email.is_some() || vouches(provider.email_trust, &claims);
        Ok(Self {
            subject,
            email: listed_email.or_else(|| text(&claims, "email")),
            email_verified,
            name: NAMES.iter().find_map(|name| text(&claims, name)),
            groups: claims
                .get(&*provider.groups_claim)
                .map(roles)
                .unwrap_or_default(),
            groups_not_listed: groups_are_elsewhere(&claims),
            organizations: sources.organizations,
            teams: sources.teams,
            hosted_domain,
            tenant,
            roles: provider
                .role_claims
                .iter()
                .filter_map(|claim| claims.get(claim))
                .flat_map(roles)
                .collect(),
            claims,
        })
    }
}

/// Groups are named by a source of their own (OpenID Connect Core §5.6.2), or said to be too many.
fn groups_are_elsewhere(claims: &Claims) -> bool {
    let named = claims.get("_claim_names").and_then(|it| it.get("groups"));
    !claims.contains_key("groups") && (named.is_some() || is_true(claims.get("hasgroups")))
}

fn check_subjects(sources: &Sources) -> Result<(), IdentityFault> {
    let (Some(id_token), Some(userinfo)) = (&sources.id_token, &sources.userinfo) else {
        return Ok(());
    };
    if id_token.get("sub") == userinfo.get("sub") {
        Ok(())
    } else {
        Err(IdentityFault::SubjectsDiffer)
    }
}

/// Claims that name somebody for display, the best first.
const NAMES: [&str; 4] = ["name", "login", "global_name", "username"];

/// Claims that say of an e-mail address that it is verified.
const VOUCHING: [&str; 2] = ["email_verified", "xms_edov"];

/// Claims of all sources; of one in several, the last source counts. What vouches for an e-mail
/// address counts only for the address that it came with.
fn merge(sources: [Option<Claims>; 3], trust: EmailTrust) -> Claims {
    let own = match trust {
        EmailTrust::Named(own) => Some(own),
        _ => None,
    };
    let vouches = |name: &str| VOUCHING.contains(&name) || own == Some(name);
    let mut merged = Claims::new();
    for mut claims in sources.into_iter().flatten() {
        match claims.get("email") {
            None => claims.retain(|name, _| !vouches(name)),
            email if email != merged.get("email") => {
                merged.retain(|name, _| !vouches(name));
            }
            Some(_) => {}
        }
        merged.extend(claims);
    }
    merged
}

fn subject(rule: SubjectRule, claims: &Claims) -> Option<String> {
    let found = match rule {
        SubjectRule::Sub => text(claims, "sub"),
        SubjectRule::NumericId => number(claims, "id"),
        SubjectRule::Named(name) => text(claims, name),
        SubjectRule::SubOrId => text(claims, "sub")
            .or_else(|| number(claims, "id"))
            .or_else(|| text(claims, "id")),
        SubjectRule::TenantAndObject => {
            let tenant = text(claims, "tid").filter(|tenant| is_guid(tenant))?;
            let object = text(claims, "oid").filter(|object| is_guid(object))?;
            Some(format!("{tenant}.{object}").to_ascii_lowercase())
        }
    };
    found.filter(|subject| subject.len() <= SUBJECT_LIMIT && !subject.chars().any(char::is_control))
}

fn vouches(trust: EmailTrust, claims: &Claims) -> bool {
    match trust {
        EmailTrust::Claim => is_true(claims.get("email_verified")),
        EmailTrust::DomainOwner => is_true(claims.get("xms_edov")),
        EmailTrust::Named(name) => is_true(claims.get(name)),
        EmailTrust::GitHubEmails => false,
    }
}

/// True as providers write it: `true`, `"true"`, and with Entra also 1 and `"1"`.
fn is_true(claim: Option<&Value>) -> bool {
    match claim {
        Some(Value::Bool(yes)) => *yes,
        Some(Value::String(text)) => text == "true" || text == "1",
        Some(Value::Number(number)) => number.as_u64() == Some(1),
        _ => false,
    }
}

fn text(claims: &Claims, name: &str) -> Option<String> {
    claims
        .get(name)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

fn number(claims: &Claims, name: &str) -> Option<String> {
    claims
        .get(name)
        .and_then(Value::as_u64)
        .map(|number| number.to_string())
}
