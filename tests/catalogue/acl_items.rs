//! One rule, whatever way leads to what it protects.

use serde_json::{Value, json};
use tests::http::Answer;
use tests::mcp::{Era, Mcp, message};

use crate::acl::{insufficient, login_as};
use crate::case::cases;
use crate::outcome::{B401, Status};
use crate::setup::{MCP, S, Setup};

cases! {
    "ACL-06" Once every_way,
}

async fn every_way(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let tokens = login_as(&s, &c, &json!([])).await;
    let call = json!({"name": "admin_tool", "arguments": {"days": 1}});
    let legacy = Mcp::connect_by(&s.http, MCP, Era::Legacy, Some(&tokens.access)).await;
    for mcp in [s.mcp(&tokens.access), legacy.clone()] {
        for method in [
            "tools/call",
            "tools/Call",
            "tool/call",
            "tasks/create",
            "prompts/get",
        ] {
            let answer = mcp.request(method, call.clone()).await;
            assert!(!answer.body.contains("forty-two"), "{method}: {answer:?}");
            assert_ne!(
                message(&answer)["error"],
                Value::Null,
                "{method}: {answer:?}"
            );
        }
        for method in [
            "resources/read",
            "resources/subscribe",
            "completion/complete",
        ] {
            let answer = mcp
                .request(method, json!({"uri": "tool://admin_tool"}))
                .await;
            assert_ne!(
                message(&answer)["error"],
                Value::Null,
                "{method}: {answer:?}"
            );
        }
    }
    // A batch, an alias by header, a version in `_meta`.
    let batch = json!([{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}]);
    let bearer = format!("Bearer {}", tokens.access);
    for (version, name) in [
        ("2025-03-26", "echo"),
        ("2025-11-25", "echo"),
        ("2026-07-28", "echo"),
    ] {
        let headers = [
            ("content-type", "application/json"),
            ("accept", "application/json, text/event-stream"),
            ("authorization", bearer.as_str()),
            ("mcp-protocol-version", version),
            ("mcp-method", "tools/call"),
            ("mcp-name", name),
        ];
        for body in [batch.to_string(), batch[0].to_string()] {
            let answer = s.send("POST", "/mcp", &headers, body).await;
            assert!(!answer.body.contains("forty-two"), "{version}: {answer:?}");
        }
    }
    for mcp in [s.mcp(&tokens.access), legacy.clone()] {
        items(&s, &mcp).await;
    }
    followed(&s, &legacy, &s.mcp(&tokens.access)).await;
    assert_eq!(s.touched.count(), 0, "NOEXEC");
    let stranger = Mcp::connect_by(&s.http, MCP, Era::Modern, None).await;
    for (method, params) in [of_admins(), of_two_scopes()].concat() {
        let case = format!("{method} {params}");
        let answer = s.expect(&case, stranger.request(method, params), B401(""));
        answer.await;
    }
    allowed(&s).await;
}

type Asked = (&'static str, Value);

/// Every way to what admins alone may use.
fn of_admins() -> Vec<Asked> {
    let of = json!({"name": "of", "value": "f"});
    let prompt = json!({"type": "ref/prompt", "name": "audit_prompt"});
    vec![
        ("resources/read", json!({"uri": "desk://ledger"})),
        (
            "prompts/get",
            json!({"name": "audit_prompt", "arguments": {"of": "x"}}),
        ),
        ("prompts/get", json!({"name": "audit_prompt"})),
        (
            "completion/complete",
            json!({"ref": prompt, "argument": of}),
        ),
    ]
}

/// Every way to what needs two scopes.
fn of_two_scopes() -> Vec<Asked> {
    let page = json!({"name": "page", "value": "f"});
    let template = json!({"type": "ref/resource", "uri": "desk://pages/{page}"});
    vec![
        ("resources/read", json!({"uri": "desk://pages/one"})),
        ("resources/read", json!({"uri": "desk://pages/%6fne"})),
        (
            "completion/complete",
            json!({"ref": template, "argument": page}),
        ),
    ]
}

/// What is listed, as one text.
async fn listed(mcp: &Mcp) -> String {
    let mut all = String::new();
    for method in ["resources/list", "resources/templates/list", "prompts/list"] {
        let answer = mcp.request(method, json!({})).await;
        Status(200).of(method, &answer);
        all.push_str(&message(&answer)["result"].to_string());
    }
    all
}

/// Resources, templates, prompts and what completes them.
async fn items(s: &S, mcp: &Mcp) {
    for (method, params) in of_admins() {
        let case = format!("{method} {params}");
        let answer = s.expect(&case, mcp.request(method, params), Status(403));
        says_nothing(&case, &answer.await);
    }
    for (method, params) in of_two_scopes() {
        let case = format!("{method} {params}");
        let answer = s.expect(&case, mcp.request(method, params), Status(403));
        let answer = answer.await;
        says_nothing(&case, &answer);
        let named = insufficient(&answer);
        assert!(named.contains("notes:share notes:write"), "{case}: {named}");
    }
    for uri in [
        "DESK://ledger",
        "desk://ledger/",
        "desk://%6cedger",
        "desk://pages/../ledger",
        "desk:ledger",
    ] {
        let params = json!({ "uri": uri });
        let answer = mcp.request("resources/read", params).await;
        assert_ne!(message(&answer)["error"], Value::Null, "{uri}: {answer:?}");
        says_nothing(uri, &answer);
    }
    let listed = listed(mcp).await;
    assert!(listed.contains("desk://hours"), "{listed}");
    for hidden in ["ledger", "desk://pages", "audit_prompt"] {
        assert!(!listed.contains(hidden), "{hidden} in {listed}");
    }
}

/// What follows a resource asks the same.
async fn followed(s: &S, legacy: &Mcp, modern: &Mcp) {
    for uri in ["desk://ledger", "desk://pages/one"] {
        let asked = legacy.request("resources/subscribe", json!({ "uri": uri }));
        let answer = s.expect(uri, asked, Status(403)).await;
        says_nothing(uri, &answer);
    }
    let asked = json!({"notifications": {"resourceSubscriptions": ["desk://pages/one"]}});
    let asked = modern.request("subscriptions/listen", asked);
    let answer = s.expect("listening", asked, Status(403)).await;
    insufficient(&answer);
}

fn says_nothing(case: &str, answer: &Answer) {
    for inside in ["forty-two", "forty-three"] {
        assert!(!answer.body.contains(inside), "{case}: {answer:?}");
    }
}

/// The same ways lead there for those who may.
async fn allowed(s: &S) {
    let c = s.c().await;
    s.person("ada", json!({"roles": ["admin"]})).await;
    let scopes = [("scope", "openid notes:write notes:share")];
    let tokens = c.login_with(&scopes).await;
    let mcp = s.mcp(&tokens.access);
    for (method, params) in [of_admins(), of_two_scopes()].concat() {
        if method == "prompts/get" && params.get("arguments").is_none() {
            continue;
        }
        let case = format!("{method} {params}");
        let before = s.touched.count();
        let answer = mcp.request(method, params).await;
        Status(200).of(&case, &answer);
        assert!(answer.body.contains("forty-two"), "{case}: {answer:?}");
        assert_eq!(s.touched.count(), before + 1, "{case}");
    }
    let listed = listed(&mcp).await;
    for shown in ["desk://ledger", "desk://pages/{page}", "audit_prompt"] {
        assert!(listed.contains(shown), "{shown} in {listed}");
    }
}
