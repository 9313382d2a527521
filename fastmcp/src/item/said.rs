//! What a call says to its client, without the upstream tokens that were handed out to it.
//!
//! Everything passes here that a function tells or asks while it runs: progress, log and questions,
//! in both eras, in rounds and in tasks. Its answer is masked where calls end.

use super::{Ask, Context, Notice};
use crate::auth::{AuthSession, Mask};

impl Context {
    fn mask(&self) -> Option<Mask> {
        self.session().and_then(AuthSession::mask)
    }

    /// A notice, fit to leave the process.
    pub(super) fn masked_notice(&self, mut notice: Notice) -> Notice {
        if let Some(mask) = self.mask() {
            match &mut notice {
                Notice::Progress { message, .. } => mask.clean_text(message),
                Notice::Log { data, .. } => mask.clean(data),
                Notice::Message(message) => mask.clean(message),
                Notice::CloseStream => {}
            }
        }
        notice
    }

    /// A question, fit to leave the process.
    pub(super) fn masked_ask(&self, mut ask: Ask) -> Ask {
        if let Some(mask) = self.mask() {
            mask.clean(&mut ask.params);
            ask.key.iter_mut().for_each(|key| mask.clean_text(key));
        }
        ask
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use futures_util::future::BoxFuture;
    use serde_json::{Value, json};

    use super::*;
    use crate::auth::lending;
    use crate::item::{AskError, Asker, Capabilities, Fits, LogLevel, NoticeSink, Sampling};

    const TOKEN: &str = "upstream-token-1";

    /// A client that hears everything and answers nothing.
    #[derive(Clone, Default)]
    struct Client(Arc<Mutex<Vec<String>>>);

    impl Asker for Client {
        fn capabilities(&self) -> Capabilities {
            let everything = json!({
                "elicitation": { "form": {}, "url": {} }, "sampling": {}, "roots": {}
            });
            Capabilities::of(&everything)
        }

        fn ask<'a>(&'a self, ask: Ask, _: &'a Fits<'a>) -> BoxFuture<'a, Result<Value, AskError>> {
            self.0.lock().unwrap().push(format!("{ask:?}"));
            Box::pin(async { Err(AskError::Over) })
        }
    }

    async fn say_everything(cx: &Context) {
        cx.progress(0.1, format!("with {TOKEN}")).await;
        cx.progress_of(2.0, None, TOKEN).await;
        cx.info(format!("{TOKEN}, again")).await;
        cx.log(LogLevel::Error, json!({ TOKEN: [TOKEN] })).await;
        let form = json!({ "type": "object", "properties": {
            "n": { "type": "string", "description": TOKEN, "default": TOKEN }
        } });
        let asked = cx.elicit_schema(TOKEN, form).key(format!("key-{TOKEN}"));
        assert!(asked.await.is_err());
        let page = format!("https://x.test/?token={TOKEN}");
        assert!(cx.elicit_url(TOKEN, page).await.is_err());
        assert!(
            cx.sample(Sampling::new(TOKEN).system_prompt(TOKEN))
                .await
                .is_err()
        );
    }

    #[tokio::test]
    async fn a_token_that_was_handed_out_is_told_and_asked_of_nobody() {
        let client = Client::default();
        let heard = client.clone();
        let sink = NoticeSink::new(move |notice| {
            heard.0.lock().unwrap().push(format!("{notice:?}"));
        });
        let session = lending(TOKEN);
        let cx = Context::new(Some(sink))
            .with_session(Some(session.clone()))
            .with_log_level(Some(LogLevel::Debug))
            .with_asker(Some(Arc::new(client.clone())));
        say_everything(&cx).await;
        let said = std::mem::take(&mut *client.0.lock().unwrap());
        let all = said.iter().all(|it| it.contains(TOKEN));
        assert!(all && said.len() == 7, "nobody has it from here: {said:?}");
        session.access_token().await.unwrap();
        say_everything(&cx).await;
        for said in client.0.lock().unwrap().iter() {
            assert!(!said.contains(TOKEN) && said.contains("[masked]"), "{said}");
        }
    }
}
