//! One method for each setting of the server itself; those of a login are in `builder_auth.rs`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::choices::TlsFiles;
use super::{Server, StoreChoice};
use crate::keys::Keys;
use crate::parts::Parts;
use crate::secret::Secret;
use crate::store::Store;

impl Server {
    /// The server's name, for clients and on its pages, not blank. Default: the struct's name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.choices.name = Some(name.into());
        self
    }

    /// Address to listen on, `host:port`; port 0 takes a free one. Variable `FASTMCP_BIND`,
    /// default `127.0.0.1:8000`.
    #[must_use]
    pub fn bind(mut self, address: impl Into<String>) -> Self {
        self.choices.bind = Some(address.into());
        self
    }

    /// The address that clients know: https, or http on a loopback host; it may have a path, and
    /// it is the issuer (RFC 8414 section 2). Variable `FASTMCP_BASE_URL`, default
    /// `http://localhost:<port>`.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.choices.base_url = Some(url.into());
        self
    }

    /// Origins whose pages may call the MCP endpoint from a browser, besides the base URL's own:
    /// scheme, host and, where it is not the default, port (RFC 6454 section 6.2). `*` lets in every
    /// page.
    #[must_use]
    pub fn allowed_origins<O: Into<String>>(
        mut self,
        origins: impl IntoIterator<Item = O>,
    ) -> Self {
        self.choices.allowed_origins = origins.into_iter().map(Into::into).collect();
        self
    }

    /// Largest request body of the MCP endpoint in bytes, at least 1, default 4 MiB; a larger one is
    /// answered with 413.
    #[must_use]
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.choices.max_body = Some(bytes);
        self
    }

    /// How many connections [`Server::serve`] keeps open at once, at least 1, default 10,000. Beyond
    /// them, the one that has sent nothing for the longest time is closed; the process needs as many
    /// file descriptors (`ulimit -n`).
    #[must_use]
    pub fn max_connections(mut self, number: usize) -> Self {
        self.choices.max_connections = Some(number);
        self
    }

    /// Speaks TLS in [`Server::serve`], with a certificate (and those of its issuers after it) and its
    /// private key in PEM files; HTTP/2 and HTTP/1.1. The files are looked at every ten seconds and
    /// upon SIGHUP, and new connections get what is new. Feature `tls`. Variables
    /// `FASTMCP_TLS_CERTIFICATE` and `FASTMCP_TLS_KEY`, default none: a proxy does it.
    #[must_use]
    pub fn tls(mut self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.choices.tls = Some(TlsFiles {
            certificate: certificate.into(),
            key: key.into(),
        });
        self
    }

    /// How long [`Server::serve`] waits for what is under way when it is told to stop, from a second
    /// to an hour. What is still running then is ended, and clients that hold a stream are told so.
    /// Variable `FASTMCP_DRAIN_TIMEOUT` (`30s`), default 30 s.
    #[must_use]
    pub fn drain_timeout(mut self, timeout: Duration) -> Self {
        self.choices.drain_timeout = Some(timeout);
        self
    }

    /// Whether [`Server::serve`] looks, soon after it began, if the base URL leads back to it as
    /// clients need it, and warns in the log if not. Default true, except on loopback.
    #[must_use]
    pub fn self_check(mut self, on: bool) -> Self {
        self.choices.self_check = Some(on);
        self
    }

    /// Clock, randomness and outgoing HTTP; for tests.
    #[must_use]
    pub fn parts(mut self, parts: Parts) -> Self {
        self.choices.parts = Some(parts);
        self
    }

    /// Where clients, logins and grants are kept: an open store, or its address (`memory`,
    /// `disk:<directory>`, or that of a Redis or PostgreSQL server). Variable `FASTMCP_STORE`,
    /// default memory.
    #[must_use]
    pub fn store(mut self, store: impl Into<StoreChoice>) -> Self {
        self.choices.store = Some(store.into());
        self
    }

    /// The same as [`Server::store`], under its name in the list of options, for a store that is
    /// shared.
    #[must_use]
    pub fn token_storage(mut self, store: Arc<dyn Store>) -> Self {
        self.choices.store = Some(store.into());
        self
    }

    /// The secret from which every key is derived (PBKDF2-HMAC-SHA256 with a stored random salt),
    /// at least 16 characters. Variable `FASTMCP_SECRET`; without it keys are generated and kept
    /// beside the store. A server without a login has no store, and needs a secret only so that a
    /// call that asks its client can go on at another node.
    #[must_use]
    pub fn secret(mut self, secret: impl Into<Secret>) -> Self {
        self.choices.secret = Some(secret.into());
        self
    }

    /// A secret that was in force before: what it sealed still opens, and is sealed anew in the
    /// background, so nobody is logged out by the exchange. Remove it when the log says that it is
    /// no longer needed. Variable `FASTMCP_SECRET_PREVIOUS`.
    ///
    /// To exchange the secret of several nodes, first restart each with the new secret as the
    /// previous one, then each with the two exchanged.
    #[must_use]
    pub fn secret_previous(mut self, secret: impl Into<Secret>) -> Self {
        self.choices.secret_previous.push(secret.into());
        self
    }

    /// Rounds of PBKDF2 for [`Server::secret`]; fewer than 100,000 are refused. Default: those that
    /// the store was made with, 600,000 for a new one. Other rounds are another key: what is there
    /// is sealed anew in the background, as after a change of the secret.
    #[must_use]
    pub fn secret_iterations(mut self, rounds: u32) -> Self {
        self.choices.secret_iterations = Some(rounds);
        self
    }

    /// Keys made elsewhere, instead of a secret; [`Keys::with_previous`] exchanges them.
    #[must_use]
    pub fn keys(mut self, keys: Keys) -> Self {
        self.choices.keys = Some(keys);
        self
    }

    /// The key that signs access tokens, instead of the derived one; at least 32 bytes.
    #[must_use]
    pub fn jwt_signing_key(mut self, key: impl Into<Secret>) -> Self {
        self.choices.jwt_signing_key = Some(key.into());
        self
    }

    /// The key before [`Server::jwt_signing_key`]: tokens that it signed are still accepted.
    #[must_use]
    pub fn jwt_signing_key_previous(mut self, key: impl Into<Secret>) -> Self {
        self.choices.single_keys_previous.jwt = Some(key.into());
        self
    }

    /// A P-256 private key in PKCS #8 PEM: access tokens are then signed with ES256 and the public
    /// half is published at `jwks_uri`, so that others can verify them.
    #[must_use]
    pub fn jwt_key_pair(mut self, pem: impl Into<Secret>) -> Self {
        self.choices.jwt_key_pair = Some(pem.into());
        self
    }

    /// The key pair before [`Server::jwt_key_pair`]: its tokens are still accepted, and its public
    /// half stays published.
    #[must_use]
    pub fn jwt_key_pair_previous(mut self, pem: impl Into<Secret>) -> Self {
        self.choices.jwt_key_pair_previous = Some(pem.into());
        self
    }

    /// The key that seals records, instead of the derived one; at least 32 bytes.
    #[must_use]
    pub fn encryption_key(mut self, key: impl Into<Secret>) -> Self {
        self.choices.encryption_key = Some(key.into());
        self
    }

    /// The key before [`Server::encryption_key`]: records that it sealed still open, and are sealed anew.
    #[must_use]
    pub fn encryption_key_previous(mut self, key: impl Into<Secret>) -> Self {
        self.choices.single_keys_previous.storage = Some(key.into());
        self
    }

    /// The key that seals the consent page, instead of the derived one; at least 32 bytes.
    #[must_use]
    pub fn consent_signing_key(mut self, key: impl Into<Secret>) -> Self {
        self.choices.consent_signing_key = Some(key.into());
        self
    }

    /// The key before [`Server::consent_signing_key`]: pages that it sealed can still be decided.
    #[must_use]
    pub fn consent_signing_key_previous(mut self, key: impl Into<Secret>) -> Self {
        self.choices.single_keys_previous.consent = Some(key.into());
        self
    }

    /// Stores records in the clear, for a look at them during development; warned about at every
    /// start.
    #[must_use]
    pub fn unencrypted_for_development(mut self) -> Self {
        self.choices.unencrypted_for_development = true;
        self
    }
}
