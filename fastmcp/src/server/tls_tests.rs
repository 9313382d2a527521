//! TLS as a client sees it, and files that are no good.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::*;
use crate::server::listen::tests::{Running, closed, running_over};

/// 2026-06-01.
const NOW: u64 = 1_780_272_000;

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn names(&self) -> TlsFiles {
        TlsFiles {
            certificate: self.0.path().join("certificate.pem"),
            key: self.0.path().join("key.pem"),
        }
    }

    /// A certificate for these years, and its key.
    fn write(&self, from: i32, to: i32) -> (CertificateDer<'static>, String) {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(to, 1, 1);
        let key = KeyPair::generate().unwrap();
        let made = params.self_signed(&key).unwrap();
        let names = self.names();
        let key = pem("PRIVATE KEY", &key.serialize_der());
        fs::write(&names.certificate, pem("CERTIFICATE", made.der())).unwrap();
        fs::write(&names.key, &key).unwrap();
        (made.der().clone(), key)
    }

    fn open(&self) -> Result<Tls, String> {
        let clock = Clock::new(|| std::time::UNIX_EPOCH + Duration::from_secs(NOW));
        let opened = Tls::open(self.names(), clock);
        opened.map_err(|problem| problem.code().to_owned())
    }
}

/// A connection of a client that trusts this certificate.
async fn shake(
    server: &Running,
    trusted: &CertificateDer<'static>,
    alpn: &[&[u8]],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = server.connect().await;
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

async fn answer(mut stream: TlsStream<TcpStream>) -> String {
    let request = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer).await;
    answer
}

#[tokio::test]
async fn both_versions_of_http_are_spoken_by_agreement() {
    let folder = Folder::new();
    let (certificate, _) = folder.write(2026, 2031);
    let server = running_over(10, Some(folder.open().unwrap())).await;
    for alpn in [&[][..], &[b"http/1.1".as_slice()]] {
        let stream = shake(&server, &certificate, alpn).await.unwrap();
        let answer = answer(stream).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.ends_with("127.0.0.1"), "{answer}");
    }
    let stream = shake(&server, &certificate, &[H2, b"http/1.1"])
        .await
        .unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(H2));
    let io = TokioIo::new(stream);
    let made = hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await;
    let (mut sender, connection) = made.unwrap();
    tokio::spawn(connection);
    let get = || http::Request::get("https://localhost/").body(Empty::<Bytes>::new());
    let (one, two) = tokio::join!(sender.clone().send_request(get().unwrap()), async {
        sender.send_request(get().unwrap()).await
    });
    for answer in [one.unwrap(), two.unwrap()] {
        assert_eq!(answer.status(), 200);
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, "127.0.0.1");
    }
}

#[tokio::test]
async fn who_does_not_shake_hands_is_closed_and_makes_room() {
    let folder = Folder::new();
    let (certificate, _) = folder.write(2026, 2031);
    let server = running_over(2, Some(folder.open().unwrap())).await;
    let mut plain = server.connect().await;
    plain.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    closed(plain).await;
    let (first, second) = (server.connect().await, server.connect().await);
    let stream = shake(&server, &certificate, &[]).await;
    let answer = answer(stream.unwrap()).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    // Nothing is ever said on these; they end all the same.
    closed(first).await;
    closed(second).await;
}

#[tokio::test]
async fn a_new_certificate_is_taken_once_it_is_whole() {
    let folder = Folder::new();
    let (old, _) = folder.write(2026, 2031);
    let tls = folder.open().unwrap();
    let files = Arc::clone(&tls.files);
    let server = running_over(10, Some(tls)).await;
    assert!(!files.look(), "nothing changed");
    let (new, key) = folder.write(2026, 2041);
    fs::write(folder.names().key, "half of a k").unwrap();
    assert!(!files.look(), "it does not fit");
    shake(&server, &old, &[]).await.expect("the old one stays");
    fs::write(folder.names().key, key).unwrap();
    assert!(files.look());
    shake(&server, &new, &[]).await.expect("the new one");
    shake(&server, &old, &[])
        .await
        .expect_err("no longer the old one");
    fs::remove_file(folder.names().key).unwrap();
    assert!(!files.look());
    shake(&server, &new, &[]).await.expect("it stays");
}

#[test]
fn files_that_are_no_good_are_told_before_anything_listens() {
    let folder = Folder::new();
    assert_eq!(folder.open().err().as_deref(), Some("FM0960"));
    folder.write(2026, 2031);
    assert!(folder.open().is_ok());
    let TlsFiles { certificate, key } = folder.names();
    let good = fs::read(&certificate).unwrap();
    fs::write(&certificate, fs::read(&key).unwrap()).unwrap();
    assert_eq!(folder.open().err().as_deref(), Some("FM0961"));
    fs::write(&certificate, &good).unwrap();
    fs::write(&key, &good).unwrap();
    assert_eq!(folder.open().err().as_deref(), Some("FM0961"));
    let other = KeyPair::generate().unwrap().serialize_der();
    fs::write(&key, pem("PRIVATE KEY", &other)).unwrap();
    assert_eq!(folder.open().err().as_deref(), Some("FM0962"));
    folder.write(2020, 2026);
    assert_eq!(folder.open().err().as_deref(), Some("FM0963"));
    folder.write(2027, 2031);
    assert_eq!(folder.open().err().as_deref(), Some("FM0963"));
}
