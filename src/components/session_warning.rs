//! The time-out warning: two minutes before a session ends for want of activity, a dialog asks whether to stay. Under 1 kB
//! of script with the page's nonce, no island. Without JavaScript nothing is lost either: drafts are kept, and signing in
//! again comes back to the page.

use crate::components::frame::words;
use crate::words::td_string;
use leptos::nonce::use_nonce;
use leptos::prelude::*;

/// How long the session of this request lasts if nothing more happens, and where to ask for more. Put into the context by
/// the application for whoever is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionEnd {
    pub seconds_left: i64,
    pub extend_path: &'static str,
}

/// Two timers: one shows the dialog 120 s before the end, one reloads the page after it (which leads to signing in, and
/// back here). Typing is activity: it asks for more time, at most once a minute. Another tab may have kept the session alive meanwhile: then the reload simply shows the page.
pub const SCRIPT: &str = r#"(()=>{const d=document.getElementById("session-warning");let w,e;const arm=s=>{clearTimeout(w);clearTimeout(e);w=setTimeout(()=>{d.open||d.showModal()},Math.max(0,s-120)*1e3);e=setTimeout(()=>location.reload(),(s+1)*1e3)};const stay=()=>fetch(d.dataset.extend,{method:"POST",headers:{Accept:"application/json"}}).then(r=>r.json()).then(s=>{if(s>0){d.close();arm(s)}else location.reload()}).catch(()=>{});let t=Date.now();d.querySelector("button").onclick=stay;addEventListener("input",()=>{if(Date.now()-t>6e4){t=Date.now();stay()}});arm(+d.dataset.seconds)})()"#;

/// Renders nothing where nobody is signed in.
#[component]
pub fn SessionWarning() -> impl IntoView {
    use_context::<SessionEnd>().map(|end| {
        view! {
            <dialog
                id="session-warning"
                role="alertdialog"
                aria-labelledby="session-warning-title"
                aria-describedby="session-warning-text"
                data-seconds=end.seconds_left.to_string()
                data-extend=end.extend_path
            >
                <h2 id="session-warning-title">{td_string!(words(), session.warning_title)}</h2>
                <p id="session-warning-text">{td_string!(words(), session.warning)}</p>
                <button type="button" class="button">{td_string!(words(), session.stay)}</button>
            </dialog>
            <script nonce=use_nonce() inner_html=SCRIPT></script>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::SCRIPT;

    #[test]
    fn the_script_weighs_less_than_a_kilobyte() {
        assert!(SCRIPT.len() < 1_000, "{} bytes", SCRIPT.len());
    }
}
