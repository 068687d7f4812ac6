//! What goes back through the stand-in: refunds, and disputes in which a bank takes a payment back, all of it or a part.
//!
//! A dispute says in `balance_transactions` what it moved: <https://docs.stripe.com/api/disputes/object>. One over the whole of a
//! payment of which a part had been refunded before ends, where it is lost, with that part given back to the creditor:
//! <https://support.stripe.com/questions/dispute-for-full-charge-amount-after-a-partial-refund-was-issued>

use super::books::{Books, now, objects};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What Stripe takes for a dispute, on top of it; it is the creditor's own matter.
const FEE: i64 = 1_500;

impl Books {
    /// What is left of a payment to be given back; nothing of one that was not made.
    pub fn left(&self, intent: &str) -> i64 {
        self.paid(intent) - self.given_back(intent) - self.taken_back(intent)
    }

    fn paid(&self, intent: &str) -> i64 {
        self.intent(intent).and_then(|intent| intent["amount_received"].as_i64()).unwrap_or_default()
    }

    pub fn given_back(&self, intent: &str) -> i64 {
        let refunds = self.refunds.iter().filter(|refund| refund["payment_intent"] == intent && refund["status"] != "failed");
        refunds.filter_map(|refund| refund["amount"].as_i64()).sum()
    }

    /// What banks hold of it.
    fn taken_back(&self, intent: &str) -> i64 {
        self.disputes.iter().filter(|dispute| dispute["payment_intent"] == intent).map(withdrawn).sum()
    }

    /// Whether Stripe refuses to refund it because of a dispute.
    pub fn is_in_dispute(&self, intent: &str) -> bool {
        let of_intent = |dispute: &&Value| dispute["payment_intent"] == intent && dispute["status"] != "won";
        self.disputes.iter().filter(of_intent).any(|dispute| dispute["is_charge_refundable"] == false)
    }

    /// Makes a refund of a request that was found good.
    pub fn give_back(&mut self, form: &BTreeMap<String, String>) -> Value {
        let (intent, key) = (form["payment_intent"].clone(), form["metadata[refund_key]"].clone());
        let amount = form["amount"].parse::<i64>().expect("checked");
        self.add_refund(&intent, amount, json!({ "refund_key": key }))
    }

    /// It is refunded on Stripe's own pages.
    pub fn refund_elsewhere(&mut self, charge: &str, amount: i64) {
        let intent = self.intent_behind(charge);
        self.add_refund(&intent, amount, json!({}));
    }

    fn add_refund(&mut self, intent: &str, amount: i64, metadata: Value) -> Value {
        let currency = self.intent(intent).expect("checked")["currency"].clone();
        let mut refund = objects("refund");
        let id = format!("re_{}", self.refunds.len() + 1);
        refund["id"] = json!(id);
        refund["amount"] = json!(amount);
        refund["currency"] = currency.clone();
        refund["payment_intent"] = json!(intent);
        refund["charge"] = json!(charge_name(intent));
        refund["metadata"] = metadata;
        refund["created"] = json!(now());
        let kind = if self.is_debit(intent) { "payment_refund" } else { "refund" };
        refund["balance_transaction"] = self.book([kind, "refund"], -amount, &currency, &id)["id"].clone();
        self.refunds.push(refund.clone());
        self.tell_of("refund.created", &refund);
        let charge = self.charge(intent);
        self.tell_of("charge.refunded", &charge);
        refund
    }

    /// A refund did not arrive, and its money is back.
    pub fn refund_fails(&mut self, number: usize) {
        let refund = &mut self.refunds[number - 1];
        refund["status"] = json!("failed");
        let refund = refund.clone();
        let (id, amount) = (refund["id"].as_str().expect("a name"), refund["amount"].as_i64().expect("an amount"));
        self.book(["refund_failure", "refund_failure"], amount, &refund["currency"], id);
        self.tell_of("refund.failed", &refund);
    }

    /// A bank takes a payment back, for a reason in Stripe's words.
    pub fn dispute(&mut self, charge: &str, reason: &str) {
        let paid = self.paid(&self.intent_behind(charge));
        self.dispute_part(charge, paid, reason);
    }

    /// It takes this much, whatever is left of the payment.
    pub fn dispute_part(&mut self, charge: &str, amount: i64, reason: &str) {
        let intent = self.intent_behind(charge);
        let currency = self.intent(&intent).expect("an intent")["currency"].clone();
        let mut dispute = objects("dispute");
        for (name, value) in [
            ("id", json!(format!("dp_{}", self.disputes.len() + 1))),
            ("amount", json!(amount)),
            ("currency", currency),
            ("charge", json!(charge_name(&intent))),
            ("payment_intent", json!(intent)),
            ("reason", json!(reason)),
            ("status", json!("needs_response")),
            ("is_charge_refundable", json!(false)),
            ("created", json!(now())),
        ] {
            dispute[name] = value;
        }
        dispute["payment_method_details"]["card"]["case_type"] = json!("chargeback");
        self.disputes.push(dispute);
        let number = self.disputes.len();
        self.move_for_dispute(number, -amount);
        self.tell_of_dispute("charge.dispute.created", number);
        self.tell_of_dispute("charge.dispute.funds_withdrawn", number);
    }

    /// It is decided for the creditor, and all of the money is back.
    pub fn dispute_is_won(&mut self, number: usize) {
        let held = withdrawn(&self.disputes[number - 1]);
        self.disputes[number - 1]["status"] = json!("won");
        self.move_for_dispute(number, held);
        self.tell_of_dispute("charge.dispute.funds_reinstated", number);
        self.tell_of_dispute("charge.dispute.closed", number);
    }

    /// It is decided against the creditor, who gets back only what the customer had been given twice.
    pub fn dispute_is_lost(&mut self, number: usize) {
        let dispute = &mut self.disputes[number - 1];
        dispute["status"] = json!("lost");
        let intent = dispute["payment_intent"].as_str().expect("a name").to_owned();
        let twice = withdrawn(dispute) - (self.paid(&intent) - self.given_back(&intent));
        if twice > 0 {
            self.move_for_dispute(number, twice);
            self.tell_of_dispute("charge.dispute.funds_reinstated", number);
        }
        self.tell_of_dispute("charge.dispute.closed", number);
    }

    fn move_for_dispute(&mut self, number: usize, amount: i64) {
        let dispute = &self.disputes[number - 1];
        let (id, currency) = (dispute["id"].as_str().expect("a name").to_owned(), dispute["currency"].clone());
        let category = if amount < 0 { "dispute" } else { "dispute_reversal" };
        let mut transaction = self.book(["adjustment", category], amount, &currency, &id);
        if amount < 0 {
            transaction["fee"] = json!(FEE);
            transaction["net"] = json!(amount - FEE);
            *self.booked.last_mut().expect("just booked") = transaction.clone();
        }
        let moved = self.disputes[number - 1]["balance_transactions"].as_array_mut().expect("a list");
        moved.push(transaction);
    }

    fn tell_of_dispute(&mut self, kind: &str, number: usize) {
        let dispute = self.disputes[number - 1].clone();
        self.tell_of(kind, &dispute);
    }

    /// The intent behind what the portal calls a payment by: its page, or itself where it was collected.
    fn intent_behind(&self, charge: &str) -> String {
        let page = self.pages.iter().find(|page| page.session["id"] == charge);
        let intent = page.map_or(charge, |page| page.intent["id"].as_str().expect("a name"));
        intent.to_owned()
    }

    /// The movement behind an intent, which repeats its metadata.
    pub fn charge(&self, intent: &str) -> Value {
        let behind = self.intent(intent).expect("an intent");
        let mut charge = objects("charge");
        for field in ["amount", "currency", "metadata"] {
            charge[field] = behind[field].clone();
        }
        for (name, value) in [
            ("id", json!(charge_name(intent))),
            ("payment_intent", json!(intent)),
            ("amount_captured", behind["amount_received"].clone()),
            ("amount_refunded", json!(self.given_back(intent))),
            ("captured", json!(true)),
            ("disputed", json!(self.disputes.iter().any(|dispute| dispute["payment_intent"] == intent))),
            ("status", json!("succeeded")),
        ] {
            charge[name] = value;
        }
        charge
    }
}

/// What is gone because of a dispute.
fn withdrawn(dispute: &Value) -> i64 {
    let moved = dispute["balance_transactions"].as_array().expect("a list");
    -moved.iter().filter_map(|transaction| transaction["amount"].as_i64()).sum::<i64>()
}

pub fn charge_name(intent: &str) -> String {
    format!("ch_{intent}")
}
