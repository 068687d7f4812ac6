-- Instalments collected by themselves: what was announced, when it is tried, and what came of each try.

-- The permission a collection was made under; null for a payment the customer made.
alter table payments add column mandate_id text references mandates (id);

-- One row per try. A row is written before the customer is told or the processor is asked, and is never deleted.
create table collections (
  agreement_id text not null references agreements (id),
  version bigint not null,
  instalment_number bigint not null,
  -- Counted from 1. With the three before it, it makes the payment's decision key: no second charge under the same number.
  attempt bigint not null,
  account_id text not null references accounts (id),
  -- 'announced' (the customer is told of the day), 'planned' (a try failed, and they are told of the day of the next),
  -- 'asked' (the payment is recorded; its outcome is to come), 'collected', 'declined', 'abandoned' (the processor never got it),
  -- 'not_needed' (nothing was open), 'not_collected' (and why: reason).
  state text not null,
  -- The day the customer was told.
  day text not null,
  -- The day on which something is to be decided about it, in the customer's time zone.
  look_on text not null,
  -- What the customer was told; more is never taken.
  amount_minor bigint not null,
  -- How often its day was announced, and the key of the message that says it: null where the permission itself says it.
  notices bigint not null,
  notice_key text,
  payment_id text references payments (id),
  -- Why it is not collected, or why the bank said no.
  reason text,
  created_at bigint not null,
  updated_at bigint not null,
  constraint collections_try_once primary key (agreement_id, version, instalment_number, attempt)
);
create unique index collections_payment_once on collections (payment_id) where payment_id is not null;
create index collections_to_look_at on collections (look_on) where state in ('announced', 'planned');
create index collections_by_account on collections (account_id);
