//! The decision: by the browser that was shown the page, once, about what it showed.

use serde_json::json;
use tests::browser::Browser;
use tests::form::Form;
use tests::http::{Answer, FORM, encode, parameter};

use crate::case::cases;
use crate::outcome::{Page, Status, red};
use crate::party::{Attempt, C_CB, Party, X_CB};
use crate::setup::{S, Setup};

cases! {
    "CON-06" Each without_proof,
    "CON-07" Each another_browsers_page,
    "CON-09" Each unclear_answers,
    "CON-10" Each a_no,
    "CON-13" Each values_of_the_page,
    "CON-14" Each two_tabs,
    "CON-17" Each replays,
    "CON-18" Each reading,
    "CON-19" Each ten_minutes,
    "CON-21" Each changed_forms,
    "CON-22" Each changed_documents,
}

async fn shown(browser: &Browser, client: &Party) -> (Attempt, Answer) {
    let attempt = client.az(&[]);
    let page = browser.get(attempt.url.as_str()).await;
    assert_eq!(page.status, 200, "{page:?}");
    (attempt, page)
}

fn form(page: &Answer) -> Form {
    Form::find(&page.body).expect("a form")
}

/// Presses a button with this cookie, or without one.
async fn post(s: &S, fields: &[(&str, &str)], cookie: Option<&str>) -> Answer {
    let mut headers = vec![("content-type", FORM), ("accept", "text/html")];
    headers.extend(cookie.map(|cookie| ("cookie", cookie)));
    s.send("POST", "/oauth/consent", &headers, encode(fields))
        .await
}

async fn without_proof(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let browser = s.browser();
    let (_, page) = shown(&browser, &c).await;
    let (_, other) = shown(&browser, &c).await;
    let (form, other) = (form(&page), form(&other));
    let fields = form.pressed(Some("approve"));
    s.expect("no cookie", post(&s, &fields, None), Page(403))
        .await;
    let own = browser.cookies(&s.nodes_url()).unwrap();
    let name = own.split('=').next().unwrap();
    for cookie in [
        format!("{name}=x"),
        format!("{name}="),
        own.replace('.', ""),
    ] {
        s.expect(&cookie, post(&s, &fields, Some(&cookie)), Page(403))
            .await;
    }
    let foreign = other.value("csrf").unwrap().to_owned();
    for csrf in ["", "x", &"A".repeat(43), &foreign] {
        let press = browser.press(&page, Some("approve"), |form| form.set("csrf", csrf));
        s.expect(&format!("csrf {csrf}"), press, Page(403)).await;
    }
    let press = browser.press(&page, Some("approve"), |form| {
        form.fields.retain(|(name, _)| name != "csrf");
    });
    s.expect("no csrf", press, Page(403)).await;
    s.upstream_is_silent("without proof").await;
}

async fn another_browsers_page(setup: Setup) {
    let s = setup.start().await;
    let (c, x) = (s.c().await, s.x().await);
    let (victim, attacker) = (s.browser(), s.browser());
    let (_, own) = shown(&victim, &c).await;
    let (_, page) = shown(&attacker, &x).await;
    let submit = victim.press(&page, Some("approve"), |_| {});
    s.expect("the attacker's page", submit, Page(403)).await;
    let with_own = victim.press(&page, Some("approve"), |form| {
        form.set("csrf", self::form(&own).value("csrf").unwrap());
    });
    s.expect("with the victim's token", with_own, Page(403))
        .await;
    s.upstream_is_silent("another browser's page").await;
    // From another site, even the right page decides nothing.
    let fields = form(&own);
    let fields = fields.pressed(Some("approve"));
    let cookie = victim.cookies(&s.nodes_url()).unwrap();
    let headers = [
        ("content-type", FORM),
        ("accept", "text/html"),
        ("cookie", cookie.as_str()),
        ("origin", "https://x.test"),
        ("sec-fetch-site", "cross-site"),
    ];
    let cross = s.send("POST", "/oauth/consent", &headers, encode(&fields));
    s.expect("cross-site", cross, Page(403)).await;
}

async fn unclear_answers(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let browser = s.browser();
    let (_, page) = shown(&browser, &c).await;
    let lists: [&[&str]; 7] = [
        &[],
        &["maybe"],
        &["APPROVE"],
        &[""],
        &["approve "],
        &["deny", "approve"],
        &["approve", "approve"],
    ];
    for actions in lists {
        let press = browser.press(&page, None, |form| {
            form.buttons.clear();
            let actions = actions
                .iter()
                .map(|it| ("action".to_owned(), (*it).to_owned()));
            form.fields.extend(actions);
        });
        s.expect(&format!("{actions:?}"), press, Page(400)).await;
    }
    s.upstream_is_silent("unclear answers").await;
    let clear = browser.press(&page, Some("approve"), |_| {}).await;
    Status(303).of("the page is still good", &clear);
}

async fn a_no(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let browser = s.browser();
    let (attempt, page) = shown(&browser, &c).await;
    let answer = browser.press(&page, Some("deny"), |_| {}).await;
    red("deny", &answer, &attempt, "access_denied");
    let later = browser.press(&page, Some("approve"), |_| {});
    s.expect("approve after it", later, Page(400)).await;
    s.upstream_is_silent("a no").await;
}

async fn values_of_the_page(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let browser = s.browser();
    let (_, page) = shown(&browser, &c).await;
    let cookies = browser.cookies(&s.nodes_url()).unwrap();
    let mut values: Vec<_> = form(&page)
        .fields
        .into_iter()
        .map(|(_, value)| value)
        .collect();
    values.extend(
        cookies
            .split(['=', '.', ';'])
            .map(|it| it.trim().to_owned()),
    );
    values.extend([c.id.clone(), String::new()]);
    for value in &values {
        let query = encode(&[("code", "x"), ("state", value)]);
        let url = s.at(&format!("/oauth/callback?{query}"));
        s.expect(value, browser.get(&url), Page(400)).await;
    }
    s.upstream_is_silent("values of the page").await;
}

async fn two_tabs(setup: Setup) {
    let s = setup.start().await;
    let (c, l) = (s.c().await, s.l().await);
    for first in [0, 1] {
        let browser = s.browser();
        let tabs = [shown(&browser, &c).await, shown(&browser, &l).await];
        let mut ways = Vec::new();
        for (_, page) in &tabs {
            let answer = browser.press(page, Some("approve"), |_| {}).await;
            let callback = s.at("/oauth/callback");
            ways.push(browser.follow(answer, &callback).await.client());
        }
        for tab in [first, 1 - first] {
            let client = [&c, &l][tab];
            let attempt = &tabs[tab].0;
            let answer = browser.get(ways[tab].as_str()).await;
            let code = parameter(&answer.location().unwrap(), "code").expect("a code");
            Status(200).of("both complete", &client.redeem(attempt, &code).await);
        }
    }
}

async fn replays(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let browser = s.browser();
    let (_, page) = shown(&browser, &c).await;
    let answer = browser.press(&page, Some("approve"), |_| {}).await;
    browser.follow(answer, C_CB).await.client();
    for button in ["approve", "deny"] {
        let again = browser.press(&page, Some(button), |_| {});
        s.expect(button, again, Page(400)).await;
    }
}

async fn reading(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let browser = s.browser();
    let (_, page) = shown(&browser, &c).await;
    let form = form(&page);
    let query = encode(&form.pressed(Some("approve")));
    let url = s.at(&format!("/oauth/consent?{query}"));
    let cookie = browser.cookies(&s.nodes_url()).unwrap();
    let headers = [("cookie", cookie.as_str()), ("accept", "text/html")];
    for method in ["GET", "HEAD", "PUT"] {
        let read = s.http.send(method, &url, &headers, "");
        let answer = s.expect(method, read, Status(405)).await;
        assert_eq!(answer.header("allow"), Some("POST"));
    }
    let empty = [headers[0], headers[1], ("content-type", FORM)];
    let in_query = s.http.send("POST", &url, &empty, "");
    s.expect("POST with a query", in_query, Page(403)).await;
    s.upstream_is_silent("reading").await;
}

async fn ten_minutes(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    for (wait, expected) in [(599, Status(303)), (601, Page(400))] {
        let browser = s.browser();
        let (_, page) = shown(&browser, &c).await;
        s.wait(wait);
        let answer = browser.press(&page, Some("approve"), |_| {}).await;
        expected.of(&format!("after {wait} s"), &answer);
    }
}

async fn changed_forms(setup: Setup) {
    let s = setup.start().await;
    let (c, x) = (s.c().await, s.x().await);
    let browser = s.browser();
    let (_, page) = shown(&browser, &c).await;
    let (_, other) = shown(&browser, &x).await;
    let foreign = form(&other);
    for (name, value) in form(&page).fields {
        let mut changed = vec![String::new(), foreign.value(&name).unwrap().to_owned()];
        // A character in several places; the last one may carry bits that mean nothing.
        for at in [0, value.len() / 4, value.len() / 2, value.len() * 3 / 4] {
            let swapped = if &value[at..=at] == "A" { "B" } else { "A" };
            changed.push(format!("{}{swapped}{}", &value[..at], &value[at + 1..]));
        }
        for changed in changed {
            let press = browser.press(&page, Some("approve"), |form| form.set(&name, &changed));
            s.expect(&format!("{name} = {changed}"), press, Page(403))
                .await;
        }
    }
    s.upstream_is_silent("changed forms").await;
    // What is added beside the sealed request is not looked at.
    let answer = browser
        .press(&page, Some("approve"), |form| {
            form.set("scope", "openid notes:write admin");
            form.set("redirect_uri", X_CB);
            form.set("client_id", &x.id);
        })
        .await;
    let called = browser.follow(answer, C_CB).await.client();
    assert!(called.as_str().starts_with(C_CB), "{called}");
    let asked = s.calls("authorize").await;
    assert!(!asked[0].parameter("scope").unwrap().contains("admin"));
}

async fn changed_documents(setup: Setup) {
    let s = setup.start().await;
    let url = "https://editor.client.test/app";
    let client = s.published(url);
    let browser = s.browser();
    let (attempt, page) = shown(&browser, &client).await;
    let mut document = crate::publisher::document(url);
    document["client_name"] = json!("Somebody else");
    document["redirect_uris"] = json!([X_CB]);
    s.publisher.publish(url, &document);
    s.wait(3600 / 10); // longer than a document is kept, and no longer than a page lives
    let answer = browser.press(&page, Some("approve"), |_| {}).await;
    assert!(matches!(answer.status, 303 | 400), "{answer:?}");
    if answer.status == 303 {
        let called = browser.follow(answer, C_CB).await.client();
        let code = parameter(&called, "code").expect("a code at the old address");
        Status(200).of("the code", &client.redeem(&attempt, &code).await);
    }
}
