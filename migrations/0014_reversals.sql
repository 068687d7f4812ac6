-- What happens after a payment succeeded: money that goes back to the customer, or is taken back by a bank, and may come again.

-- How much of a payment went back in all, and when that last changed. It may be more than the payment: a bank can take back
-- what was refunded before.
alter table payments add column reversed_minor bigint not null default 0;
alter table payments add column reversed_at bigint;

-- One row for each time money went back. A refund's row is written before the processor is asked, and is never deleted.
create table reversals (
  id text not null primary key,
  -- What people call it.
  reference text not null,
  payment_id text not null references payments (id),
  account_id text not null references accounts (id),
  -- 'refund', 'return' (the bank took a debit back), 'chargeback' (the card holder's bank did).
  kind text not null,
  amount_minor bigint not null,
  currency text not null,
  -- 'overpaid', 'decided', 'elsewhere' (made on the processor's own pages), 'card_bank', or why a bank took a debit back: one
  -- of the codes of payments.decline_reason.
  reason text not null,
  -- In the words of whoever decided it; only of staff and operators.
  reason_text text,
  -- 'customer', 'operator', 'processor'.
  decided_by text not null,
  -- The customer's id or the operator's name.
  decided_by_id text,
  -- created (the processor may or may not have been asked), pending, succeeded, failed (nothing went back), unknown;
  -- undone: it had gone back and came again (a chargeback that was won, a refund that did not arrive).
  state text not null,
  -- One decision may be several refunds, of several payments.
  decision_key text,
  -- Sent to the processor as the idempotency key of a refund; of everything else made from the processor's own name.
  once_key text not null,
  -- What was asked under the decision's key; the same key with another request is refused.
  request_sha256 text not null,
  processor text not null,
  processor_reference text,
  created_at bigint not null,
  settled_at bigint,
  undone_at bigint,
  constraint reversals_reference_once unique (reference),
  constraint reversals_once unique (once_key),
  constraint reversals_processor_reference_once unique (processor, processor_reference)
);
create index reversals_by_payment on reversals (payment_id, created_at);
create index reversals_by_account on reversals (account_id);
create index reversals_by_decision on reversals (decision_key);

-- What a reversal undid of an allocation is a line of its own, with a negative amount. Null: a line of the payment itself, or
-- of money that came again.
alter table payment_allocations add column reversal_id text;

-- The sandbox processor's own books: what banks take back, and refunds that take days.
-- 'refund', 'return', 'chargeback'.
alter table sandbox_refunds add column kind text not null default 'refund';
-- 'pending', 'done', 'undone'.
alter table sandbox_refunds add column state text not null default 'done';
-- Why a bank took a debit back.
alter table sandbox_refunds add column reason text;
alter table sandbox_refunds add column settles_at bigint;
-- When the money left, and when it came again; null where it did not.
alter table sandbox_refunds add column done_at bigint;
alter table sandbox_refunds add column undone_at bigint;
update sandbox_refunds set done_at = created_at;
-- 'portal' or 'elsewhere': on the company's own pages, or by a bank.
alter table sandbox_refunds add column made_by text not null default 'portal';
