//! What Stripe would have booked for what happened: its balance transactions, each with what it is about.

use super::books::{Books, objects};
use serde_json::{Value, json};

impl Books {
    /// Oldest first, with their sources in them as when they are asked for with `expand[]`.
    pub fn transactions(&self) -> Vec<Value> {
        let (a_charge, a_transaction) = (objects("charge"), objects("balance_transaction"));
        let pages = self.pages.iter().filter(|page| page.session["mode"] != "setup");
        let paid = pages.map(|page| (&page.intent, &page.session["created"]));
        let collected = self.collections.iter().map(|intent| (intent, &intent["created"]));
        let charges = paid.chain(collected).filter(|(intent, _)| intent["status"] == "succeeded");
        let charges: Vec<(Value, Value)> =
            charges.map(|(intent, created)| (charge(&a_charge, intent), created.clone())).collect();
        let mut booked: Vec<Value> = charges
            .iter()
            .map(|(charge, created)| {
                let amount = charge["amount"].as_i64().expect("an amount");
                transaction(&a_transaction, "charge", amount, created, charge)
            })
            .collect();
        for refund in &self.refunds {
            let (charge, _) = charges
                .iter()
                .find(|(charge, _)| charge["payment_intent"] == refund["payment_intent"])
                .expect("what was given back was paid");
            let mut source = refund.clone();
            source["charge"] = charge.clone();
            let amount = refund["amount"].as_i64().expect("an amount");
            booked.push(transaction(&a_transaction, "refund", -amount, &refund["created"], &source));
        }
        booked
    }
}

/// The charge behind a payment intent that was paid; Stripe gives it the intent's metadata.
fn charge(example: &Value, intent: &Value) -> Value {
    let mut charge = example.clone();
    let id = intent["id"].as_str().expect("a name");
    for (name, value) in [
        ("id", json!(format!("ch_{id}"))),
        ("amount", intent["amount_received"].clone()),
        ("amount_captured", intent["amount_received"].clone()),
        ("currency", intent["currency"].clone()),
        ("metadata", intent["metadata"].clone()),
        ("payment_intent", json!(id)),
        ("captured", json!(true)),
        ("status", json!("succeeded")),
    ] {
        charge[name] = value;
    }
    charge
}

fn transaction(example: &Value, kind: &str, amount: i64, created: &Value, source: &Value) -> Value {
    let mut transaction = example.clone();
    for (name, value) in [
        ("id", json!(format!("txn_{}", source["id"].as_str().expect("a name")))),
        ("type", json!(kind)),
        ("reporting_category", json!(kind)),
        ("amount", json!(amount)),
        ("net", json!(amount)),
        ("currency", source["currency"].clone()),
        ("created", created.clone()),
        ("source", source.clone()),
    ] {
        transaction[name] = value;
    }
    transaction
}
