//! Everything that the product logs while the catalogue runs, and every secret that it saw.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tests::http::Answer;
use tests::idp::Idp;
use tracing_subscriber::EnvFilter;

use crate::setup::S;

/// The product as talkative as it can be, what it is built on nearly so; the HTTP client of the tests
/// is no part of it.
const TALK: &str = "info,fastmcp=trace,hyper=debug,axum=trace,rmcp=debug";

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static SECRETS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// From now on the log is kept.
pub(crate) fn keep() {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(TALK))
        .with_ansi(false)
        .with_writer(|| Writer)
        .init();
}

struct Writer;

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        lock(&LOG).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How much is in the log.
pub(crate) fn length() -> usize {
    lock(&LOG).len()
}

/// What is in it from there on.
pub(crate) fn since(start: usize) -> String {
    String::from_utf8_lossy(&lock(&LOG)[start..]).into_owned()
}

/// Notes every secret of a case.
pub(crate) async fn note_secrets(idp: &Idp, started: &[S]) {
    let mut found = idp.issued().await;
    for call in idp.calls("token").await {
        found.extend(call.parameter("code_verifier").map(ToOwned::to_owned));
    }
    for s in started {
        let answers = lock(&s.diary).clone();
        for answer in &answers {
            read(answer, &mut found);
        }
    }
    found.retain(|secret| secret.len() >= 12);
    lock(&SECRETS).append(&mut found);
}

fn read(answer: &Answer, found: &mut Vec<String>) {
    if let Ok(body) = serde_json::from_str::<serde_json::Value>(&answer.body) {
        for name in ["access_token", "refresh_token", "client_secret"] {
            found.extend(body[name].as_str().map(ToOwned::to_owned));
        }
    }
    for url in answer.location().iter().chain([&answer.url]) {
        for (name, value) in url.query_pairs() {
            if matches!(&*name, "code" | "state" | "code_verifier") {
                found.push(value.into_owned());
            }
        }
    }
    for cookie in answer.headers.get_all("set-cookie") {
        let text = cookie.to_str().unwrap_or_default();
        let value = text.split(';').next().and_then(|pair| pair.split_once('='));
        found.extend(value.map(|(_, value)| value.to_owned()));
    }
}

/// The words that a text is made of: runs of the characters that tokens have, twelve at least.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_of_a_token = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    let words = text.split(move |c| !is_of_a_token(c));
    words.filter(|word| word.len() >= 12)
}

/// All of them, each once.
pub(crate) fn secrets() -> Vec<String> {
    let mut all = lock(&SECRETS).clone();
    all.sort_unstable();
    all.dedup();
    all
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
