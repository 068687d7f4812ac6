//! One column that holds several fields: `{family_name}, {given_name}`, `{city}, {state} {postal_code}`.

/// From which end the text between the pieces is looked for. `12345 Bad Homburg` is `{postal_code} {city}` from the left;
/// `Bad Homburg 12345` is `{city} {postal_code}` from the right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplitPattern {
    text: String,
    /// The text between one piece and the next: always one fewer than the pieces.
    between: Vec<String>,
    side: Side,
}

impl SplitPattern {
    /// Reads a pattern; returns it with the names of its pieces (`_` for one that is not wanted).
    pub fn parse(text: &str, side: Side) -> Result<(SplitPattern, Vec<String>), String> {
        let mut names = Vec::new();
        let mut between = Vec::new();
        let mut rest = text;
        loop {
            let Some((before, after)) = rest.split_once('{') else {
                return Err(format!("\"{text}\" needs pieces in braces, such as {{family_name}}, {{given_name}}"));
            };
            let Some((name, after)) = after.split_once('}') else {
                return Err(format!("\"{text}\" has a brace that is not closed"));
            };
            match (names.is_empty(), before.is_empty()) {
                (true, true) => {}
                (true, false) => return Err(format!("\"{text}\" must begin with a piece")),
                (false, true) => return Err(format!("\"{text}\" needs something between two pieces")),
                (false, false) => between.push(before.to_owned()),
            }
            names.push(name.to_owned());
            if after.is_empty() {
                break;
            }
            rest = after;
        }
        if names.len() < 2 {
            return Err(format!("\"{text}\" splits nothing: it has one piece"));
        }
        Ok((SplitPattern { text: text.to_owned(), between, side }, names))
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// The pieces of a value, trimmed; `None` if it is not written like the pattern.
    pub fn split<'v>(&self, value: &'v str) -> Option<Vec<&'v str>> {
        let mut pieces = Vec::with_capacity(self.between.len() + 1);
        let mut rest = value;
        match self.side {
            Side::Left => {
                for separator in &self.between {
                    let (piece, after) = rest.split_once(separator.as_str())?;
                    pieces.push(piece.trim());
                    rest = after;
                }
                pieces.push(rest.trim());
            }
            Side::Right => {
                for separator in self.between.iter().rev() {
                    let (before, piece) = rest.rsplit_once(separator.as_str())?;
                    pieces.push(piece.trim());
                    rest = before;
                }
                pieces.push(rest.trim());
                pieces.reverse();
            }
        }
        Some(pieces)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(pattern: &str, side: Side, value: &'static str) -> Option<Vec<&'static str>> {
        SplitPattern::parse(pattern, side).expect(pattern).0.split(value)
    }

    #[test]
    fn one_column_gives_several_fields() {
        assert_eq!(split("{family}, {given}", Side::Left, "PAREDES, MIRIAM"), Some(vec!["PAREDES", "MIRIAM"]));
        let place = "{city}, {state} {zip}";
        assert_eq!(split(place, Side::Left, "San Omar los altos, GA 30346"), Some(vec!["San Omar los altos", "GA", "30346"]));
        assert_eq!(split("{zip} {city}", Side::Left, "60311 Frankfurt am Main"), Some(vec!["60311", "Frankfurt am Main"]));
        assert_eq!(split("{given} {family}", Side::Right, "Ana Maria Ruiz"), Some(vec!["Ana Maria", "Ruiz"]));
        assert_eq!(split(place, Side::Left, "Nowhere"), None);
    }

    #[test]
    fn a_pattern_that_cannot_split_is_refused() {
        for pattern in ["", "{city}", "{city}{state}", "x{city} {state}", "{city} {state", "{city} {state} x"] {
            assert!(SplitPattern::parse(pattern, Side::Left).is_err(), "{pattern}");
        }
    }
}
