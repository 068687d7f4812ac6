-- What may be chosen, what was chosen, what was signed.

-- Every policy ever in force, by the digest of its text, so that a held offer can be honoured after a change.
create table policies (
  version text not null primary key,
  text text not null,
  first_used_at bigint not null
);

-- Terms shown to a customer, held until a fixed instant. One live set per account at a time.
create table offer_sets (
  id text not null primary key,
  account_id text not null references accounts (id),
  policy_version text not null references policies (version),
  account_version bigint not null,
  balance_minor bigint not null,
  past_due_minor bigint not null,
  made_on text not null,
  held_until bigint not null,
  -- The offers as in the documented JSON.
  offers text not null,
  created_at bigint not null,
  ended_at bigint
);
create unique index offer_sets_one_live on offer_sets (account_id) where ended_at is null;

-- What a customer has typed and chosen so far, for one account. Survives sign-out, on any device.
create table drafts (
  id text not null primary key,
  customer_id text not null references customers (id),
  account_id text not null references accounts (id),
  offer_set_id text not null references offer_sets (id),
  offer_id text not null,
  -- The choice as typed (JSON) and the exact terms computed from it (canonical JSON and its SHA-256).
  choice text not null,
  terms text not null,
  terms_sha256 text not null,
  created_at bigint not null,
  updated_at bigint not null,
  ended_at bigint
);
create unique index drafts_one_live on drafts (account_id) where ended_at is null;

create table agreements (
  id text not null primary key,
  reference text not null,
  customer_id text not null references customers (id),
  creditor_id text not null references creditors (id),
  currency text not null,
  -- 'plan', 'promise', 'extension'.
  kind text not null,
  -- 'active', 'completed', 'cancelled', 'broken'.
  state text not null,
  current_version bigint not null,
  -- The draft it came from: one draft becomes one agreement, however often the button is pressed.
  draft_id text not null,
  created_at bigint not null,
  ended_at bigint,
  constraint agreements_reference_once unique (reference),
  constraint agreements_draft_once unique (draft_id)
);
create index agreements_by_customer on agreements (customer_id);

create table agreement_accounts (
  agreement_id text not null references agreements (id),
  account_id text not null references accounts (id),
  ended_at bigint,
  primary key (agreement_id, account_id)
);
create unique index agreement_accounts_one_live on agreement_accounts (account_id) where ended_at is null;

create table agreement_versions (
  agreement_id text not null references agreements (id),
  number bigint not null,
  policy_version text not null,
  -- Canonical JSON: every term and every instalment. What was shown is what is signed is what is collected.
  terms text not null,
  terms_sha256 text not null,
  total_minor bigint not null,
  signed_name text not null,
  signed_at bigint not null,
  signed_in_zone text not null,
  language text not null,
  consent_text_sha256 text not null,
  document_id text not null,
  primary key (agreement_id, number)
);

create table instalments (
  agreement_id text not null,
  version bigint not null,
  number bigint not null,
  due_on text not null,
  amount_minor bigint not null,
  primary key (agreement_id, version, number),
  foreign key (agreement_id, version) references agreement_versions (agreement_id, number)
);
create index instalments_by_due on instalments (due_on);
