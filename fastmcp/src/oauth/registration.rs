//! Who may register, and who need not: clients of the operator's own.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;

use serde::Deserialize;

use super::Inner;
use super::problems::Problems;
use crate::faults;
use crate::ledger::{self, Client, ClientAuth, NewClient};
use crate::secret::Secret;
use crate::spec::{RedirectUri, Scopes};

/// Whether strangers may register clients (RFC 7591).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Registration {
    /// Anyone may, as MCP clients expect.
    #[default]
    Open,
    /// Who has the initial access token may (RFC 7591 section 3).
    Limited,
    /// Nobody may; there is no such endpoint. Clients that are a URL are a matter of
    /// [`ClientIdMetadata`](super::ClientIdMetadata).
    Off,
}

impl FromStr for Registration {
    type Err = UnknownRegistration;

    fn from_str(text: &str) -> Result<Self, UnknownRegistration> {
        match text {
            "open" => Ok(Self::Open),
            "limited" => Ok(Self::Limited),
            "off" => Ok(Self::Off),
            _ => Err(UnknownRegistration(text.to_owned())),
        }
    }
}

/// A word that is none of [`Registration`]'s.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownRegistration(pub String);

impl fmt::Display for UnknownRegistration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is none of `open`, `limited`, `off`", self.0)
    }
}

impl std::error::Error for UnknownRegistration {}

/// A registration that is right in itself, before it is written.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RegistrationRequest<'a> {
    /// What the client calls itself.
    pub name: Option<&'a str>,
    /// Where its codes would go.
    pub redirect_uris: &'a [RedirectUri],
    /// Whether it has neither secret nor key.
    pub is_public: bool,
    /// Who asks, where it is known.
    pub address: Option<IpAddr>,
}

/// Says whether a client may register, beyond what the other settings say.
pub type RegistrationPolicy = Arc<dyn Fn(&RegistrationRequest<'_>) -> bool + Send + Sync>;

/// A client of the operator's own, which need not register and does not expire.
///
/// Its redirect URIs are the operator's choice: `allowed_redirect_uri_patterns` does not apply. As
/// text, in the variable `FASTMCP_CLIENTS`, it has the names of RFC 7591 section 2.
///
/// ```
/// use fastmcp::oauth::ConfiguredClient;
///
/// let desk = ConfiguredClient::public("desk", ["https://desk.example.com/callback"]).name("Desk");
/// let nightly = ConfiguredClient::confidential(
///     "nightly",
///     "a secret out of a vault",
///     ["https://jobs.example.com/callback"],
/// );
/// # let _ = (desk, nightly);
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfiguredClient {
    client_id: String,
    client_secret: Option<Secret>,
    redirect_uris: Vec<String>,
    client_name: Option<String>,
    scope: Option<String>,
}

impl ConfiguredClient {
    /// A client without a secret.
    pub fn public<U: Into<String>>(
        id: impl Into<String>,
        redirect_uris: impl IntoIterator<Item = U>,
    ) -> Self {
        Self {
            client_id: id.into(),
            client_secret: None,
            redirect_uris: redirect_uris.into_iter().map(Into::into).collect(),
            client_name: None,
            scope: None,
        }
    }

    /// A client with a secret of at least 16 characters, which it may send in the header or in the
    /// body.
    pub fn confidential<U: Into<String>>(
        id: impl Into<String>,
        secret: impl Into<Secret>,
        redirect_uris: impl IntoIterator<Item = U>,
    ) -> Self {
        Self {
            client_secret: Some(secret.into()),
            ..Self::public(id, redirect_uris)
        }
    }

    /// The name that users are shown.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.client_name = Some(name.into());
        self
    }

    /// The most that it may ask for; all there is, if nothing is said.
    #[must_use]
    pub fn scopes<S: AsRef<str>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        let scopes: Vec<_> = scopes
            .into_iter()
            .map(|it| it.as_ref().to_owned())
            .collect();
        self.scope = Some(scopes.join(" "));
        self
    }

    /// The client as the ledger knows clients, or why it can be none.
    fn checked(&self) -> Result<Client, &'static str> {
        let id = &self.client_id;
        // Ids with a colon are URLs (`published`).
        if id.is_empty() || id.contains(':') || !id.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(
                "has an id that is empty, or has other signs than visible ASCII without `:`",
            );
        }
        let secret = self.client_secret.as_ref();
        if secret.is_some_and(|secret| secret.expose().trim().len() < 16) {
            return Err("has a secret that is shorter than 16 characters");
        }
        let uris = self.redirect_uris.iter().map(|uri| RedirectUri::parse(uri));
        let uris: Vec<_> = uris
            .collect::<Result<_, _>>()
            .map_err(|_| "has a redirect URI that is not an absolute URI in canonical form")?;
        if uris.is_empty() {
            return Err("has no redirect URI");
        }
        let scopes = self.scope.as_deref().map(Scopes::parse).transpose();
        let metadata = NewClient {
            name: self.client_name.clone(),
            uri: None,
            redirect_uris: uris,
            auth: match secret {
                None => ClientAuth::None,
                Some(_) => ClientAuth::ClientSecretBasic,
            },
            auth_was_named: false,
            may_refresh: true,
            scopes: scopes.map_err(|_| "has a scope that is none")?,
            keys: None,
        };
        Ok(Client::configured(id, secret, metadata))
    }
}

/// The clients of the configuration, by id.
pub(super) type Clients = HashMap<String, Client>;

impl Problems {
    /// The clients of the operator's own.
    pub(super) fn clients(&mut self, configured: &[ConfiguredClient]) -> Clients {
        let mut clients = Clients::new();
        for client in configured {
            let id = &client.client_id;
            let why = match client.checked() {
                Err(why) => why,
                Ok(checked) => match clients.insert(id.clone(), checked) {
                    None => continue,
                    Some(_) => "is there twice",
                },
            };
            self.add("clients", [faults::limits::client(id, why)]);
        }
        clients
    }

    /// Who may register, against what is needed for it.
    pub(super) fn registration(&mut self, registration: Registration, token: Option<&Secret>) {
        let is_long = |token: &Secret| token.expose().trim().len() >= 16;
        let fault = match (registration, token) {
            (Registration::Limited, Some(token)) if is_long(token) => None,
            (Registration::Limited, _) => Some(faults::limits::no_initial_token()),
            (_, Some(_)) => Some(faults::limits::idle_initial_token()),
            (_, None) => None,
        };
        self.add("registration", fault);
    }
}

impl Inner {
    /// The client of this id: the operator's own, or one that registered.
    pub(super) async fn client(&self, id: &str) -> Result<Option<Client>, ledger::Error> {
        match self.settings.clients.get(id) {
            Some(client) => Ok(Some(client.clone())),
            None => self.ledger.client(id).await,
        }
    }
}
