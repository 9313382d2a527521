//! An encrypted stream as the PostgreSQL client wants it.
//!
//! It tells the hash of the server's certificate (`tls-server-end-point`, RFC 5929), so that a
//! SCRAM exchange is bound to this very connection: whoever sits in between with a certificate of
//! their own cannot pass it on. They can still ask for the password itself, unless the address says
//! `channel_binding=require` or an `sslmode` that checks certificates.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use sha2::{Digest as _, Sha256, Sha384, Sha512};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::Socket;
use tokio_postgres::tls::{ChannelBinding, TlsStream};

type Inner = tokio_rustls::client::TlsStream<Socket>;

pub(super) struct Stream(Box<Inner>);

impl Stream {
    pub(super) fn new(stream: Inner) -> Self {
        Self(Box::new(stream))
    }
}

impl TlsStream for Stream {
    fn channel_binding(&self) -> ChannelBinding {
        let certificates = self.0.get_ref().1.peer_certificates();
        let hash = certificates.and_then(|chain| end_point(chain.first()?));
        hash.map_or_else(ChannelBinding::none, ChannelBinding::tls_server_end_point)
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0).poll_shutdown(cx)
    }
}

/// The hash of a certificate, by the hash function that its signature uses, or SHA-256 instead of
/// MD5 and SHA-1; `None` where the signature does not say one.
fn end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    // Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm SEQUENCE { OID, … }, … }
    let (SEQUENCE, whole, _) = element(certificate)? else {
        return None;
    };
    let (_, _, rest) = element(whole)?;
    let (_, algorithm, _) = element(rest)?;
    let (OBJECT_IDENTIFIER, name, _) = element(algorithm)? else {
        return None;
    };
    let (family, function) = name.split_last_chunk::<1>()?;
    match (family, function[0]) {
        (RSA, 4 | 5 | 11) | (ECDSA_SHA1, 1) | (ECDSA_SHA2, 2) => {
            Some(Sha256::digest(certificate).to_vec())
        }
        (RSA, 12) | (ECDSA_SHA2, 3) => Some(Sha384::digest(certificate).to_vec()),
        (RSA, 13) | (ECDSA_SHA2, 4) => Some(Sha512::digest(certificate).to_vec()),
        _ => None,
    }
}

const SEQUENCE: u8 = 0x30;
const OBJECT_IDENTIFIER: u8 = 6;
/// 1.2.840.113549.1.1: PKCS #1.
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1];
/// 1.2.840.10045.4.
const ECDSA_SHA1: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4];
/// 1.2.840.10045.4.3.
const ECDSA_SHA2: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3];

/// The first DER element: its tag, its content, and what follows it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, first], mut rest) = der.split_first_chunk::<2>()?;
    let length = if first < 0x80 {
        usize::from(first)
    } else {
        let (digits, after) = rest.split_at_checked(usize::from(first & 0x7f))?;
        rest = after;
        digits.iter().try_fold(0_usize, |length, digit| {
            length.checked_mul(256)?.checked_add(usize::from(*digit))
        })?
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The frame of a certificate that is signed in this way.
    fn certificate(algorithm: &[u8]) -> Vec<u8> {
        let length = |length: usize| u8::try_from(length).unwrap();
        let name = [&[6, length(algorithm.len())], algorithm].concat();
        let body = [
            // A long form of a length, as certificates have.
            &[0x30, 0x81, 2, 5, 0, 0x30, length(name.len())],
            &name[..],
            &[3, 1, 0],
        ]
        .concat();
        [&[0x30, length(body.len())], &body[..]].concat()
    }

    #[test]
    fn the_hash_is_the_one_of_the_signature() {
        let with = |family: &[u8], function| {
            let certificate = certificate(&[family, &[function]].concat());
            end_point(&certificate).map(|hash| hash.len())
        };
        for (family, function, wanted) in [
            (RSA, 5, Some(32)),
            (RSA, 11, Some(32)),
            (RSA, 12, Some(48)),
            (RSA, 13, Some(64)),
            (RSA, 10, None),
            (ECDSA_SHA1, 1, Some(32)),
            (ECDSA_SHA2, 2, Some(32)),
            (ECDSA_SHA2, 4, Some(64)),
        ] {
            assert_eq!(with(family, function), wanted, "{function}");
        }
        let whole = certificate(RSA);
        for end in 0..whole.len() {
            assert_eq!(end_point(&whole[..end]), None);
        }
    }
}
