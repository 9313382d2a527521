//! The consent form as a browser sends it back: what was sealed for it, or nothing.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue, Response};

use super::super::browser::BrowserId;
use super::super::form::Form;
use super::super::{OAuthProxy, ProxyOptions, consent};
use crate::keys::{Keys, Purpose};
use crate::ledger::fuzz::in_memory;
use crate::ledger::{AuthorizationRequest, CodeBinding};
use crate::parts::fuzz::edited;
use crate::parts::{Clock, Parts, Random};
use crate::provider;
use crate::secret::Secret;
use crate::spec::{CodeChallenge, RedirectUri, Scopes};

const NOW: u64 = 1_800_000_000;

/// One page in one browser, and the same page sealed for another.
struct World {
    proxy: OAuthProxy,
    request: AuthorizationRequest,
    /// The cookie, the sealed form, and its token.
    own: [String; 3],
    others: [String; 3],
}

/// What is sent: a choice of pieces of both pages, and changes to one of them.
pub fn page(data: &[u8]) {
    static WORLD: OnceLock<World> = OnceLock::new();
    let world = WORLD.get_or_init(World::new);
    let Some(([chosen, changed], edits)) = data.split_first_chunk::<2>() else {
        return;
    };
    let mut sent = [0, 1, 2].map(|piece| {
        let of = if chosen >> piece & 1 == 0 {
            &world.own
        } else {
            &world.others
        };
        of[piece].clone()
    });
    let piece = &mut sent[usize::from(changed % 3)];
    if let Ok(text) = String::from_utf8(edited(piece.as_bytes(), edits)) {
        *piece = text;
    }
    let is_genuine = sent == world.own || sent == world.others;
    let opened = world.open(&sent);
    assert!(opened.is_some() || !is_genuine, "{sent:?}");
    if let Some(request) = opened {
        assert_eq!(request, world.request);
        assert!(is_genuine || world.says_the_same(&sent), "{sent:?}");
    }
    opens_alone(world, &sent[1], edits);
}

/// What was sealed for one purpose and one context opens for these alone.
fn opens_alone(world: &World, sealed: &str, context: &[u8]) {
    let keys = &world.proxy.0.keys;
    let purposes = [
        Purpose::Jwt,
        Purpose::Storage,
        Purpose::Consent,
        Purpose::Handles,
        Purpose::Requests,
    ];
    for purpose in purposes {
        assert!(keys.open(purpose, context, sealed).is_none());
    }
}

impl World {
    fn new() -> Self {
        let proxy = proxy();
        let (Ok(redirect_uri), Ok(code_challenge), Ok(scopes)) = (
            RedirectUri::parse("http://127.0.0.1/cb"),
            CodeChallenge::parse(&"a".repeat(43)),
            Scopes::parse("openid"),
        ) else {
            unreachable!("these are good");
        };
        let request = AuthorizationRequest {
            transaction: "transaction".to_owned(),
            binding: CodeBinding {
                client_id: "client".to_owned(),
                redirect_uri,
                code_challenge,
                resource: "https://s.test/mcp".to_owned(),
                published: None,
            },
            client_name: None,
            state: Some("state".to_owned()),
            scopes,
            expires_at: NOW + 600,
        };
        let sent_from = |browser: &BrowserId| {
            let mut response = Response::new(());
            proxy.0.cookie.set(&mut response, browser, 600);
            let cookie = response.headers()[http::header::SET_COOKIE].to_str();
            let cookie = cookie.unwrap_or_default().split(';').next();
            [
                cookie.unwrap_or_default().to_owned(),
                consent::seal(&proxy.0, &request, browser).unwrap_or_default(),
                consent::csrf(&proxy.0, &request, browser),
            ]
        };
        let random = &proxy.0.parts.random;
        let (own, others) = (BrowserId::fresh(random), BrowserId::fresh(random));
        Self {
            own: sent_from(&own),
            others: sent_from(&others),
            request,
            proxy,
        }
    }

    fn open(&self, [cookie, form, csrf]: &[String; 3]) -> Option<AuthorizationRequest> {
        let cookie = HeaderValue::from_str(cookie).ok()?;
        let headers = HeaderMap::from_iter([(COOKIE, cookie)]);
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.append_pair("form", form).append_pair("csrf", csrf);
        let form = Form::parse(body.finish().as_bytes()).ok()?;
        let opened = consent::open(&self.proxy.0, &headers, &form).ok()?;
        Some(opened.0)
    }

    /// Whether a cookie header that is not equal still holds the same cookie, and the rest is
    /// equal.
    fn says_the_same(&self, sent: &[String; 3]) -> bool {
        [&self.own, &self.others].into_iter().any(|genuine| {
            let mut pairs = sent[0].split(';').map(str::trim);
            let same_proof =
                URL_SAFE_NO_PAD.decode(&sent[2]) == URL_SAFE_NO_PAD.decode(&genuine[2]);
            pairs.any(|pair| pair == genuine[0]) && sent[1] == genuine[1] && same_proof
        })
    }
}

fn proxy() -> OAuthProxy {
    let Ok(mut parts) = Parts::system(Duration::from_secs(1)) else {
        unreachable!("TLS is there");
    };
    parts.clock = Clock::new(|| UNIX_EPOCH + Duration::from_secs(NOW));
    // Each draw differs from the last, and a failure can be repeated.
    let drawn = AtomicU8::new(0);
    parts.random = Random::new(move |bytes| {
        for byte in bytes {
            *byte = drawn.fetch_add(1, Ordering::Relaxed);
        }
    });
    let keys = Keys::from_master([7; 32]);
    let ledger = in_memory(keys, parts);
    let options = ProxyOptions {
        base_url: "https://s.test".to_owned(),
        upstream_client_id: "id".to_owned(),
        upstream_client_secret: Some(Secret::from("a secret of the provider's")),
        ..ProxyOptions::default()
    };
    match OAuthProxy::new(options, provider::google(), &ledger, None) {
        Ok(proxy) => proxy,
        Err(problems) => unreachable!("{problems:?}"),
    }
}
