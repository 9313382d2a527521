//! The browser's cookie: a random id that binds page, decision and return to one browser.
//!
//! `__Host-fastmcp-<server>` = id ‖ `.` ‖ MAC, so a cookie that this server did not make counts as
//! none. It says nothing about a user and lives only as long as a login takes. The name ends in a
//! hash of the base URL: servers on one host have one cookie each and do not overwrite one
//! another's.
//!
//! On plain http, which is loopback only, browsers drop `Secure` cookies and with them the
//! `__Host-` prefix; the name then goes without. On https the unprefixed name is never read.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Response};

use crate::audit::AuditId;
use crate::keys::{Keys, Purpose};
use crate::ledger::Browser;
use crate::parts::Random;
use crate::secret::Secret;
use crate::spec::BaseUrl;

/// Length of an id: 32 bytes in base64url.
const ID_LENGTH: usize = 43;
/// Length of a MAC, in bytes.
const MAC: usize = 16;

/// The id of a browser.
#[derive(Clone)]
pub(super) struct BrowserId(Secret);

impl BrowserId {
    pub(super) fn fresh(random: &Random) -> Self {
        Self(Secret::from(random.token()))
    }

    /// What is sealed for this browser opens with these bytes alone.
    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.expose().as_bytes()
    }

    /// The browser as the ledger knows it.
    pub(super) fn browser(&self) -> Browser {
        Browser::of_cookie(&self.0)
    }
}

/// Name and attributes of one server's cookie.
#[derive(Clone)]
pub(super) struct Cookie {
    name: String,
    secure: bool,
    keys: Keys,
}

impl Cookie {
    pub(super) fn new(base_url: &BaseUrl, keys: Keys) -> Self {
        let secure = base_url.is_https();
        let prefix = if secure { "__Host-" } else { "" };
        let name = format!("{prefix}fastmcp-{}", AuditId::of(base_url.as_str()));
        Self { name, secure, keys }
    }

    /// The id of the browser that sent `headers`, if it has one of ours.
    pub(super) fn read(&self, headers: &HeaderMap) -> Option<BrowserId> {
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(name, _)| *name == self.name)
            .find_map(|(_, value)| self.open(value))
    }

    fn open(&self, value: &str) -> Option<BrowserId> {
        let (id, mac) = value.split_once('.')?;
        let mac: [u8; MAC] = URL_SAFE_NO_PAD.decode(mac).ok()?.try_into().ok()?;
        let is_ours = id.len() == ID_LENGTH
            && self
                .keys
                .made(Purpose::Consent, &[b"browser", id.as_bytes()], &mac);
        is_ours.then(|| BrowserId(Secret::from(id)))
    }

    fn mac(&self, id: &str) -> String {
        let mac = self
            .keys
            .mac(Purpose::Consent, &[b"browser", id.as_bytes()]);
        URL_SAFE_NO_PAD.encode(&mac[..MAC])
    }

    /// Lets the browser keep `id` for another `max_age` seconds.
    pub(super) fn set<B>(&self, response: &mut Response<B>, id: &BrowserId, max_age: u64) {
        let id = id.0.expose();
        let secure = if self.secure { "; Secure" } else { "" };
        let cookie = format!(
            "{}={id}.{}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}",
            self.name,
            self.mac(id)
        );
        // Names, ids and MACs are base64url and hex: this is always a valid header.
        if let Ok(mut cookie) = HeaderValue::from_str(&cookie) {
            cookie.set_sensitive(true);
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookie(base: &str) -> Cookie {
        let keys = Keys::ephemeral(&Random::system());
        Cookie::new(&BaseUrl::parse(base).unwrap(), keys)
    }

    fn sent(cookie: &Cookie, id: &BrowserId) -> String {
        let mut response = Response::new(());
        cookie.set(&mut response, id, 600);
        response.headers()[SET_COOKIE].to_str().unwrap().to_owned()
    }

    fn headers(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(COOKIE, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn comes_back_as_it_was_set() {
        let cookie = cookie("https://s.test");
        let id = BrowserId::fresh(&Random::system());
        let set = sent(&cookie, &id);
        assert!(set.starts_with("__Host-fastmcp-"), "{set}");
        let attributes = "; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure";
        assert!(set.ends_with(attributes), "{set}");
        let pair = set.split(';').next().unwrap();
        let read = cookie.read(&headers(&format!("a=b; {pair}; c=d"))).unwrap();
        assert_eq!(read.as_bytes(), id.as_bytes());
    }

    #[test]
    fn another_name_or_another_value_is_no_cookie() {
        let cookie = cookie("https://s.test");
        let set = sent(&cookie, &BrowserId::fresh(&Random::system()));
        let pair = set.split(';').next().unwrap();
        let unprefixed = pair.replace("__Host-", "");
        assert!(cookie.read(&headers(&unprefixed)).is_none());
        // The first of the MAC: the last has bits that no decoder takes otherwise.
        let (before, mac) = pair.rsplit_once('.').unwrap();
        let changed = if mac.starts_with('A') { "B" } else { "A" };
        let forged = format!("{before}.{changed}{}", &mac[1..]);
        assert!(cookie.read(&headers(&forged)).is_none());
        assert!(cookie.read(&HeaderMap::new()).is_none());
    }

    #[test]
    fn plain_http_has_no_prefix_and_no_secure() {
        let cookie = cookie("http://localhost:8000");
        let set = sent(&cookie, &BrowserId::fresh(&Random::system()));
        assert!(
            set.starts_with("fastmcp-") && !set.contains("Secure"),
            "{set}"
        );
    }
}
