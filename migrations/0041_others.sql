-- Others who act for a customer: somebody tells us that the account holder has died, is insolvent or in a breathing space; and
-- helpers whom customers let see and do a part of what they can themselves.
--
-- What was told is personal, of the customer and of whoever told it. It stands here and in no event.

create table life_events (
  id text not null primary key,
  -- `LE-…`, what people quote. Also the reason of its holds.
  reference text not null,
  -- 'died', 'insolvent', 'breathing_space'.
  happened text not null,
  -- 'told', 'contradicted' (by its customer), 'confirmed', 'dismissed', 'ended'.
  state text not null,
  -- Null until it is known whom it is about. Nobody who tells us something learns which it is.
  customer_id text references customers (id),
  -- Who told it, as they say: 'executor', 'family', 'trustee', 'adviser', 'myself', 'other'.
  told_by text not null,
  -- As typed (JSON: fields and their values); read again each time it is used.
  told text not null,
  language text not null,
  told_at bigint not null,
  -- What was promised: the end of that day.
  answer_by bigint not null,
  times_late bigint not null,
  -- Who of the staff confirmed or dismissed it.
  decided_by text,
  decided_at bigint,
  -- When it ends by itself: a breathing space that was confirmed.
  ends_at bigint,
  ended_at bigint,
  -- The letter to whoever stands in for the customer, and the one at the end.
  document_id text references documents (id),
  end_document_id text references documents (id),
  constraint life_events_reference_once unique (reference)
);
create index life_events_to_decide on life_events (answer_by) where state in ('told', 'contradicted');
create index life_events_by_customer on life_events (customer_id, told_at);
create index life_events_to_end on life_events (ends_at) where state = 'confirmed';
create index holds_by_life_event on holds (reason) where kind in ('told', 'deceased', 'insolvency', 'breathing_space');
-- Whom a report may be about, where no reference was given.
create index customers_by_birth on customers (date_of_birth, postal_code_normalised);

-- Whom a customer lets help: what they may see and do, of which account, until when. Kept when it is over, as proof of it.
create table helpers (
  id text not null primary key,
  -- `HA-…`: with the code word this is how they come back.
  reference text not null,
  customer_id text not null references customers (id),
  -- Null for all accounts.
  account_id text references accounts (id),
  name text not null,
  -- 'adviser', 'carer', 'relative', 'other'.
  kind text not null,
  organisation text not null,
  -- Codes with commas between.
  rights text not null,
  -- The text that the customer confirmed, and its digest.
  terms text not null,
  terms_sha256 text not null,
  language text not null,
  -- 'invited', 'active', 'ended'.
  state text not null,
  created_at bigint not null,
  -- The link of the invitation works once; only its digest is kept.
  token_digest text not null,
  accepted_at bigint,
  ends_at bigint not null,
  ended_at bigint,
  -- 'customer', 'operator', 'time', 'tries'.
  ended_because text,
  constraint helpers_reference_once unique (reference),
  constraint helpers_token_once unique (token_digest)
);
create index helpers_by_customer on helpers (customer_id, created_at);
create index helpers_to_end on helpers (ends_at) where state <> 'ended';

-- What a customer typed and has not confirmed: one each. Its id becomes that of the helper, so that confirming twice confirms once.
create table helper_drafts (
  customer_id text not null primary key references customers (id),
  id text not null,
  typed text not null,
  updated_at bigint not null
);

-- Whose help a session is, where it is not the customer's own.
alter table sessions add column helper_id text;
create index sessions_by_helper on sessions (helper_id);
create index events_by_helper on events (actor_id, at) where actor_kind = 'helper';
