-- Permissions to collect the instalments of an agreement from a payment method, each given by its customer in a step of its own.
-- A row is written before the processor is asked, and is never deleted.

create table mandates (
  id text not null primary key,
  -- What the customer and the processor call it.
  reference text not null,
  customer_id text not null references customers (id),
  -- The account that is locked while anything about the permission is decided.
  account_id text not null references accounts (id),
  agreement_id text not null references agreements (id),
  agreement_version bigint not null,
  currency text not null,
  -- 'created' (authorised here; the processor may or may not have been asked), 'submitted' (its page is open), 'processing' (the bank
  -- is looking at it), 'given', 'refused', 'closed' (the page closed before it was given), 'unknown', 'withdrawn' (taken back before it
  -- was given; the page may still be open), 'ended'.
  state text not null,
  processor text not null,
  processor_reference text,
  hosted_page text,
  -- The processor's own name of the permission: collected from and ended by it.
  mandate text,
  -- One decision by the customer: sent to the processor as its idempotency key.
  decision_key text not null,
  -- What was authorised: the terms as canonical JSON, the text as it was shown, its SHA-256, and who typed their name under it.
  terms text not null,
  shown_text text not null,
  text_sha256 text not null,
  signed_name text not null,
  language text not null,
  document_id text,
  created_at bigint not null,
  given_at bigint,
  -- When it was refused, closed, withdrawn or ended.
  settled_at bigint,
  -- 'customer', 'replaced', 'agreement_ended', 'processor', 'staff', 'too_late' (given after its customer had been told that it was not).
  end_reason text,
  -- When the processor said that nothing can be collected under it any more.
  ended_at_processor_at bigint,
  checks bigint not null,
  next_check_at bigint,
  constraint mandates_reference_once unique (reference),
  constraint mandates_decision_once unique (decision_key)
);
create unique index mandates_one_given on mandates (agreement_id) where state = 'given';
-- One is finished or taken back before another is begun.
create unique index mandates_one_open on mandates (agreement_id) where state in ('created', 'submitted', 'processing', 'unknown');
create index mandates_by_agreement on mandates (agreement_id, created_at);
create index mandates_by_customer on mandates (customer_id, created_at);

-- A message of a processor is about a payment or about a permission.
alter table processor_events add column mandate_id text;
