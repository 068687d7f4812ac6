-- Who owes what to whom, as the creditor reported it.
--
-- Conventions of every migration: one SQL text for SQLite and PostgreSQL. Ids and dates (YYYY-MM-DD) are text, instants are
-- milliseconds since 1970 UTC (bigint), money is minor units of the account's currency (bigint), yes/no is bigint 0/1 where
-- it must be stored at all. A column that is null means "unknown", never "no". Migrations are append-only.

create table creditors (
  id text not null primary key,
  name text not null unique,
  created_at bigint not null
);

-- A person towards one creditor. Two accounts are the same customer's only where the creditor gave the same customer reference.
create table customers (
  id text not null primary key,
  creditor_id text not null references creditors (id),
  customer_reference text,
  given_name text not null,
  family_name text not null,
  date_of_birth text not null,
  street text,
  city text,
  state text,
  postal_code text not null,
  postal_code_normalised text not null,
  time_zone text not null,
  email text,
  phone text,
  language text not null,
  customer_since text,
  created_at bigint not null,
  updated_at bigint not null,
  constraint customers_reference_once unique (creditor_id, customer_reference)
);

create table accounts (
  id text not null primary key,
  creditor_id text not null references creditors (id),
  customer_id text not null references customers (id),
  -- As the creditor writes it, and trimmed, upper-cased and without spaces for finding.
  reference text not null,
  reference_normalised text not null,
  product text not null,
  currency text not null,
  -- 'open', 'recalled' (the creditor took it back) or 'closed'.
  status text not null,
  itemization_date text not null,
  balance_at_itemization_minor bigint not null,
  interest_since_minor bigint not null,
  fees_since_minor bigint not null,
  payments_since_minor bigint not null,
  credits_since_minor bigint not null,
  -- What the creditor last reported; the balance itself is the sum of the postings.
  reported_balance_minor bigint not null,
  reported_past_due_minor bigint not null,
  reported_at bigint not null,
  balance_date text not null,
  oldest_unpaid_due_date text,
  -- Raised by every write that concerns the account. Updating it first is how a service locks the account.
  version bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  constraint accounts_reference_once unique (reference_normalised)
);
create index accounts_by_customer on accounts (customer_id);

-- The creditor's own history, shown as such. These are not ledger entries.
create table creditor_transactions (
  account_id text not null references accounts (id),
  -- Identity of the row: the creditor's own id if it sends one, else a digest of its content and its place among equals.
  fingerprint text not null,
  posted_on text not null,
  -- 'opening_balance', 'charge', 'interest', 'fee', 'payment', 'credit', 'adjustment'.
  kind text not null,
  amount_minor bigint not null,
  description text not null,
  primary key (account_id, fingerprint)
);

-- One run of the importer over one file. A run that was interrupted goes on after rows_done.
create table imports (
  id text not null primary key,
  kind text not null,
  file_name text not null,
  file_sha256 text not null,
  mapping_sha256 text not null,
  -- 'running', 'finished'.
  state text not null,
  rows_done bigint not null,
  rows_new bigint not null,
  rows_updated bigint not null,
  rows_unchanged bigint not null,
  rows_rejected bigint not null,
  started_at bigint not null,
  finished_at bigint
);
create index imports_by_file on imports (file_sha256, mapping_sha256);
