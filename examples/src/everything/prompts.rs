//! What a person can start with.

use fastmcp::item::{Content, PromptMessage};
use fastmcp::prelude::*;

use crate::content::PIXEL;

/// A prompt that takes nothing.
#[prompt]
fn test_simple_prompt() -> &'static str {
    "This is a simple prompt for testing."
}

/// A prompt that takes two texts.
#[prompt]
fn test_prompt_with_arguments(
    /// The first one.
    #[arg(complete = ["testing", "tested", "other"])]
    arg1: String,
    /// The second one.
    arg2: String,
) -> String {
    format!("Prompt with arguments: arg1='{arg1}', arg2='{arg2}'")
}

/// A prompt that has a resource in it.
#[prompt]
fn test_prompt_with_embedded_resource(
    /// The address of the resource.
    #[arg(name = "resourceUri")]
    uri: String,
) -> Vec<PromptMessage> {
    let text = "Embedded resource content for testing.";
    vec![
        PromptMessage::user(Content::text_resource(uri, "text/plain", text)),
        PromptMessage::user("Please process the embedded resource above."),
    ]
}

/// A prompt that has a picture in it.
#[prompt]
fn test_prompt_with_image() -> Vec<PromptMessage> {
    vec![
        PromptMessage::user(Content::image(PIXEL, "image/png")),
        PromptMessage::user("Please analyze the image above."),
    ]
}

/// A prompt that asks back before it says anything.
#[prompt]
async fn test_input_required_result_prompt(cx: &Context) -> Result<String> {
    #[derive(Deserialize, JsonSchema)]
    struct About {
        context: String,
    }
    let asked = cx.elicit::<About>("What context should the prompt use?");
    let about = asked.key("user_context").await?.accepted();
    let context = about.map_or_else(String::new, |about| about.context);
    Ok(format!("Use this context: {context}"))
}
