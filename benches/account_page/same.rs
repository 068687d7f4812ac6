//! Whether two servers say the same to a customer.

use crate::portal::{Server, Session};
use evenkeel::server::processors::connection;

/// Asks both for every page; text and links must be equal.
pub async fn check(ours: &Server, bare: &Server, sessions: &[Session]) {
    let client = connection::plain().build().expect("a client");
    for session in sessions {
        let mut said = Vec::new();
        for server in [ours, bare] {
            let url = format!("http://127.0.0.1:{}{}", server.port, session.page);
            let answer = client.get(url).header("cookie", &session.cookie).send().await.expect("an answer");
            assert!(answer.status().is_success(), "{}", answer.status());
            let html = answer.text().await.expect("a page");
            said.push((text_of(&html), links_in(&html)));
        }
        assert!(said[0].0.contains("You owe in all"), "not an account page: {}", said[0].0);
        assert_eq!(said[0].0, said[1].0, "the two pages do not say the same");
        assert_eq!(said[0].1, said[1].1, "the two pages do not lead to the same places");
    }
}

/// What a person reads: without tags, drawings and scripts, words apart by one space.
fn text_of(html: &str) -> String {
    let html = html.replace("<!>", "");
    let html = without(&without(&without(&html, "<svg", "</svg>"), "<script", "</script>"), "<!--", "-->");
    let text = without(&html, "<", ">");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Each stretch from one mark to the other becomes a space.
fn without(html: &str, from: &str, to: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once(from) {
        text.push_str(before);
        text.push(' ');
        rest = after.split_once(to).map_or("", |(_, after)| after);
    }
    text + rest
}

/// Where the page leads, without what belongs to its head.
fn links_in(html: &str) -> Vec<String> {
    let body = html.split_once("<body").map_or(html, |(_, body)| body);
    let mut links: Vec<String> =
        body.split(" href=\"").skip(1).filter_map(|after| after.split_once('"')).map(|(link, _)| link.to_owned()).collect();
    links.sort_unstable();
    links
}
