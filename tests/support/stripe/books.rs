//! The stand-in's books: the pages it made, what customers and banks do on them, and the answers it keeps for each key.

use super::messages;
use evenkeel::server::clock::Clock;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};

/// Stripe's published example of an object.
pub fn objects(kind: &str) -> Value {
    let all: Value = serde_json::from_str(include_str!("fixtures.json")).expect("Stripe's examples");
    let object = all["resources"][kind].clone();
    assert!(object.is_object(), "no example of {kind}");
    object
}

/// How a request can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is done, and the line breaks before the answer has arrived.
    AnswerLost,
    /// It is done, and the answer is an error 500, kept for the key.
    BrokenAfter,
    /// It is not done, and the answer is an error 500, kept for the key.
    BrokenBefore,
    /// Another request with this key is under way.
    Conflict,
    TooMany,
    /// It is done, and the answer is no JSON.
    Garbled,
}

/// A hosted page with the payment intent behind it.
#[derive(Clone, Debug)]
pub struct Page {
    pub session: Value,
    pub intent: Value,
}

/// A card or account that a customer lets be collected from.
#[derive(Clone, Debug)]
pub struct SavedMethod {
    pub customer: String,
    pub goes: Goes,
    pub is_attached: bool,
}

/// What becomes of a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goes {
    Paid,
    LacksFunds,
    /// The bank wants the customer, who is not there.
    WantsCustomer,
    /// A bank debit.
    OnItsWay,
}

#[derive(Clone, Debug)]
pub struct Kept {
    pub body: String,
    pub status: u16,
    pub answer: Value,
}

pub struct Books {
    pub address: String,
    pub webhook_url: String,
    pub pages: Vec<Page>,
    pub refunds: Vec<Value>,
    /// What banks took back.
    pub disputes: Vec<Value>,
    /// What was collected, or not, while nobody was there.
    pub collections: Vec<Value>,
    /// Every movement of money, as a balance transaction, oldest first.
    pub booked: Vec<Value>,
    /// How collections go, by the payment method, and whether it is still Stripe's customer's.
    pub methods: BTreeMap<String, SavedMethod>,
    pub kept: BTreeMap<String, Kept>,
    pub faults: VecDeque<Fault>,
    /// Whoever asks for disputes gets an error 500.
    pub hides_disputes: bool,
    /// Every message there was, and those that are still to be delivered.
    pub messages: Vec<String>,
    pub undelivered: Vec<String>,
    /// Requests that would have changed something.
    pub posts: usize,
}

pub fn now() -> i64 {
    Clock::Real.real_now().as_second()
}

impl Books {
    pub fn new(address: &str, webhook_url: &str) -> Books {
        Books {
            address: address.to_owned(),
            webhook_url: webhook_url.to_owned(),
            pages: Vec::new(),
            refunds: Vec::new(),
            disputes: Vec::new(),
            collections: Vec::new(),
            booked: Vec::new(),
            methods: BTreeMap::new(),
            kept: BTreeMap::new(),
            faults: VecDeque::new(),
            hides_disputes: false,
            messages: Vec::new(),
            undelivered: Vec::new(),
            posts: 0,
        }
    }

    /// Makes a page of a request that was found good.
    pub fn open_page(&mut self, form: &BTreeMap<String, String>) -> Value {
        let number = self.pages.len() + 1;
        let (id, intent_id) = (format!("cs_test_{number}"), format!("pi_{number}"));
        let amount: i64 = form["line_items[0][price_data][unit_amount]"].parse().expect("checked");
        let currency = &form["line_items[0][price_data][currency]"];
        let metadata = json!({ "merchant_reference": form["metadata[merchant_reference]"] });
        let mut session = objects("checkout.session");
        for (name, value) in [
            ("id", json!(id)),
            ("url", json!(format!("{}/c/pay/{id}", self.address))),
            ("client_reference_id", json!(form["client_reference_id"])),
            ("metadata", metadata.clone()),
            ("amount_total", json!(amount)),
            ("amount_subtotal", json!(amount)),
            ("currency", json!(currency)),
            ("locale", json!(form["locale"])),
            ("success_url", json!(form["success_url"])),
            ("cancel_url", json!(form["cancel_url"])),
            ("created", json!(now())),
            ("expires_at", json!(form["expires_at"].parse::<i64>().expect("checked"))),
            ("payment_intent", json!(intent_id)),
            ("status", json!("open")),
            ("payment_status", json!("unpaid")),
        ] {
            session[name] = value;
        }
        let mut intent = objects("payment_intent");
        intent["id"] = json!(intent_id);
        intent["amount"] = json!(amount);
        intent["currency"] = json!(currency);
        intent["metadata"] = metadata;
        intent["last_payment_error"] = Value::Null;
        intent["next_action"] = Value::Null;
        self.pages.push(Page { session: session.clone(), intent });
        session
    }

    pub fn page(&mut self, id: &str) -> &mut Page {
        let page = self.pages.iter_mut().find(|page| page.session["id"] == id);
        page.unwrap_or_else(|| panic!("no page {id}"))
    }

    /// The customer pays with a card.
    pub fn pay(&mut self, id: &str) {
        let page = self.page(id);
        assert_eq!(page.session["status"], "open", "nobody can pay on a closed page");
        page.session["status"] = json!("complete");
        page.session["payment_status"] = json!("paid");
        page.session["url"] = Value::Null;
        page.intent["status"] = json!("succeeded");
        page.intent["amount_received"] = page.intent["amount"].clone();
        let intent = page.intent.clone();
        self.book_charge("charge", &intent);
        self.tell("checkout.session.completed", id);
    }

    /// The card's bank says no; the customer can try again on the same page.
    pub fn decline_card(&mut self, id: &str, decline_code: &str) {
        let page = self.page(id);
        assert_eq!(page.session["status"], "open");
        let mut error = page.intent["last_payment_error"].take();
        error = if error.is_null() { json!({}) } else { error };
        error["type"] = json!("card_error");
        error["code"] = json!("card_declined");
        error["decline_code"] = json!(decline_code);
        page.intent["last_payment_error"] = error;
        let intent = page.intent.clone();
        self.tell_of("payment_intent.payment_failed", &intent);
    }

    /// The customer permits a debit from a bank account; it takes days.
    pub fn pay_by_bank(&mut self, id: &str) {
        let page = self.page(id);
        assert_eq!(page.session["status"], "open", "nobody can pay on a closed page");
        page.session["status"] = json!("complete");
        page.session["url"] = Value::Null;
        page.intent["status"] = json!("processing");
        self.tell("checkout.session.completed", id);
    }

    pub fn bank_pays(&mut self, id: &str) {
        let page = self.page(id);
        assert_eq!(page.intent["status"], "processing");
        page.session["payment_status"] = json!("paid");
        page.intent["status"] = json!("succeeded");
        page.intent["amount_received"] = page.intent["amount"].clone();
        let intent = page.intent.clone();
        self.book_charge("payment", &intent);
        self.tell("checkout.session.async_payment_succeeded", id);
    }

    pub fn bank_refuses(&mut self, id: &str, network_code: &str) {
        let page = self.page(id);
        assert_eq!(page.intent["status"], "processing");
        page.intent["status"] = json!("requires_payment_method");
        page.intent["last_payment_error"] = json!({ "type": "api_error", "network_decline_code": network_code });
        self.tell("checkout.session.async_payment_failed", id);
    }

    /// Debits that have been on their way for so long are paid.
    pub fn banks_decide(&mut self, seconds: i64) {
        let is_due = |made: &Value| made.as_i64().is_some_and(|made| made + seconds <= now());
        let pages = self.pages.iter().filter(|page| page.intent["status"] == "processing" && is_due(&page.session["created"]));
        let pages: Vec<String> = pages.filter_map(|page| page.session["id"].as_str().map(str::to_owned)).collect();
        for id in pages {
            self.bank_pays(&id);
        }
        let made = self.collections.iter().filter(|intent| intent["status"] == "processing" && is_due(&intent["created"]));
        let made: Vec<String> = made.filter_map(|intent| intent["id"].as_str().map(str::to_owned)).collect();
        for id in made {
            self.bank_pays_collection(&id);
        }
    }

    /// The page closes by itself, its time being over.
    pub fn time_out(&mut self, id: &str) {
        let page = self.page(id);
        assert_eq!(page.session["status"], "open");
        page.session["expires_at"] = json!(now());
        self.expire(id);
    }

    /// False if it was not open.
    pub fn expire(&mut self, id: &str) -> bool {
        let page = self.page(id);
        if page.session["status"] != "open" {
            return false;
        }
        page.session["status"] = json!("expired");
        page.session["url"] = Value::Null;
        page.intent["status"] = json!("canceled");
        self.tell("checkout.session.expired", id);
        true
    }

    fn tell(&mut self, kind: &str, id: &str) {
        let session = self.page(id).session.clone();
        self.tell_of(kind, &session);
    }

    pub fn tell_of(&mut self, kind: &str, object: &Value) {
        let message = messages::event(self.messages.len() + 1, kind, object, now());
        self.messages.push(message.clone());
        self.undelivered.push(message);
    }

    /// Makes a page for a permission, of a request that was found good.
    pub fn open_setup(&mut self, form: &BTreeMap<String, String>) -> Value {
        let id = format!("cs_test_{}", self.pages.len() + 1);
        let mut session = objects("checkout.session");
        for (name, value) in [
            ("id", json!(id)),
            ("mode", json!("setup")),
            ("url", json!(format!("{}/c/pay/{id}", self.address))),
            ("client_reference_id", json!(form["client_reference_id"])),
            ("amount_total", Value::Null),
            ("currency", json!(form["currency"])),
            ("success_url", json!(form["success_url"])),
            ("cancel_url", json!(form["cancel_url"])),
            ("created", json!(now())),
            ("expires_at", json!(form["expires_at"].parse::<i64>().expect("checked"))),
            ("payment_intent", Value::Null),
            ("setup_intent", json!(format!("seti_{id}"))),
            ("status", json!("open")),
            ("payment_status", json!("no_payment_required")),
        ] {
            session[name] = value;
        }
        let mut intent = objects("setup_intent");
        intent["id"] = session["setup_intent"].clone();
        self.pages.push(Page { session: session.clone(), intent });
        session
    }

    /// The customer gives the permission; collections under it go like this.
    pub fn give_permission(&mut self, id: &str, goes: Goes) {
        let number = self.methods.len() + 1;
        let (customer, method) = (format!("cus_{number}"), format!("pm_{number}"));
        let page = self.page(id);
        assert_eq!(page.session["status"], "open");
        page.session["status"] = json!("complete");
        page.session["url"] = Value::Null;
        page.session["customer"] = json!(customer);
        page.intent["status"] = json!("succeeded");
        page.intent["payment_method"] = json!(method);
        self.methods.insert(method, SavedMethod { customer, goes, is_attached: true });
        self.tell("checkout.session.completed", id);
    }

    /// Collects, of a request that was found good; answers what was made, failed or not.
    pub fn collect(&mut self, form: &BTreeMap<String, String>) -> Value {
        let goes = self.methods[&form["payment_method"]].goes;
        let mut intent = objects("payment_intent");
        intent["id"] = json!(format!("pi_collected_{}", self.collections.len() + 1));
        intent["amount"] = json!(form["amount"].parse::<i64>().expect("checked"));
        intent["currency"] = json!(form["currency"]);
        intent["customer"] = json!(form["customer"]);
        intent["payment_method"] = json!(form["payment_method"]);
        intent["metadata"] = json!({ "collection_reference": form["metadata[collection_reference]"] });
        intent["created"] = json!(now());
        intent["next_action"] = Value::Null;
        intent["last_payment_error"] = Value::Null;
        let (status, decline_code) = match goes {
            Goes::Paid => ("succeeded", None),
            Goes::OnItsWay => ("processing", None),
            Goes::LacksFunds => ("requires_payment_method", Some("insufficient_funds")),
            Goes::WantsCustomer => ("requires_payment_method", Some("authentication_required")),
        };
        intent["status"] = json!(status);
        if goes == Goes::Paid {
            intent["amount_received"] = intent["amount"].clone();
        }
        if let Some(decline_code) = decline_code {
            intent["last_payment_error"] = json!({ "type": "card_error", "code": "card_declined", "decline_code": decline_code });
        }
        self.collections.push(intent.clone());
        if goes == Goes::Paid {
            self.book_charge("charge", &intent);
        }
        let kind = match goes {
            Goes::Paid => "payment_intent.succeeded",
            Goes::OnItsWay => "payment_intent.processing",
            Goes::LacksFunds | Goes::WantsCustomer => "payment_intent.payment_failed",
        };
        self.tell_of(kind, &intent);
        intent
    }

    /// The bank pays a collection that was on its way.
    pub fn bank_pays_collection(&mut self, id: &str) {
        let intent = self.collections.iter_mut().find(|intent| intent["id"] == id).expect("a collection");
        intent["status"] = json!("succeeded");
        intent["amount_received"] = intent["amount"].clone();
        let intent = intent.clone();
        self.book_charge("payment", &intent);
        self.tell_of("payment_intent.succeeded", &intent);
    }

    pub fn intent(&self, id: &str) -> Option<&Value> {
        let pages = self.pages.iter().map(|page| &page.intent);
        pages.chain(&self.collections).find(|intent| intent["id"] == id)
    }

    /// What is left of all it has taken, in minor units.
    pub fn holds(&self) -> i64 {
        self.booked.iter().filter_map(|transaction| transaction["amount"].as_i64()).sum()
    }

    /// What it has taken from customers, in minor units.
    pub fn received(&self) -> i64 {
        self.pages.iter().filter_map(|page| page.intent["amount_received"].as_i64()).sum()
    }
}
