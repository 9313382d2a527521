//! Who is measured, and how each is started.

use std::path::{Path, PathBuf};

use jsonwebtoken::{EncodingKey, Header};
use serde_json::json;
use tempfile::TempDir;

use crate::message::{Era, TOOLS};
use crate::process::{Process, free_address};
use crate::{Result, upstream};

/// The secret of tokens that are no login's.
const SECRET: &str = "the secret of those who have no login of their own";

/// A server, ours or another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contender {
    /// This workspace's product.
    Ours,
    /// An axum handler that answers a constant.
    Constant,
    /// The official Rust SDK.
    Rmcp,
    /// `fastmcp` of npm.
    Npm,
    /// `fastmcp` of `PyPI`.
    PyPi,
}

/// What a server offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Two tools for everybody, answered as JSON.
    Open,
    /// The same, by those that must be told so answered as events.
    Events,
    /// Many tools.
    Many,
    /// Two tools behind a login; records in memory.
    SignedIn,
    /// The same; records on disk.
    OnDisk,
}

/// The things that all servers of a run share.
#[derive(Debug)]
pub struct Place {
    /// The core of the servers.
    pub core: usize,
    /// The identity provider.
    pub upstream: std::net::SocketAddr,
    /// For logs, stores and the constant answer.
    pub scratch: TempDir,
}

impl Contender {
    /// All, ours first.
    pub const ALL: [Self; 5] = [
        Self::Ours,
        Self::Constant,
        Self::Rmcp,
        Self::Npm,
        Self::PyPi,
    ];

    /// Its name in the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "fastmcp",
            Self::Constant => "constant axum handler",
            Self::Rmcp => "rmcp",
            Self::Npm => "npm fastmcp",
            Self::PyPi => "PyPI fastmcp",
        }
    }

    /// Whether it is on this machine; `rivals.sh` installs it.
    pub fn is_there(self) -> bool {
        match self {
            Self::Npm => folder().join("npm/node_modules/fastmcp").is_dir(),
            Self::PyPi => python().is_file(),
            _ => true,
        }
    }

    /// Whether it knows the era.
    pub fn speaks(self, era: Era) -> bool {
        self != Self::Npm || era == Era::Legacy
    }

    /// Whether a caller of it signs in at it, as opposed to having a token from elsewhere.
    pub fn has_login(self) -> bool {
        matches!(self, Self::Ours | Self::Npm)
    }

    /// Starts it and waits until it listens.
    ///
    /// # Errors
    /// It does not.
    pub async fn start(self, offer: Offer, place: &Place) -> Result<Process> {
        let address = free_address()?;
        let scratch = place.scratch.path();
        let log = scratch.join(format!("{}-{}.log", self.name(), address.port()));
        let mut environment = self.environment(offer, scratch, address.port());
        let bind = if self == Self::Ours {
            "FASTMCP_BIND"
        } else {
            "BENCH_BIND"
        };
        environment.push((bind.into(), address.to_string()));
        environment.push(("BENCH_PORT".into(), address.port().to_string()));
        environment.extend(upstream::environment(place.upstream));
        let command = self.command(offer)?;
        let mut process = Process::start(&command, &environment, (place.core, address), log)?;
        process.listening().await?;
        Ok(process)
    }

    fn command(self, offer: Offer) -> Result<Vec<String>> {
        let program = |name: &str| -> Result<String> {
            let programs = std::env::current_exe()?;
            Ok(text(&programs.with_file_name(name)))
        };
        Ok(match (self, offer) {
            (Self::Ours, Offer::Open | Offer::Events) => vec![program("serve-open")?],
            (Self::Ours, Offer::Many) => vec![program("serve-many")?],
            (Self::Ours, Offer::SignedIn | Offer::OnDisk) => vec![program("serve-signed-in")?],
            (Self::Constant, _) => vec![program("serve-constant")?],
            (Self::Rmcp, _) => vec![program("serve-rmcp")?],
            (Self::Npm, _) => vec!["node".into(), text(&folder().join("npm/server.mjs"))],
            (Self::PyPi, _) => vec![text(&python()), text(&folder().join("python/server.py"))],
        })
    }

    fn environment(self, offer: Offer, scratch: &Path, port: u16) -> Vec<(String, String)> {
        let store = text(&scratch.join(format!("store-{port}")));
        let pairs = match (self, offer) {
            (Self::Ours, Offer::OnDisk) => vec![("FASTMCP_STORE", format!("disk:{store}"))],
            (Self::Ours, _) => vec![("FASTMCP_STORE", "memory".into())],
            (Self::Constant, _) => vec![("BENCH_BODY", text(&constant(scratch)))],
            (_, Offer::Many) => vec![("BENCH_TOOLS", TOOLS.to_string())],
            (_, Offer::Events) => vec![("BENCH_EVENTS", "1".into())],
            (Self::Npm, Offer::SignedIn) => vec![("BENCH_OAUTH", "1".into())],
            (Self::Npm, Offer::OnDisk) => {
                vec![("BENCH_OAUTH", "1".into()), ("BENCH_STORE", store)]
            }
            (_, Offer::SignedIn) => vec![("BENCH_JWT_SECRET", SECRET.into())],
            _ => Vec::new(),
        };
        // All users of the bench come from one address, and a rival lets them.
        let unlimited = (self == Self::Ours).then(|| ("FASTMCP_RATE_LIMITS", "off".into()));
        let owned = pairs.into_iter().chain(unlimited);
        owned.map(|(name, value)| (name.into(), value)).collect()
    }
}

/// The file of the constant answer.
pub fn constant(scratch: &Path) -> PathBuf {
    scratch.join("constant")
}

/// A token for those who check one that is not theirs.
///
/// # Errors
/// It cannot be signed.
pub fn foreign_token() -> Result<String> {
    const FAR: u64 = 4_000_000_000;
    let claims = json!({
        "sub": "somebody", "iss": "bench", "aud": "bench", "exp": FAR, "scope": "openid",
        "client_id": "bench", "jti": "00000000000000000000000000000000",
    });
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    Ok(jsonwebtoken::encode(&Header::default(), &claims, &key)?)
}

/// This package.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn python() -> PathBuf {
    folder().join(".venv/bin/python")
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
