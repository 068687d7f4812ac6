//! HTML written into a string, by the server into the page and by an island into the same place: every text escaped in one place.

#[derive(Default)]
pub(super) struct Html {
    pub text: String,
}

impl Html {
    /// A tag as it stands in the source, attributes included.
    pub fn open(&mut self, tag: &'static str) {
        self.text.push('<');
        self.text.push_str(tag);
        self.text.push('>');
    }

    /// A tag with one attribute whose value is not from the source.
    pub fn open_with(&mut self, tag: &'static str, attribute: &'static str, value: &str) {
        self.text.push('<');
        self.text.push_str(tag);
        self.text.push(' ');
        self.text.push_str(attribute);
        self.text.push_str("=\"");
        self.text(value);
        self.text.push_str("\">");
    }

    pub fn close(&mut self, name: &'static str) {
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push('>');
    }

    pub fn element(&mut self, tag: &'static str, text: &str) {
        self.open(tag);
        self.text(text);
        self.close(tag.split(' ').next().unwrap_or(tag));
    }

    /// Escaped for an element and for an attribute alike.
    pub fn text(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '"' => self.text.push_str("&quot;"),
                other => self.text.push(other),
            }
        }
    }
}
