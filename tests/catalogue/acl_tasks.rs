//! What a call leaves behind that goes on after its answer.

use serde_json::{Value, json};
use tests::mcp::{Mcp, message};

use crate::acl::login_as;
use crate::case::cases;
use crate::outcome::Status;
use crate::setup::{S, Setup};

cases! {
    "ACL-14" Each results_of_tasks,
}

/// A client that can hold tasks.
fn holder(s: &S, access: &str) -> Mcp {
    s.mcp(access)
        .declaring(json!({"extensions": {"io.modelcontextprotocol/tasks": {}}}))
}

/// Begins the admins' task, and gives its id.
async fn begun(mcp: &Mcp, days: u32) -> String {
    let answer = mcp.call("admin_task", json!({"days": days})).await;
    let result = &message(&answer)["result"];
    assert_eq!(result["resultType"], "task", "{answer:?}");
    result["taskId"].as_str().expect("an id").to_owned()
}

async fn status(mcp: &Mcp, id: &str) -> Value {
    let answer = mcp.request("tasks/get", json!({"taskId": id})).await;
    message(&answer)["result"].clone()
}

/// Waits until the task is done.
async fn done(mcp: &Mcp, id: &str) -> Value {
    for _ in 0..200 {
        let task = status(mcp, id).await;
        if task["status"] == "completed" {
            return task;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the task does not end")
}

async fn results_of_tasks(setup: Setup) {
    let s = setup.start().await;
    let (c, x) = (s.c().await, s.x().await);
    let tokens = login_as(&s, &c, &json!(["admin"])).await;
    let ada = holder(&s, &tokens.access);
    let (over, running) = (begun(&ada, 1).await, begun(&ada, 0).await);
    let task = done(&ada, &over).await;
    let text = &task["result"]["content"][0]["text"];
    assert_eq!(text, "forty-two after 1 days", "{task}");
    // Another client of the same user, another user of the same client: as for no task at all.
    let elsewhere = login_as(&s, &x, &json!(["admin"])).await;
    s.person("mallory", json!({"roles": ["admin"]})).await;
    let mallory = c.login_with(&[("scope", "openid")]).await;
    for other in [&elsewhere, &mallory] {
        let other = holder(&s, &other.access);
        for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
            let ask = |id: &str| {
                let params = json!({"taskId": id, "inputResponses": {"k": {"action": "accept"}}});
                other.request(method, params)
            };
            let nobodys = ask("never-was").await;
            assert_eq!(message(&nobodys)["error"]["code"], -32602, "{nobodys:?}");
            for id in [&over, &running] {
                let theirs = ask(id).await;
                assert_eq!(
                    (theirs.status, theirs.body),
                    (nobodys.status, nobodys.body.clone())
                );
            }
        }
    }
    assert_eq!(status(&ada, &running).await["status"], "working");
    // The right that the tool asks for was taken meanwhile.
    let plain = login_as(&s, &c, &json!([])).await;
    let plain = holder(&s, &plain.access);
    for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
        let params = json!({"taskId": over, "inputResponses": {}});
        s.expect(method, plain.request(method, params), Status(403))
            .await;
    }
    // The login was revoked: nothing is delivered for its token.
    Status(200).of("revoked", &c.revoke(&tokens.refresh).await);
    if s.ports.len() > 1 {
        s.wait(6);
    }
    for id in [&over, &running] {
        let params = json!({"taskId": id});
        s.expect("revoked", ada.request("tasks/get", params), Status(401))
            .await;
    }
}
