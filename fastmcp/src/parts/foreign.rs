//! Documents from addresses that strangers name, fetched without becoming the strangers' hand.
//!
//! ```text
//!  turn (8 at once) ─▶ resolve ─▶ every address public? ─▶ dial one of these ─▶ TLS ─▶ one GET
//!                                     no: nothing is dialled
//! ```
//!
//! Invariants:
//! - What is dialled is an address that was judged: a name is resolved once, and if any of its
//!   addresses is not public ([`is_public`]) none is dialled. A URL with an address for a host
//!   cannot be written ([`ClientIdUrl`]).
//! - No redirect is followed, no proxy asked, nothing decompressed: there is no code that could.
//! - All of it together ends after [`Foreign::time`], however slowly bytes come, and holds no more
//!   than one head and one document; dropping the future closes the connection.
//! - Certificates are checked by name, date and the authorities of this machine.
//!
//! Where it goes wrong is for the log alone: [`Failure`] must not reach who named the address, or
//! he learns what listens in places that he cannot see.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::future::{BoxFuture, Either, select};
use http::header::{ACCEPT, CACHE_CONTROL, CONNECTION, CONTENT_ENCODING, HOST, USER_AGENT};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::spec::{ClientIdUrl, is_public};

/// The largest document, in bytes (Client ID Metadata Document, section 6.6).
const BODY_LIMIT: usize = 5 * 1024;
/// The largest head of an answer, in bytes.
const HEAD_LIMIT: usize = 16 * 1024;
/// The most fields in it.
const FIELD_LIMIT: usize = 64;
/// How many documents are fetched at once.
const AT_ONCE: usize = 8;
/// How long one document may take, from the name to the last byte.
const TIME: Duration = Duration::from_millis(2500);
/// How long one address may take to accept the connection, so that another can be tried.
const DIAL: Duration = Duration::from_secs(1);

type Resolve = dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync;
type Dial = dyn Fn(SocketAddr) -> BoxFuture<'static, io::Result<TcpStream>> + Send + Sync;

/// Fetches documents from addresses that strangers name. Cheap to clone.
#[derive(Clone)]
pub struct Foreign {
    resolve: Arc<Resolve>,
    dial: Arc<Dial>,
    authorities: Arc<Vec<Vec<u8>>>,
    tls: Arc<OnceLock<Option<TlsConnector>>>,
    turns: Arc<Semaphore>,
    time: Duration,
}

/// A document that arrived whole.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its bytes.
    pub body: Bytes,
    /// What its answer says of how long it may be kept; zero for not at all.
    pub max_age: Option<Duration>,
}

/// Why there is no document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// As many as may are being fetched.
    Busy,
    /// The name has no address.
    Name,
    /// One of its addresses is not public.
    Address,
    /// None of its addresses accepts a connection.
    Connect,
    /// The host does not prove that it has this name.
    Tls,
    /// It took too long.
    Late,
    /// Another status than 200.
    Status,
    /// Not JSON by its type, or compressed.
    Type,
    /// The document is too large.
    Size,
    /// No answer in the form of HTTP, or one that broke off.
    Broken,
}

impl Failure {
    /// The failure as a word for the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Name => "name",
            Self::Address => "address",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Late => "late",
            Self::Status => "status",
            Self::Type => "type",
            Self::Size => "size",
            Self::Broken => "broken",
        }
    }
}

impl Foreign {
    /// The system's resolver, direct connections, the system's authorities.
    pub fn system() -> Self {
        Self::new(resolve, TcpStream::connect::<SocketAddr>)
    }

    /// Names resolved by `resolve`, and connections made by `dial`: it gets an address that was
    /// found public, and goes there, be it by way of a proxy.
    pub fn new<R, D>(
        resolve: impl Fn(String) -> R + Send + Sync + 'static,
        dial: impl Fn(SocketAddr) -> D + Send + Sync + 'static,
    ) -> Self
    where
        R: Future<Output = io::Result<Vec<IpAddr>>> + Send + 'static,
        D: Future<Output = io::Result<TcpStream>> + Send + 'static,
    {
        Self {
            resolve: Arc::new(move |host| Box::pin(resolve(host))),
            dial: Arc::new(move |address| Box::pin(dial(address))),
            authorities: Arc::default(),
            tls: Arc::default(),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            time: TIME,
        }
    }

    /// The same, trusting these authorities (X.509 in DER) instead of the system's.
    #[must_use]
    pub fn trusting(self, authorities: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Self {
            authorities: Arc::new(authorities.into_iter().collect()),
            tls: Arc::default(),
            ..self
        }
    }

    /// The same with another limit for one document, default 2.5 s.
    #[must_use]
    pub fn within(self, time: Duration) -> Self {
        Self { time, ..self }
    }

    /// How long one document may take.
    pub fn time(&self) -> Duration {
        self.time
    }

    /// Fetches the JSON document at `url`, of up to 5 KiB.
    ///
    /// # Errors
    /// [`Failure`], which is for the log alone.
    pub async fn get(&self, url: &ClientIdUrl) -> Result<Document, Failure> {
        self.get_up_to(url, BODY_LIMIT).await
    }

    /// The same for a document of up to `limit` bytes.
    pub(crate) async fn get_up_to(
        &self,
        url: &ClientIdUrl,
        limit: usize,
    ) -> Result<Document, Failure> {
        let _turn = self.turns.try_acquire().map_err(|_| Failure::Busy)?;
        let document = timeout(self.time, self.fetch(url, limit)).await;
        document.unwrap_or(Err(Failure::Late))
    }

    async fn fetch(&self, url: &ClientIdUrl, limit: usize) -> Result<Document, Failure> {
        let addresses = (self.resolve)(url.host().to_owned()).await;
        let addresses = addresses.map_err(|_| Failure::Name)?;
        if addresses.is_empty() {
            return Err(Failure::Name);
        }
        if !addresses.iter().copied().all(is_public) {
            return Err(Failure::Address);
        }
        let stream = self.connect(&addresses, url.port()).await?;
        let name = ServerName::try_from(url.host().to_owned()).map_err(|_| Failure::Tls)?;
        let tls = self.tls.get_or_init(|| connector(&self.authorities));
        let tls = tls.as_ref().ok_or(Failure::Tls)?;
        let stream = tls.connect(name, stream).await;
        let stream = stream.map_err(|_| Failure::Tls)?;
        let (mut sender, connection) = hyper::client::conn::http1::Builder::new()
            .max_buf_size(HEAD_LIMIT)
            .max_headers(FIELD_LIMIT)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|_| Failure::Broken)?;
        let request = request(url).ok_or(Failure::Broken)?;
        let exchange = pin!(async move {
            let response = sender.send_request(request).await;
            read(response.map_err(|_| Failure::Broken)?, limit).await
        });
        // The connection makes the answer move; where it ends first, what came is still there.
        match select(exchange, pin!(connection)).await {
            Either::Left((document, _)) => document,
            Either::Right((_, exchange)) => exchange.await,
        }
    }

    async fn connect(&self, addresses: &[IpAddr], port: u16) -> Result<TcpStream, Failure> {
        for address in addresses {
            let dialled = timeout(DIAL, (self.dial)(SocketAddr::new(*address, port))).await;
            if let Ok(Ok(stream)) = dialled {
                return Ok(stream);
            }
        }
        Err(Failure::Connect)
    }
}

impl fmt::Debug for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Foreign")
    }
}

/// The system's resolver. The dot at the end keeps it from trying the name below the domains of
/// this machine's own network.
async fn resolve(host: String) -> io::Result<Vec<IpAddr>> {
    let found = tokio::net::lookup_host((format!("{host}."), 0)).await?;
    Ok(found.map(|address| address.ip()).collect())
}

fn connector(authorities: &[Vec<u8>]) -> Option<TlsConnector> {
    let mut roots = RootCertStore::empty();
    if authorities.is_empty() {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    let own = authorities.iter().cloned().map(CertificateDer::from);
    roots.add_parsable_certificates(own);
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .ok()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Some(TlsConnector::from(Arc::new(config)))
}

fn request(url: &ClientIdUrl) -> Option<Request<Empty<Bytes>>> {
    Request::get(url.target())
        .header(HOST, url.authority())
        .header(ACCEPT, "application/json")
        .header(USER_AGENT, concat!("fastmcp/", env!("CARGO_PKG_VERSION")))
        .header(CONNECTION, "close")
        .body(Empty::new())
        .ok()
}

async fn read(response: Response<Incoming>, limit: usize) -> Result<Document, Failure> {
    let (head, mut body) = response.into_parts();
    if head.status != StatusCode::OK {
        return Err(Failure::Status);
    }
    if !is_json(&head.headers) || head.headers.contains_key(CONTENT_ENCODING) {
        return Err(Failure::Type);
    }
    let announced = text(&head.headers, &CONTENT_LENGTH).and_then(|text| text.parse().ok());
    if announced.is_some_and(|length: usize| length > limit) {
        return Err(Failure::Size);
    }
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Failure::Broken)?.into_data() else {
            continue;
        };
        if bytes.len() + data.len() > limit {
            return Err(Failure::Size);
        }
        bytes.extend_from_slice(&data);
    }
    Ok(Document {
        body: bytes.freeze(),
        max_age: max_age(&head.headers),
    })
}

/// `application/json`, or a type built on it.
fn is_json(headers: &HeaderMap) -> bool {
    let kind = text(headers, &CONTENT_TYPE).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let kind = kind.to_ascii_lowercase();
    let subtype = kind.strip_prefix("application/").unwrap_or_default();
    subtype == "json" || subtype.ends_with("+json")
}

/// `Cache-Control` as far as a document of one server needs it (RFC 9111 section 5.2.2).
fn max_age(headers: &HeaderMap) -> Option<Duration> {
    let fields = headers.get_all(CACHE_CONTROL).iter();
    let fields = fields.filter_map(|field| field.to_str().ok());
    let mut age = None;
    for directive in fields.flat_map(|field| field.split(',')) {
        let directive = directive.trim().to_ascii_lowercase();
        match directive.split_once('=') {
            None if matches!(directive.as_str(), "no-store" | "no-cache") => {
                return Some(Duration::ZERO);
            }
            Some(("max-age", seconds)) => {
                age = seconds
                    .trim_matches('"')
                    .parse()
                    .ok()
                    .map(Duration::from_secs);
            }
            _ => {}
        }
    }
    age
}

fn text<'a>(headers: &'a HeaderMap, name: &http::HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: http::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    #[test]
    fn what_may_be_kept_is_kept_as_long_as_it_says() {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        for (value, age) in [
            ("max-age=300", seconds(300)),
            ("public, Max-Age=\"60\"", seconds(60)),
            ("max-age=300, no-cache", seconds(0)),
            ("no-store", seconds(0)),
            ("max-age=-1", None),
            ("s-maxage=5", None),
        ] {
            assert_eq!(max_age(&headers(CACHE_CONTROL, value)), age, "{value}");
        }
        assert_eq!(max_age(&HeaderMap::new()), None);
    }

    #[test]
    fn only_json_is_read() {
        for (value, is_read) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/oauth-client+json", true),
            ("text/html", false),
            ("text/json", false),
            ("application/jsonp", false),
        ] {
            assert_eq!(is_json(&headers(CONTENT_TYPE, value)), is_read, "{value}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
