//! Answers without the upstream tokens that were handed out to who made them. What a call says on
//! its way is masked where it leaves its `Context`.

use std::borrow::Cow;

use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::answer::RpcError;
use super::dispatch::ToolResult;
use super::operation::Performed;
use crate::auth::{AuthSession, Mask};

type Answer = Result<Performed, RpcError>;

/// The answer to a call of `session`, fit to leave the process.
pub(super) fn masked(session: Option<&AuthSession>, mut answer: Answer) -> Answer {
    let Some(mask) = session.and_then(AuthSession::mask) else {
        return answer;
    };
    let mut each = |text: &mut String| mask.clean_text(text);
    match &mut answer {
        Ok(Performed::Called(result)) => {
            let blocks = result.content.iter_mut();
            blocks.for_each(|block| block.each_text(&mut each));
            data(&mask, result);
        }
        Ok(Performed::Read(result)) => result.each_text(&mut each),
        Ok(Performed::Got(result)) => result.each_text(&mut each),
        Err(error) => {
            if let Cow::Owned(without) = mask.apply(&error.message) {
                error.message = without.into();
            }
            if let Some(data) = &mut error.data {
                mask.clean(data);
            }
        }
    }
    answer
}

/// Texts of a function that was lent `session`, fit to leave the process.
pub(super) fn masked_texts<'a>(
    session: Option<&AuthSession>,
    texts: impl IntoIterator<Item = &'a mut String>,
) {
    if let Some(mask) = session.and_then(AuthSession::mask) {
        texts.into_iter().for_each(|text| mask.clean_text(text));
    }
}

fn data(mask: &Mask, result: &mut ToolResult) {
    let Some(raw) = result.structured_content.as_deref().map(RawValue::get) else {
        return;
    };
    if !mask.finds(raw) {
        return;
    }
    // What is JSON stays JSON; should it ever not be, it is left out.
    let parsed: Option<Value> = serde_json::from_str(raw).ok();
    result.structured_content = parsed.and_then(|mut parsed| {
        mask.clean(&mut parsed);
        to_raw_value(&parsed).ok()
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::auth::lending;
    use crate::item::{Content, ResourceLink};

    const TOKEN: &str = "upstream/token+1";

    fn result() -> ToolResult {
        let data = json!({ "a": [{ TOKEN: format!("x {TOKEN}") }], "b": 1.5 });
        ToolResult {
            content: vec![
                Content::text(format!("it said {TOKEN}")),
                Content::text_resource("a://b", "text/plain", TOKEN),
                ResourceLink::new("https://x.test/?t=upstream%2Ftoken%2B1", "x").into(),
            ],
            structured_content: Some(to_raw_value(&data).unwrap()),
            ..ToolResult::failed("")
        }
    }

    fn told(answer: Answer) -> String {
        match answer {
            Ok(Performed::Called(result)) => serde_json::to_string(&result).unwrap(),
            Err(error) => String::from_utf8(error.to_bytes(None)).unwrap(),
            Ok(_) => panic!("another kind of answer"),
        }
    }

    #[tokio::test]
    async fn a_token_that_was_handed_out_is_in_no_part_of_an_answer() {
        let session = lending(TOKEN);
        let same = told(masked(Some(&session), Ok(Performed::Called(result()))));
        assert!(same.contains(TOKEN), "nobody has it from here: {same}");
        let lent = session.clone();
        lent.access_token().await.unwrap();
        let said = told(masked(Some(&session), Ok(Performed::Called(result()))));
        assert!(!said.contains("upstream"), "{said}");
        assert_eq!(said.matches("[masked]").count(), 5, "{said}");
        assert!(said.contains(r#""b":1.5"#), "{said}");
        let error = RpcError::failed(format!("no {TOKEN}")).about(TOKEN);
        let said = told(masked(Some(&session), Err(error)));
        assert!(!said.contains("upstream"), "{said}");
    }
}
