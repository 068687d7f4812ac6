-- The books. Double entry: the postings of a transaction sum to zero; the postings of the book 'customer' on an account
-- sum to its balance (owed is positive, paid is negative). Rows are only ever added; a correction is an entry.

create table ledger_transactions (
  id text not null primary key,
  -- 'opening', 'payment', 'discount', 'refund', 'return', 'chargeback', 'adjustment', 'write_off'.
  kind text not null,
  account_id text not null references accounts (id),
  payment_id text,
  posted_at bigint not null,
  -- The day in the customer's time zone.
  posted_on text not null,
  reason text not null,
  actor text not null,
  -- What makes this entry happen once: the import's account, the payment's id, …
  once_key text not null,
  constraint ledger_transactions_once unique (once_key)
);
create index ledger_transactions_by_account on ledger_transactions (account_id, posted_at);

create table postings (
  transaction_id text not null references ledger_transactions (id),
  line bigint not null,
  account_id text not null references accounts (id),
  -- 'customer' (what the customer owes), 'creditor' (owed to the creditor as handed over), 'processor' (money at the
  -- payment company), 'discount' (given up by the creditor), 'adjustment', 'write_off'.
  book text not null,
  -- 'principal', 'interest', 'fees', 'payments', 'credits'.
  component text not null,
  amount_minor bigint not null,
  currency text not null,
  primary key (transaction_id, line)
);
create index postings_by_account on postings (account_id, book);

-- A reason nothing may be demanded or collected for a while. Every collection asks here.
create table holds (
  id text not null primary key,
  account_id text not null references accounts (id),
  -- 'time_to_think', 'hardship', 'dispute', 'breathing_space', 'deceased', 'insolvency', 'recalled', 'staff'.
  kind text not null,
  reason text not null,
  starts_at bigint not null,
  ends_at bigint,
  released_at bigint,
  created_by text not null
);
create index holds_by_account on holds (account_id);
