//! The Internet in which clients publish: names, addresses, and one host behind all of them.
//!
//! Names lead to whatever addresses a test gives them, which the server judges as it judges real
//! ones; whatever it then dials ends at a TLS server on this machine, or nowhere.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastmcp::parts::Foreign;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// Where names lead, unless a test says otherwise.
const PUBLIC: &str = "93.184.215.14";
/// An address at which nothing listens.
pub(crate) const REFUSING: &str = "8.8.4.4";
/// An address that accepts a connection and then says nothing.
pub(crate) const SILENT: &str = "9.9.9.9";

/// Hosts whose certificate proves nothing.
pub(crate) const UNPROVEN: [&str; 3] = ["self-signed.test", "other-name.test", "expired.test"];

/// What the host sends for a path.
#[derive(Clone)]
pub(crate) enum Act {
    /// These bytes, and the end.
    Send(Vec<u8>),
    /// The first bytes, then the second ones again and again.
    Repeat(Vec<u8>, Vec<u8>, Duration),
    /// These bytes after a while.
    Wait(Duration, Vec<u8>),
}

#[derive(Clone)]
pub(crate) struct Publisher(Arc<State>);

struct State {
    authority: Vec<u8>,
    address: SocketAddr,
    silent: TcpListener,
    names: Mutex<HashMap<String, Vec<IpAddr>>>,
    acts: Mutex<HashMap<String, Act>>,
    resolved: Mutex<Vec<String>>,
    dialled: Mutex<Vec<SocketAddr>>,
    heads: Mutex<Vec<String>>,
    open: AtomicUsize,
    most: AtomicUsize,
}

/// The document of the client `id`.
pub(crate) fn document(id: &str) -> Value {
    json!({
        "client_id": id,
        "client_name": "An editor",
        "redirect_uris": ["https://c.test/cb", "http://127.0.0.1/cb"],
        "token_endpoint_auth_method": "none",
    })
}

/// An answer with these fields and body.
pub(crate) fn answer(fields: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = body.len();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n{fields}\r\n");
    [head.as_bytes(), body].concat()
}

pub(crate) fn json_answer(body: impl AsRef<[u8]>) -> Vec<u8> {
    answer("content-type: application/json\r\n", body)
}

impl Publisher {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (authority, certificates) = Certificates::make();
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(certificates));
        let publisher = Self(Arc::new(State {
            authority,
            address: listener.local_addr().unwrap(),
            silent: TcpListener::bind("127.0.0.1:0").await.unwrap(),
            names: Mutex::default(),
            acts: Mutex::default(),
            resolved: Mutex::default(),
            dialled: Mutex::default(),
            heads: Mutex::default(),
            open: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
        }));
        let own = publisher.clone();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (own, acceptor) = (own.clone(), acceptor.clone());
                tokio::spawn(async move { own.serve(&acceptor, stream).await });
            }
        });
        publisher
    }

    /// How a server reaches this Internet.
    pub(crate) fn foreign(&self) -> Foreign {
        let (resolving, dialling) = (self.clone(), self.clone());
        let resolve = move |host| {
            let found = resolving.resolve(host);
            async move { Ok(found) }
        };
        let dial = move |address| {
            let own = dialling.clone();
            async move { own.dial(address).await }
        };
        Foreign::new(resolve, dial).trusting([self.0.authority.clone()])
    }

    /// Lets `host` lead to `addresses`.
    pub(crate) fn name(&self, host: &str, addresses: &[&str]) {
        let addresses = addresses.iter().map(|text| text.parse().unwrap());
        let mut names = self.0.names.lock().unwrap();
        names.insert(host.to_owned(), addresses.collect());
    }

    /// What is sent for the path of `url`; a path without an act is 404.
    pub(crate) fn act(&self, url: &str, act: Act) {
        self.0.acts.lock().unwrap().insert(path(url), act);
    }

    /// Publishes `document` at `url`.
    pub(crate) fn publish(&self, url: &str, document: &Value) {
        self.act(url, Act::Send(json_answer(document.to_string())));
    }

    pub(crate) fn withdraw(&self, url: &str) {
        self.0.acts.lock().unwrap().remove(&path(url));
    }

    /// A client at `url` with a good document.
    pub(crate) fn client(&self, url: &str) {
        self.publish(url, &document(url));
    }

    pub(crate) fn resolved(&self) -> Vec<String> {
        self.0.resolved.lock().unwrap().clone()
    }

    pub(crate) fn dialled(&self) -> Vec<SocketAddr> {
        self.0.dialled.lock().unwrap().clone()
    }

    /// The heads of the requests that arrived.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.0.heads.lock().unwrap().clone()
    }

    /// The most connections that were open at once.
    pub(crate) fn most(&self) -> usize {
        self.0.most.load(Ordering::SeqCst)
    }

    fn resolve(&self, host: String) -> Vec<IpAddr> {
        let names = self.0.names.lock().unwrap();
        let found = names.get(&host).cloned();
        self.0.resolved.lock().unwrap().push(host);
        found.unwrap_or_else(|| vec![PUBLIC.parse().unwrap()])
    }

    async fn dial(&self, address: SocketAddr) -> io::Result<TcpStream> {
        self.0.dialled.lock().unwrap().push(address);
        match address.ip().to_string().as_str() {
            REFUSING => Err(io::ErrorKind::ConnectionRefused.into()),
            SILENT => TcpStream::connect(self.0.silent.local_addr()?).await,
            _ => TcpStream::connect(self.0.address).await,
        }
    }

    async fn serve(&self, acceptor: &TlsAcceptor, stream: TcpStream) -> io::Result<()> {
        let mut stream = acceptor.accept(stream).await?;
        let open = self.0.open.fetch_add(1, Ordering::SeqCst) + 1;
        self.0.most.fetch_max(open, Ordering::SeqCst);
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await?);
        }
        let head = String::from_utf8(head).unwrap();
        let path = head.split(' ').nth(1).unwrap().to_owned();
        self.0.heads.lock().unwrap().push(head);
        let act = self.0.acts.lock().unwrap().get(&path).cloned();
        let sent = async {
            match act {
                Some(Act::Send(bytes)) => stream.write_all(&bytes).await?,
                Some(Act::Wait(time, bytes)) => {
                    tokio::time::sleep(time).await;
                    stream.write_all(&bytes).await?;
                }
                Some(Act::Repeat(first, again, every)) => {
                    stream.write_all(&first).await?;
                    loop {
                        stream.write_all(&again).await?;
                        stream.flush().await?;
                        tokio::time::sleep(every).await;
                    }
                }
                None => {
                    let none = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";
                    stream.write_all(none).await?;
                }
            }
            stream.shutdown().await
        };
        let sent = sent.await;
        self.0.open.fetch_sub(1, Ordering::SeqCst);
        sent
    }
}

/// Path and query of a URL, as they stand in a request.
fn path(url: &str) -> String {
    let rest = url.strip_prefix("https://").unwrap();
    rest[rest.find('/').unwrap()..].to_owned()
}

/// A good certificate for every name, but for those in [`UNPROVEN`].
#[derive(Debug)]
struct Certificates {
    good: Arc<CertifiedKey>,
    unproven: [Arc<CertifiedKey>; 3],
}

impl Certificates {
    fn make() -> (Vec<u8>, Self) {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let authority = params.self_signed(&key).unwrap().der().to_vec();
        let issuer = Issuer::new(params, key);
        let key = KeyPair::generate().unwrap();
        let params = |name: &str| CertificateParams::new(vec![name.to_owned()]).unwrap();
        let signed = |params: CertificateParams| {
            let certificate = params.signed_by(&key, &issuer).unwrap();
            certified(certificate.der().clone(), &key)
        };
        let self_signed = params(UNPROVEN[0]).self_signed(&key).unwrap();
        let mut expired = params(UNPROVEN[2]);
        expired.not_after = date_time_ymd(2020, 1, 1);
        let certificates = Self {
            good: signed(params("*.client.test")),
            unproven: [
                certified(self_signed.der().clone(), &key),
                signed(params("another-name.test")),
                signed(expired),
            ],
        };
        (authority, certificates)
    }
}

fn certified(certificate: CertificateDer<'static>, key: &KeyPair) -> Arc<CertifiedKey> {
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let key = aws_lc_rs::sign::any_supported_type(&key).unwrap();
    Arc::new(CertifiedKey::new(vec![certificate], key))
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = hello.server_name()?;
        let at = UNPROVEN.iter().position(|unproven| *unproven == name);
        Some(at.map_or_else(
            || Arc::clone(&self.good),
            |at| Arc::clone(&self.unproven[at]),
        ))
    }
}
