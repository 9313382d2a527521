//! Text that is put together at build time.

/// Room for the longest message; what does not fit is cut off.
const ROOM: usize = 1_024;

/// A text under construction, in a `const fn`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text {
    bytes: [u8; ROOM],
    length: usize,
}

impl Text {
    /// A text that begins with `start`.
    pub(super) const fn new(start: &str) -> Self {
        let empty = Self {
            bytes: [0; ROOM],
            length: 0,
        };
        empty.push(start)
    }

    /// The text, then `more`; `more` is left out whole if there is no room for it.
    pub(super) const fn push(mut self, more: &str) -> Self {
        let more = more.as_bytes();
        if self.length + more.len() > ROOM {
            return self;
        }
        let mut index = 0;
        while index < more.len() {
            self.bytes[self.length] = more[index];
            self.length += 1;
            index += 1;
        }
        self
    }

    /// `` `a`, `b` ``.
    pub(super) const fn push_list(mut self, words: &[&str]) -> Self {
        let mut index = 0;
        while index < words.len() {
            self = self.push(if index == 0 { "`" } else { ", `" });
            self = self.push(words[index]).push("`");
            index += 1;
        }
        self
    }

    /// The fault without its code, the code, and what to do.
    pub(crate) fn parts(&self) -> (&str, &str, &str) {
        let (fault, help) = self
            .as_str()
            .split_once("\nhelp: ")
            .unwrap_or((self.as_str(), ""));
        let coded = fault
            .strip_suffix(']')
            .and_then(|rest| rest.rsplit_once(" ["));
        let (fault, code) = coded.unwrap_or((fault, ""));
        (fault, code, help)
    }

    /// The text.
    pub(crate) const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            Err(_) => "",
        }
    }
}

/// Whether two texts are the same.
pub(super) const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut index = 0;
    while index < a.len() {
        if a[index] != b[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// Whether `text` starts with `start`.
pub(super) const fn begins(text: &str, start: &str) -> bool {
    text.len() >= start.len()
        && text.is_char_boundary(start.len())
        && same(text.split_at(start.len()).0, start)
}

/// The text before the first space.
pub(super) const fn first_word(text: &str) -> &str {
    let bytes = text.as_bytes();
    let mut end = 0;
    while end < bytes.len() && bytes[end] != b' ' {
        end += 1;
    }
    text.split_at(end).0
}

/// Whether an ASCII character is somewhere in `text`.
pub(super) const fn has(text: &str, wanted: u8) -> bool {
    let bytes = text.as_bytes();
    let mut index = 0;
    while index < bytes.len() {
        if bytes[index] == wanted {
            return true;
        }
        index += 1;
    }
    false
}

/// The last word of a path, with what follows it.
pub(super) const fn after_path(path: &str) -> &str {
    let bytes = path.as_bytes();
    let (mut start, mut at) = (0, 0);
    while at < bytes.len() && bytes[at] != b'<' {
        if bytes[at] == b':' {
            start = at + 1;
        }
        at += 1;
    }
    path.split_at(start).1
}

/// Whether `word` is one of `words`.
pub(super) const fn contains(words: &[&str], word: &str) -> bool {
    let mut index = 0;
    while index < words.len() {
        if same(words[index], word) {
            return true;
        }
        index += 1;
    }
    false
}

/// The longest word that is compared; nobody mistypes a longer one.
const LONGEST: usize = 40;

/// The word nearest to `word`, if one is near enough to be meant.
pub(crate) const fn nearest<'a>(word: &str, words: &[&'a str]) -> Option<&'a str> {
    let mut found = None;
    let mut least = usize::MAX;
    let mut index = 0;
    while index < words.len() {
        let distance = distance(word, words[index]);
        if distance < least && distance <= 1 + words[index].len() / 4 {
            least = distance;
            found = Some(words[index]);
        }
        index += 1;
    }
    found
}

/// Edits between two words: insertions, deletions, substitutions and neighbours swapped.
const fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() > LONGEST || b.len() > LONGEST {
        return usize::MAX;
    }
    let mut table = [[0_usize; LONGEST + 1]; LONGEST + 1];
    let mut row = 0;
    while row <= a.len() {
        let mut column = 0;
        while column <= b.len() {
            table[row][column] = if row == 0 || column == 0 {
                row + column
            } else {
                let change = (a[row - 1] != b[column - 1]) as usize;
                let mut least = table[row - 1][column - 1] + change;
                least = min(least, table[row - 1][column] + 1);
                least = min(least, table[row][column - 1] + 1);
                if row > 1
                    && column > 1
                    && a[row - 1] == b[column - 2]
                    && a[row - 2] == b[column - 1]
                {
                    least = min(least, table[row - 2][column - 2] + 1);
                }
                least
            };
            column += 1;
        }
        row += 1;
    }
    table[a.len()][b.len()]
}

const fn min(a: usize, b: usize) -> usize {
    if a < b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::{Text, distance, nearest};

    #[test]
    fn a_swap_is_one_edit() {
        assert_eq!(distance("edtior", "editor"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("admin", "admin"), 0);
    }

    #[test]
    fn the_nearest_word_must_be_near() {
        assert_eq!(nearest("edtior", &["admin", "editor"]), Some("editor"));
        assert_eq!(nearest("auditor", &["admin", "member"]), None);
    }

    #[test]
    fn a_text_without_room_stays_valid() {
        let long = "ä".repeat(400);
        let text = Text::new(&long).push(&long).push(".");
        assert_eq!(text.as_str(), format!("{long}."));
    }
}
