//! What differs between providers, as values.

/// How the upstream client reaches a provider at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Over HTTP, at its endpoints.
    Remote,
    /// Over HTTP, at endpoints that it names itself in the document of its issuer (OpenID Connect
    /// Discovery 1.0). Its endpoint fields are empty.
    Discovered,
    /// The development sign-in page inside this process; loopback only.
    Development,
}

/// Where the immutable id of a user is read. Names and addresses change hands; these do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SubjectRule {
    /// `sub`, as OpenID Connect has it.
    Sub,
    /// The number in `id`, as GitHub has it; never the login, which can be renamed and taken.
    NumericId,
    /// `tid` and `oid` of Microsoft Entra, joined by a dot: `sub` differs from app to app.
    TenantAndObject,
    /// The text under this name, such as `account_id` of Atlassian.
    Named(&'static str),
    /// `sub`, otherwise `id`; where the provider tells nothing about the user at all, a random
    /// subject for each login.
    SubOrId,
}

/// When the userinfo endpoint is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Userinfo {
    /// Only where there was no verified ID token.
    WithoutIdToken,
    /// At every login; its `sub` must be that of the ID token.
    Always,
}

/// What makes an e-mail address verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EmailTrust {
    /// The claim `email_verified` is true.
    Claim,
    /// The claim `xms_edov` is true: Entra's word that the tenant owns the domain. Its `email`
    /// alone is whatever a tenant's administrator typed.
    DomainOwner,
    /// The list of GitHub's e-mail endpoint says so.
    GitHubEmails,
    /// The claim of this name is true, such as `verified` of Discord.
    Named(&'static str),
}

/// How this server proves who it is at the token endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClientAuthentication {
    /// `client_secret_basic`: form-encoded, then base64, in the `Authorization` header.
    #[default]
    Basic,
    /// `client_secret_post`: in the body.
    Post,
}

/// How a token is given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Revocation {
    /// A form post as in RFC 7009.
    Rfc7009,
    /// GitHub's `DELETE` with a JSON body.
    GitHub,
    /// Not at all: one token that is given back ends every login that its user has at this app, and
    /// with it those of other clients.
    Never,
}

/// What a rule for who may log in ([`Admission`](super::Admission)) can ask of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Fact {
    /// A verified e-mail address.
    Email,
    /// The Google Workspace domain of the account.
    HostedDomain,
    /// The Microsoft Entra tenant of the account.
    Tenant,
    /// Groups, in the claim that the provider has for them.
    Groups,
    /// Membership in GitHub organisations and their teams.
    Memberships,
}
