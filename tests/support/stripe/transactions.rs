//! What Stripe books: a balance transaction for every movement, dated when it happened, each with the name of what it is about.
//! <https://docs.stripe.com/api/balance_transactions>

use super::books::{Books, now, objects};
use super::going_back::charge_name;
use serde_json::{Value, json};

impl Books {
    /// A payment that was made: a `charge` by card, a `payment` by bank debit.
    pub fn book_charge(&mut self, kind: &str, intent: &Value) {
        let amount = intent["amount_received"].as_i64().expect("an amount");
        let name = charge_name(intent["id"].as_str().expect("a name"));
        self.book([kind, "charge"], amount, &intent["currency"], &name);
    }

    /// Whether it was paid by bank debit.
    pub fn is_debit(&self, intent: &str) -> bool {
        let name = charge_name(intent);
        self.booked.iter().any(|transaction| transaction["source"] == *name && transaction["type"] == "payment")
    }

    /// Books a movement under its type and reporting category; answers the transaction.
    pub fn book(&mut self, [kind, category]: [&str; 2], amount: i64, currency: &Value, source: &str) -> Value {
        let mut transaction = objects("balance_transaction");
        for (name, value) in [
            ("id", json!(format!("txn_{}", self.booked.len() + 1))),
            ("type", json!(kind)),
            ("reporting_category", json!(category)),
            ("amount", json!(amount)),
            ("net", json!(amount)),
            ("currency", currency.clone()),
            ("created", json!(now())),
            ("source", json!(source)),
        ] {
            transaction[name] = value;
        }
        self.booked.push(transaction.clone());
        transaction
    }

    /// Oldest first, with as much of their sources in them as was asked for with `expand[]`.
    pub fn transactions(&self, expanded: &[String]) -> Vec<Value> {
        let asked = |field: &str| expanded.iter().any(|asked| asked == field);
        let (with_source, with_charge) = (asked("data.source"), asked("data.source.charge"));
        let shown = self.booked.iter().map(|transaction| {
            let mut transaction = transaction.clone();
            if with_source {
                let mut source = self.source(transaction["source"].as_str().expect("a name"));
                if with_charge && source["object"] != "charge" {
                    source["charge"] = self.charge(source["payment_intent"].as_str().expect("a name"));
                }
                transaction["source"] = source;
            }
            transaction
        });
        shown.collect()
    }

    /// The charge, refund or dispute of this name.
    fn source(&self, name: &str) -> Value {
        match name.strip_prefix("ch_") {
            Some(intent) => self.charge(intent),
            None => {
                let of_name = |object: &&Value| object["id"] == name;
                self.refunds.iter().chain(&self.disputes).find(of_name).expect("what was booked is there").clone()
            }
        }
    }
}
