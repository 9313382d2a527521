//! What clients do all day.

use std::sync::Arc;

use serde_json::json;
use tests::client::{REDIRECT, Tokens};
use tests::form::Form;
use tests::http::{Answer, FORM, Http, encode, parameter};

use super::{Code, Family, Load};

impl Load {
    pub(super) async fn register_on(self) {
        let url = self.client.discovered.endpoint("registration_endpoint");
        let headers = [("content-type", "application/json")];
        let body = json!({
            "redirect_uris": [REDIRECT], "token_endpoint_auth_method": "client_secret_post",
        });
        while self.goes_on() {
            let sent = self.http.try_send("POST", &url, &headers, body.to_string());
            let Some(answer) = self.heard("register", sent.await).await else {
                continue;
            };
            if self.judge("register", answer.status == 201, &answer) {
                let body = answer.json();
                let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
                let mut known = self.known();
                known.clients.push(text("client_id"));
                known.secrets.push(text("client_secret"));
            }
        }
    }

    /// Logs in again and again; of the codes, every third is left for later.
    pub(super) async fn log_in_on(self) {
        let mut count = 0;
        while self.goes_on() {
            count += 1;
            if count % 3 == 0 {
                if let Some(code) = self.code().await {
                    self.known().codes.push(code);
                }
            } else if let Some((_, tokens)) = self.login().await {
                self.known().families.push(Family::of(tokens));
            }
        }
    }

    /// Logs in and then presents the code again, which ends the login.
    pub(super) async fn revoke_on(self) {
        while self.goes_on() {
            let Some((code, tokens)) = self.login().await else {
                continue;
            };
            let sent = self.redeem(&code).await;
            if let Some(answer) = self.heard("replay", sent).await {
                let refused = answer.outcome() == (400, Some("invalid_grant".into()));
                if self.judge("replay", refused, &answer) {
                    self.known().revoked.push(Family::of(tokens));
                }
            }
        }
    }

    pub(super) async fn call_on(self, access: String) {
        while self.goes_on() {
            let sent = self.call(&access).await;
            if let Some(answer) = self.heard("call", sent).await {
                self.judge("call", answer.status == 200, &answer);
            }
        }
    }

    pub(super) async fn refresh_on(self, mut family: Family) {
        while self.goes_on() {
            let sent = self.refresh(&family.latest).await;
            family.open = true;
            let Some(answer) = self.heard("refresh", sent).await else {
                continue;
            };
            if !self.judge("refresh", answer.status == 200, &answer) {
                return;
            }
            family.rotated(self.tokens(&answer));
        }
        self.known().families.push(family);
    }

    /// A whole login; nothing if its outcome was left open.
    pub(super) async fn login(&self) -> Option<(Code, Tokens)> {
        let mut code = self.code().await?;
        let sent = self.redeem(&code).await;
        let Some(answer) = self.heard("redeem", sent).await else {
            code.open = true;
            self.known().codes.push(code);
            return None;
        };
        if !self.judge("redeem", answer.status == 200, &answer) {
            return None;
        }
        self.known().spent.push(code.clone());
        Some((code, self.tokens(&answer)))
    }

    pub(super) fn tokens(&self, answer: &Answer) -> Tokens {
        let tokens = Tokens::read(answer);
        let mut known = self.known();
        known
            .secrets
            .extend([tokens.access.clone(), tokens.refresh.clone()]);
        drop(known);
        tokens
    }

    /// A login up to the code, by a browser of its own that may meet a broken connection.
    pub(super) async fn code(&self) -> Option<Code> {
        let attempt = self.client.begin();
        let browser = Http::with_cookies(Arc::default());
        let get = async |url: &str| {
            let sent = browser.try_send("GET", url, &[("accept", "text/html")], "");
            self.heard("browse", sent.await).await
        };
        let page = get(attempt.url.as_str()).await?;
        let form = Form::find(&page.body).filter(|_| page.status == 200);
        let Some(form) = form else {
            self.judge("page", false, &page);
            return None;
        };
        let url = page
            .url
            .join(&form.action)
            .expect("a form is sent to a URL");
        let body = encode(&form.pressed(Some("approve")));
        let headers = [("content-type", FORM), ("accept", "text/html")];
        let sent = browser.try_send("POST", url.as_str(), &headers, body).await;
        let mut answer = self.heard("approve", sent).await?;
        for _ in 0..4 {
            let Some(next) = answer.location() else { break };
            if next.as_str().starts_with(REDIRECT) {
                let error = parameter(&next, "error");
                if error.as_deref() == Some("temporarily_unavailable") {
                    self.tally().count("callback: temporarily_unavailable");
                    return None;
                }
                let code = parameter(&next, "code");
                self.judge("callback", code.is_some(), &answer);
                let code = code?;
                let mut known = self.known();
                let own = [&code, &attempt.verifier, &attempt.state];
                known.secrets.extend(own.map(Clone::clone));
                drop(known);
                return Some(Code {
                    attempt,
                    value: code,
                    open: false,
                });
            }
            // A browser whose callback broke comes again to a state that may be spent: a person
            // would start over, and so do we.
            answer = get(next.as_str()).await?;
        }
        self.judge("login", false, &answer);
        None
    }
}
