-- What the creditor hears from us and we hear from it: the numbered feed of what was booked, payments it took itself, and why an
-- agreement ended when it took an account back.

-- Everything booked after the opening, numbered when it is first exported, one number after the other. Numbers are given under
-- a lock in one transaction, so that what commits late gets a later number and can never hide behind a cursor.
create table creditor_feed (
  -- Over all creditors, and within the creditor of the account: both begin at 1 and have no gaps.
  number bigint not null primary key,
  ledger_transaction_id text not null references ledger_transactions (id),
  creditor_id text not null references creditors (id),
  creditor_number bigint not null,
  numbered_at bigint not null,
  constraint creditor_feed_entry_once unique (ledger_transaction_id),
  constraint creditor_feed_creditor_once unique (creditor_id, creditor_number)
);

-- What was booked because of a payment.
create index ledger_transactions_by_payment on ledger_transactions (payment_id) where payment_id is not null;

-- Payments that the creditor took and told us of. Each is a row of payments too (processor 'elsewhere'), so that instalments,
-- receipts and history know it as any other.
create table payments_elsewhere (
  payment_id text not null primary key references payments (id),
  creditor_id text not null references creditors (id),
  -- The creditor's own id of the payment.
  creditor_payment_id text not null,
  -- The day it was paid there (YYYY-MM-DD).
  paid_on text not null,
  -- How it was paid, in the creditor's words.
  method text,
  import_id text not null references imports (id),
  constraint payments_elsewhere_once unique (creditor_id, creditor_payment_id)
);

-- 'recalled' or 'closed': the creditor took back or closed an account while its agreement ran.
alter table agreements add column cancelled_because text;
