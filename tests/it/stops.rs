//! A server that is told to stop, or to look at its certificate, as a process by a signal.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rcgen::{CertificateParams, KeyPair};
use reqwest::{Client, Method};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use tests::mcp::{Era, Mcp};
use tests::server::{Server, Storage};
use tests::stream::Stream;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// Longer than anything takes here.
const LIMIT: Duration = Duration::from_secs(30);

/// A server with a call that lasts until its file is there.
struct Patient {
    server: Server,
    folder: tempfile::TempDir,
}

impl Patient {
    async fn start(more: &[(&str, String)]) -> Self {
        let more = more
            .iter()
            .map(|(name, value)| ((*name).into(), value.clone()));
        let binary = "test-patient".to_owned();
        let server = Server::start_binary(binary, &Storage::Memory, more.collect());
        Self {
            server: server.await,
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    fn gate(&self) -> PathBuf {
        self.folder.path().join("gate")
    }

    /// Lets the call go.
    fn open(&self) {
        fs::write(self.gate(), "").expect("a file");
    }

    /// The call, once it has begun.
    async fn begun(&self, http: &Client, url: &str) -> Stream {
        let call = json!({ "name": "wait_for", "arguments": { "file": self.gate() } });
        let mut stream = Stream::modern(http, url, None, "tools/call", call).await;
        let first = stream.next().await.expect("progress");
        assert_eq!(first["params"]["message"], "begun", "{first}");
        stream
    }

    /// Done when no new connection is taken.
    async fn is_closed(&self) {
        until("the port is closed", async || {
            let tried = TcpStream::connect(("127.0.0.1", self.server.port())).await;
            tried.is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused)
        })
        .await;
    }
}

/// Done when that holds.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < LIMIT, "never: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn text(answer: &Value) -> &Value {
    &answer["result"]["content"][0]["text"]
}

#[tokio::test]
async fn told_to_stop_it_answers_what_is_under_way_and_takes_nothing_new() {
    let mut patient = Patient::start(&[]).await;
    let url = patient.server.mcp();
    let mut call = patient.begun(&Client::new(), &url).await;
    patient.server.signal("-TERM");
    patient.is_closed().await;
    assert!(patient.server.is_alive(), "{}", patient.server.output());
    patient.open();
    assert_eq!(text(&call.next().await.expect("an answer")), "let go");
    assert_eq!(call.next().await, None);
    assert_eq!(patient.server.ended().await, Some(0));
}

#[tokio::test]
async fn what_outlasts_the_time_to_stop_is_told_so_and_the_process_ends_well() {
    let seconds = ("FASTMCP_DRAIN_TIMEOUT", "1s".to_owned());
    let mut patient = Patient::start(&[seconds]).await;
    let url = patient.server.mcp();
    let mut call = patient.begun(&Client::new(), &url).await;
    let told = Instant::now();
    patient.server.signal("-TERM");
    let answer = call.next().await.expect("an answer");
    assert!(told.elapsed() >= Duration::from_secs(1), "{answer}");
    assert_eq!(answer["error"]["message"], "the server stops", "{answer}");
    assert_eq!(call.next().await, None);
    assert_eq!(patient.server.ended().await, Some(0));
}

#[tokio::test]
async fn told_to_stop_twice_it_waits_for_nobody() {
    let mut patient = Patient::start(&[]).await;
    let url = patient.server.mcp();
    let _call = patient.begun(&Client::new(), &url).await;
    patient.server.signal("-TERM");
    patient.is_closed().await;
    patient.server.signal("-TERM");
    assert_eq!(patient.server.ended().await, Some(0));
}

#[tokio::test]
async fn who_listens_is_closed_in_order_at_a_stop() {
    // Nobody is waited for so long, so what ends here was closed.
    let minutes = ("FASTMCP_DRAIN_TIMEOUT", "10m".to_owned());
    let mut patient = Patient::start(&[minutes]).await;
    let (http, url) = (Client::new(), patient.server.mcp());
    let news = json!({ "notifications": { "toolsListChanged": true } });
    let mut modern = Stream::modern(&http, &url, None, "subscriptions/listen", news).await;
    let first = modern.next().await.expect("an acknowledgment");
    assert_eq!(first["method"], "notifications/subscriptions/acknowledged");
    let mcp = Mcp::connect(&url, Era::Legacy, None).await;
    let session = [("mcp-session-id", mcp.session().expect("a session"))];
    let mut legacy = Stream::open(&http, Method::GET, &url, &session, String::new()).await;
    assert_eq!(legacy.status(), 200);
    patient.server.signal("-TERM");
    let closing = modern.next().await.expect("a closing answer");
    assert_eq!(closing["result"]["resultType"], "complete", "{closing}");
    assert_eq!(modern.next().await, None);
    assert_eq!(legacy.next().await, None);
    assert_eq!(patient.server.ended().await, Some(0));
}

/// A certificate for this machine; what a client may trust.
fn certificate(patient: &std::path::Path) -> CertificateDer<'static> {
    let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
    let key = KeyPair::generate().expect("a key");
    let made = params.self_signed(&key).expect("a certificate");
    let pem = |label: &str, der: &[u8]| {
        use base64::Engine as _;
        let text = base64::engine::general_purpose::STANDARD.encode(der);
        format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
    };
    let key = pem("PRIVATE KEY", &key.serialize_der());
    fs::write(patient.join("key.pem"), key).expect("a file");
    let certificate = pem("CERTIFICATE", made.der());
    fs::write(patient.join("certificate.pem"), certificate).expect("a file");
    made.der().clone()
}

/// Which of `trusted` a new connection is shown.
async fn shown(port: u16, trusted: &[CertificateDer<'static>]) -> CertificateDer<'static> {
    let mut roots = RootCertStore::empty();
    for certificate in trusted {
        roots.add(certificate.clone()).expect("a certificate");
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions of TLS")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").expect("a name");
    let stream = TcpStream::connect(("127.0.0.1", port)).await;
    let connector = TlsConnector::from(Arc::new(config));
    let stream = connector.connect(name, stream.expect("a port")).await;
    let stream = stream.expect("a handshake");
    let shown = stream
        .get_ref()
        .1
        .peer_certificates()
        .expect("a certificate");
    shown[0].clone()
}

#[tokio::test]
async fn told_by_a_signal_it_takes_a_new_certificate_and_keeps_who_is_connected() {
    let folder = tempfile::tempdir().expect("a folder");
    let old = certificate(folder.path());
    let file = |name: &str| folder.path().join(name).display().to_string();
    let files = [
        ("FASTMCP_TLS_CERTIFICATE", file("certificate.pem")),
        ("FASTMCP_TLS_KEY", file("key.pem")),
    ];
    let mut patient = Patient::start(&files).await;
    let port = patient.server.port();
    let root = reqwest::Certificate::from_der(&old).expect("a certificate");
    let http = Client::builder().no_proxy().tls_certs_only([root]);
    let http = http.build().expect("an HTTP client");
    let url = format!("https://localhost:{port}/mcp");
    let mut call = patient.begun(&http, &url).await;
    assert_eq!(shown(port, std::slice::from_ref(&old)).await, old);

    let new = certificate(folder.path());
    patient.server.signal("-HUP");
    let both = [old.clone(), new.clone()];
    until("it shows the new one", async || {
        shown(port, &both).await == new
    })
    .await;
    let output = patient.server.output();
    assert!(output.contains("told by SIGHUP"), "{output}");
    // Who was connected before has noticed nothing.
    patient.open();
    assert_eq!(text(&call.next().await.expect("an answer")), "let go");
    assert_eq!(call.next().await, None);
    patient.server.signal("-TERM");
    assert_eq!(patient.server.ended().await, Some(0));
}
