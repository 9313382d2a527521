//! Forms in a page: enough HTML to do what a person does.

/// The first form of a page.
#[derive(Clone, Debug)]
pub struct Form {
    /// Where it is sent; as written.
    pub action: String,
    /// What it sends without a button: hidden and filled fields, ticked boxes.
    pub fields: Vec<(String, String)>,
    /// Its submit buttons: name and value.
    pub buttons: Vec<(String, String)>,
    /// Boxes that could be ticked: name and value.
    pub boxes: Vec<(String, String)>,
}

impl Form {
    /// Finds the first form.
    pub fn find(page: &str) -> Option<Self> {
        let start = page.find("<form")?;
        let page = &page[start..];
        let page = &page[..page.find("</form").unwrap_or(page.len())];
        let mut tags = page.split('<').skip(1).map(split);
        let action = attribute(tags.next()?, "action").unwrap_or_default();
        let mut form = Self {
            action,
            fields: vec![],
            buttons: vec![],
            boxes: vec![],
        };
        for tag in tags {
            form.read(tag);
        }
        Some(form)
    }

    fn read(&mut self, tag: &str) {
        let Some(name) = attribute(tag, "name") else {
            return;
        };
        let value = attribute(tag, "value");
        let kind = attribute(tag, "type");
        if tag.starts_with("button") {
            self.buttons.push((name, value.unwrap_or_default()));
        } else if tag.starts_with("input") {
            match kind.as_deref() {
                Some("submit") => self.buttons.push((name, value.unwrap_or_default())),
                Some("checkbox" | "radio") => {
                    let pair = (name, value.unwrap_or_else(|| "on".into()));
                    if attribute(tag, "checked").is_some() {
                        self.fields.push(pair.clone());
                    }
                    self.boxes.push(pair);
                }
                _ => self.fields.push((name, value.unwrap_or_default())),
            }
        }
    }

    /// Fills a field in.
    pub fn set(&mut self, name: &str, value: &str) {
        self.fields.retain(|(known, _)| known != name);
        self.fields.push((name.into(), value.into()));
    }

    /// The value of a field.
    pub fn value(&self, name: &str) -> Option<&str> {
        let field = self.fields.iter().find(|(known, _)| known == name);
        field.map(|(_, value)| value.as_str())
    }

    /// Ticks the box with that value, or chooses that option.
    ///
    /// # Panics
    /// When there is none.
    pub fn tick(&mut self, value: &str) {
        let found = self.boxes.iter().find(|(_, known)| known == value);
        let pair = found
            .unwrap_or_else(|| panic!("no box `{value}` in {self:?}"))
            .clone();
        if !self.fields.contains(&pair) {
            self.fields.push(pair);
        }
    }

    /// What is sent when the button with that value is pressed; without one, as by the return key.
    pub fn pressed(&self, button: Option<&str>) -> Vec<(&str, &str)> {
        let mut sent: Vec<(&str, &str)> = self
            .fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let chosen = self
            .buttons
            .iter()
            .find(|(_, value)| button.is_none_or(|b| b == value));
        if let Some((name, value)) = chosen {
            sent.push((name, value));
        }
        sent
    }
}

/// The tag's own text, without what follows it.
fn split(tag: &str) -> &str {
    let mut quoted = None;
    for (at, c) in tag.char_indices() {
        match (quoted, c) {
            (None, '>') => return &tag[..at],
            (None, '"' | '\'') => quoted = Some(c),
            (Some(open), close) if open == close => quoted = None,
            _ => {}
        }
    }
    tag
}

/// An attribute's value, unescaped; one without a value is empty.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let mut rest = tag.split_once(char::is_whitespace)?.1.trim_start();
    while !rest.is_empty() {
        let end = rest
            .find(|c: char| c == '=' || c.is_whitespace())
            .unwrap_or(rest.len());
        let (key, after) = rest.split_at(end);
        let after = after.trim_start();
        let (value, next) = match after.strip_prefix('=').map(str::trim_start) {
            None => ("", after),
            Some(text) => match text.chars().next().filter(|c| "\"'".contains(*c)) {
                Some(quote) => text[1..].split_once(quote)?,
                None => text.split_once(char::is_whitespace).unwrap_or((text, "")),
            },
        };
        if key.eq_ignore_ascii_case(name) {
            return Some(unescape(value));
        }
        rest = next.trim_start_matches('/').trim_start();
    }
    None
}

fn unescape(text: &str) -> String {
    let pairs = [
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#x22;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&lt;", "<"),
        ("&#60;", "<"),
        ("&gt;", ">"),
        ("&#62;", ">"),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ];
    pairs
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::Form;

    #[test]
    fn a_form_is_read_as_a_browser_would() {
        let page = r#"<p>x</p><form method=post action="/a?b=1&amp;c=2"><input type=hidden name="form"
            value="q&#34;>1"/><input type="checkbox" name=role value=admin><input type="checkbox"
            name=role value=editor checked><button name=action value=deny>No</button>
            <button name="action" value="approve">Yes</button></form>"#;
        let mut form = Form::find(page).expect("a form");
        assert_eq!(form.action, "/a?b=1&c=2");
        form.tick("admin");
        let sent = form.pressed(Some("approve"));
        let expected = [
            ("form", "q\">1"),
            ("role", "editor"),
            ("role", "admin"),
            ("action", "approve"),
        ];
        assert_eq!(sent, expected);
    }
}
