//! Passkeys are made and used by the browser, which only a script can ask. Until it runs, and where the browser knows no passkeys, the
//! form is hidden, and every other way in is there. The script asks the portal what is to be signed, hands it to the browser, and
//! posts the form as any other.

use super::form::{Button, ButtonKind, HiddenField};
use crate::components::text::MaybeText;
use leptos::nonce::use_nonce;
use leptos::prelude::*;

/// What the form is for: also what the script asks the browser to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasskeyUse {
    Add,
    SignIn,
}

/// base64url to bytes and back; ask, sign, fill the form, send it. Whatever goes wrong on the way, the sentence of the form is shown.
pub const SCRIPT: &str = r#"(()=>{const f=document.querySelector("[data-passkey]");if(!f||!window.PublicKeyCredential)return;const b=s=>Uint8Array.from(atob(s.replace(/-/g,"+").replace(/_/g,"/")),c=>c.charCodeAt(0)),t=a=>btoa(String.fromCharCode(...new Uint8Array(a))).replace(/\+/g,"-").replace(/\//g,"_").replace(/=/g,""),put=(n,v)=>{f.elements[n].value=v},w=f.querySelector("[role]");f.hidden=false;f.onsubmit=async e=>{e.preventDefault();w.hidden=true;try{const o=await(await fetch(f.dataset.begin,{method:"POST",headers:{Accept:"application/json"}})).json(),k=f.dataset.passkey=="create";o.challenge=b(o.challenge);if(k){o.user.id=b(o.user.id);o.excludeCredentials.forEach(c=>{c.id=b(c.id)})}const c=await navigator.credentials[k?"create":"get"]({publicKey:o}),r=c.response;put("credential",c.id);put("client_data",t(r.clientDataJSON));put("authenticator_data",t(k?r.getAuthenticatorData():r.authenticatorData));if(!k){put("signature",t(r.signature));put("user_handle",t(r.userHandle||[]))}f.submit()}catch(x){w.hidden=false}}})()"#;

#[component]
pub fn PasskeyForm(
    purpose: PasskeyUse,
    /// Where the form goes.
    action: &'static str,
    /// Where the script asks first.
    begin: &'static str,
    #[prop(into)] label: String,
    /// What is said where it did not work.
    #[prop(into)]
    trouble: String,
    /// The page to go to afterwards.
    #[prop(optional, into)]
    next: MaybeText,
) -> impl IntoView {
    let name = match purpose {
        PasskeyUse::Add => "create",
        PasskeyUse::SignIn => "get",
    };
    view! {
        <form method="post" action=action data-passkey=name data-begin=begin hidden=true>
            {next.0.map(|next| view! { <HiddenField name="next" value=next/> })}
            <HiddenField name="credential" value=""/>
            <HiddenField name="client_data" value=""/>
            <HiddenField name="authenticator_data" value=""/>
            <HiddenField name="signature" value=""/>
            <HiddenField name="user_handle" value=""/>
            <Button label kind=ButtonKind::Other/>
            <p class="field-error" role="alert" hidden=true>{trouble}</p>
            <script nonce=use_nonce() inner_html=SCRIPT></script>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::SCRIPT;

    #[test]
    fn the_script_weighs_less_than_a_kilobyte_and_a_half() {
        assert!(SCRIPT.len() < 1_500, "{} bytes", SCRIPT.len());
    }
}
