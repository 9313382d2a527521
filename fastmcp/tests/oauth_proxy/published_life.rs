//! How long what a client published counts, for whom, and how many may be read at once.

use std::sync::Arc;
use std::time::Duration;

use fastmcp::store::MemoryStore;
use futures_util::future::join_all;
use http::Method;
use http::header::RETRY_AFTER;
use serde_json::json;

use crate::published::{URL, ask, fixture, redemption, renewal};
use crate::publisher::{Act, Publisher, answer, document, json_answer};
use crate::support::*;

#[tokio::test]
async fn a_login_goes_by_what_was_published_when_it_began_on_every_node() {
    let publisher = Publisher::start().await;
    let (store, keys) = (Arc::new(MemoryStore::new()), fresh_keys());
    let node = async || {
        let foreign = publisher.foreign();
        server_within(foreign, store.clone(), &keys, |_| ()).await
    };
    let (first, second) = (node().await, node().await);
    publisher.client(URL);
    let browser = Browser::new(&first);
    let page = browser.open(&authorize_url(URL, &[])).await;
    // It vanishes; the page is decided on the other node, which has never read it.
    publisher.withdraw(URL);
    let browser = Browser {
        server: &second,
        cookies: browser.cookies,
    };
    let state = browser
        .decide(&page, "approve")
        .await
        .param("state")
        .unwrap();
    let browser = Browser {
        server: &first,
        cookies: browser.cookies,
    };
    let code = browser.come_back(&state).await.param("code").unwrap();
    // It comes back, and somebody else connects, as a client that has no refresh tokens.
    let mut changed = document(URL);
    changed["grant_types"] = json!(["authorization_code"]);
    publisher.publish(URL, &changed);
    let later = node().await;
    let other = Browser::new(&later).login(&authorize_url(URL, &[])).await;
    let bound = later.token(&redemption(URL, &other)).await.json();
    assert_eq!(bound.get("refresh_token"), None, "{bound}");
    let tokens = second.token(&redemption(URL, &code)).await.json();
    publisher.withdraw(URL);
    // A process that starts now knows nothing but the store.
    let restarted = node().await;
    let tokens = restarted.token(&renewal(URL, &tokens)).await.json();
    assert!(tokens["refresh_token"].is_string(), "{tokens}");
    let asked = publisher.heads().len();
    assert_eq!(asked, 2);
    Browser::new(&restarted)
        .get(&authorize_url(URL, &[]))
        .await
        .is_page(400);
    assert_eq!(publisher.heads().len(), asked + 1);
}

#[tokio::test]
async fn only_the_authorization_endpoint_asks() {
    let (publisher, server) = fixture(|_| ()).await;
    publisher.client(URL);
    let unknown = (401, "invalid_client".to_owned());
    assert_eq!(
        server.token(&redemption(URL, "code")).await.error(),
        unknown
    );
    let tokens = json!({"refresh_token": "token"});
    assert_eq!(server.token(&renewal(URL, &tokens)).await.error(), unknown);
    // Shown is not approved.
    let browser = Browser::new(&server);
    let page = browser.open(&authorize_url(URL, &[])).await;
    assert_eq!(
        server.token(&redemption(URL, "code")).await.error(),
        unknown
    );
    browser
        .decide(&page, "deny")
        .await
        .is_redirect_with("access_denied", Some("st a/te"));
    assert_eq!(
        server.token(&redemption(URL, "code")).await.error(),
        unknown
    );
    assert_eq!(publisher.heads().len(), 1);
    // A public client that shows a secret is not the client that we know.
    let code = browser.login(&authorize_url(URL, &[])).await;
    let mut form = redemption(URL, &code).to_vec();
    form.push(("client_secret", "s"));
    assert_eq!(server.token(&form).await.error(), unknown);
    assert_eq!(server.token(&redemption(URL, &code)).await.status, 200);
}

#[tokio::test]
async fn switched_off_a_url_is_nobody_and_is_not_announced() {
    let (publisher, server) = fixture(|options| options.client_id_metadata.enabled = false).await;
    publisher.client(URL);
    assert_eq!(
        server.proxy.metadata()["client_id_metadata_document_supported"],
        false
    );
    Browser::new(&server)
        .get(&authorize_url(URL, &[]))
        .await
        .is_page(400);
    assert_eq!(publisher.resolved(), Vec::<String>::new());
}

#[tokio::test]
async fn domains_and_ports_are_the_operators_choice() {
    let (publisher, server) = fixture(|options| {
        options.client_id_metadata.allowed_domains = Some(vec!["client.test".to_owned()]);
        options.client_id_metadata.ports = vec![8443];
    })
    .await;
    let welcome = "https://app.client.test:8443/client.json";
    publisher.client(welcome);
    let answer = Browser::new(&server)
        .get(&authorize_url(welcome, &[]))
        .await;
    answer.is_page(200);
    assert!(answer.body.contains("Published by app.client.test:8443"));
    assert_eq!(publisher.dialled()[0].port(), 8443);
    let others = [
        "https://app.client.test/client.json",
        "https://app.other.test:8443/c",
    ];
    for answer in ask(&server, &others.map(str::to_owned)).await {
        answer.is_page(400);
    }
    assert_eq!(publisher.resolved().len(), 1);
}

#[tokio::test]
async fn a_document_is_kept_as_long_as_it_says_within_bounds() {
    let (publisher, server) = fixture(|_| ()).await;
    let read = async |url: &str| {
        Browser::new(&server)
            .get(&authorize_url(url, &[]))
            .await
            .status
    };
    for (at, (cache, kept)) in [
        ("", 60),
        ("cache-control: max-age=600\r\n", 600),
        ("cache-control: no-store\r\n", 5),
        ("cache-control: max-age=0\r\n", 5),
        ("cache-control: max-age=31536000\r\n", 86_400),
    ]
    .into_iter()
    .enumerate()
    {
        let url = format!("https://app.client.test/k{at}");
        let fields = format!("content-type: application/json\r\n{cache}");
        let sent = answer(&fields, document(&url).to_string());
        publisher.act(&url, Act::Send(sent));
        let before = publisher.heads().len();
        assert_eq!(read(&url).await, 200);
        server.wait(kept - 1);
        assert_eq!(read(&url).await, 200);
        assert_eq!(publisher.heads().len(), before + 1, "{cache}");
        server.wait(1);
        assert_eq!(read(&url).await, 200);
        assert_eq!(publisher.heads().len(), before + 2, "{cache}");
    }
    // What fails is asked for again after five seconds.
    let url = "https://app.client.test/failing";
    assert_eq!(read(url).await, 400);
    publisher.client(url);
    assert_eq!(read(url).await, 400);
    server.wait(5);
    assert_eq!(read(url).await, 200);
}

#[tokio::test]
async fn many_who_need_one_document_ask_once() {
    let (publisher, server) = fixture(|_| ()).await;
    let slow = Duration::from_millis(200);
    let sent = json_answer(document(URL).to_string());
    publisher.act(URL, Act::Wait(slow, sent));
    let asked = (0..100).map(async |_| Browser::new(&server).get(&authorize_url(URL, &[])).await);
    for answer in join_all(asked).await {
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    assert_eq!(publisher.heads().len(), 1);
}

#[tokio::test]
async fn of_many_documents_eight_are_read_at_once_and_the_rest_may_come_again() {
    let (publisher, server) = fixture(|_| ()).await;
    let urls: Vec<_> = (0..100)
        .map(|at| format!("https://app.client.test/m{at}"))
        .collect();
    for url in &urls {
        let sent = json_answer(document(url).to_string());
        publisher.act(url, Act::Wait(Duration::from_millis(500), sent));
    }
    let asked = urls
        .iter()
        .map(async |url| Browser::new(&server).get(&authorize_url(url, &[])).await);
    let answers = join_all(asked).await;
    let (shown, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|it| it.status == 200);
    assert_eq!((shown.len(), refused.len()), (8, 92));
    assert_eq!(publisher.most(), 8);
    for answer in refused {
        answer.is_page(429);
        assert_eq!(answer.headers[RETRY_AFTER], "5");
    }
    // Nothing of that lasts; a program is told in JSON when it is its turn.
    let late = urls.last().unwrap();
    Browser::new(&server)
        .get(&authorize_url(late, &[]))
        .await
        .is_page(200);
    let busy = urls[1..90]
        .iter()
        .map(async |url| server.call(Method::GET, &authorize_url(url, &[])).await);
    let busy = join_all(busy).await;
    let refused = busy.iter().find(|answer| answer.status == 429).unwrap();
    assert_eq!(refused.error(), (429, "temporarily_unavailable".to_owned()));
    assert_eq!(refused.headers[RETRY_AFTER], "5");
}
