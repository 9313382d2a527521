//! Tools that ask, tell how far they are, and write into the client's log.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use fastmcp::item::LogLevel;
use fastmcp::testing::{Caller, Client, Error, Reply, Revision};
use serde_json::json;

use crate::notes;

/// Those whose clients can be asked for everything.
const ASKABLE: [Revision; 3] = [
    Revision::V2026_07_28,
    Revision::V2025_11_25,
    Revision::V2025_06_18,
];

#[tokio::test]
async fn questions_are_answered_by_the_test() -> Result<(), Error> {
    let server = Client::of(notes());
    for revision in ASKABLE {
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&asked);
        let bob = server
            .signed_in(Caller::new("bob"))
            .speaking(revision)
            .on_elicit(move |form| {
                counted.fetch_add(1, Ordering::SeqCst);
                assert_eq!(form.message(), "For how many?");
                assert!(form.schema().is_some() && form.url().is_none());
                Reply::Accept(json!({ "seats": 4 }))
            })
            .on_sample(|asked| format!("of {} tokens", asked.raw()["maxTokens"]))
            .roots([("file:///tables", "tables")]);
        let answer = bob.call("book", json!({})).await?;
        let expected = "4 seats, of 60 tokens, file:///tables";
        assert_eq!(answer.text(), expected, "{revision}");
        assert_eq!(asked.load(Ordering::SeqCst), 1, "{revision}");
    }
    Ok(())
}

#[tokio::test]
async fn a_person_may_say_no() -> Result<(), Error> {
    let server = Client::of(notes());
    for revision in ASKABLE {
        for no in [Reply::Decline, Reply::Cancel] {
            let bob = server.signed_in(Caller::new("bob")).speaking(revision);
            let bob = bob.on_elicit(move |_| no.clone());
            assert_eq!(bob.call("book", json!({})).await?.text(), "no table");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_client_without_answers_cannot_be_asked() {
    let server = Client::of(notes());
    for revision in Revision::ALL {
        let bob = server.signed_in(Caller::new("bob")).speaking(revision);
        let failed = bob.call("book", json!({})).await.unwrap_err();
        assert!(failed.text().contains("elicitation"), "{failed}");
    }
}

#[tokio::test]
async fn progress_and_log_come_with_the_answer() -> Result<(), Error> {
    let server = Client::of(notes());
    for revision in Revision::ALL {
        let bob = server.signed_in(Caller::new("bob")).speaking(revision);
        let answer = bob.call("work", json!({})).await?;
        assert_eq!(answer.text(), "worked");
        let [first, last] = answer.progress() else {
            panic!("{revision}: {answer:?}");
        };
        assert_eq!(first.total, Some(2.0));
        assert_eq!(last.message.as_deref(), Some("done"));
        let [info, warning] = answer.log() else {
            panic!("{revision}: {answer:?}");
        };
        assert_eq!(
            (info.level, &info.data),
            (LogLevel::Info, &json!("half way"))
        );
        assert_eq!(warning.level, LogLevel::Warning);
    }
    Ok(())
}
