//! The words of what is redrawn, in the page's language only: the server writes them into the page, because words in the program
//! would be carried by every page that has one, in every language.

/// Sentences by name, with `{{name}}` where a value goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(Vec<(String, String)>);

impl Words {
    pub fn new(words: Vec<(&str, String)>) -> Words {
        Words(words.into_iter().map(|(name, text)| (name.to_owned(), text)).collect())
    }

    /// As the page carries them, in the attribute `data-words`: one a line.
    pub fn to_attribute(&self) -> String {
        let lines: Vec<String> = self.0.iter().map(|(name, text)| [name.as_str(), text].join(" ")).collect();
        lines.join("\n")
    }

    pub fn from_attribute(text: &str) -> Words {
        let read = |line: &str| line.split_once(' ').map(|(name, text)| (name.to_owned(), text.to_owned()));
        Words(text.split('\n').filter_map(read).collect())
    }

    /// Empty for a name that is not there: a test of `components/change_words` draws everything and finds none.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, text)| text)
    }

    pub fn say(&self, name: &str, values: &[(&str, &str)]) -> String {
        let mut said = String::new();
        let mut rest = self.get(name);
        while let Some((before, after)) = rest.split_once("{{") {
            let (value, after) = after.split_once("}}").unwrap_or((after, ""));
            said.push_str(before);
            said.push_str(values.iter().find(|(name, _)| *name == value).map_or("", |(_, value)| value));
            rest = after;
        }
        said.push_str(rest);
        said
    }
}

#[cfg(test)]
mod tests {
    use super::Words;

    #[test]
    fn words_travel_and_take_their_values() {
        let words = Words::new(vec![("paid", "{{amount}} on {{date}}, \"paid\"".to_owned()), ("none", String::new())]);
        assert_eq!(Words::from_attribute(&words.to_attribute()), words);
        assert_eq!(words.say("paid", &[("date", "{{amount}}"), ("amount", "$1")]), "$1 on {{amount}}, \"paid\"");
        assert_eq!((words.say("none", &[]).as_str(), words.get("other")), ("", ""));
    }
}
