-- Permissions to collect the instalments of an agreement from a payment method, each given by its customer in a step of its own.
-- A row is written before the processor is asked, and is never deleted.

create table mandates (
  id text not null primary key,
  -- What the customer and the processor call it.
  reference text not null,
  customer_id text not null references customers (id),
  agreement_id text not null references agreements (id),
  currency text not null,
  -- 'created' (authorised here; the processor may or may not have been asked), 'submitted' (its page is open), 'processing' (the bank
  -- is looking at it), 'given', 'refused', 'closed' (the page closed before it was given), 'unknown', 'ended'.
  state text not null,
  processor text not null,
  processor_reference text,
  hosted_page text,
  -- The processor's own name of the permission: collected from and ended by it.
  mandate text,
  -- One decision by the customer: sent to the processor as its idempotency key.
  decision_key text not null,
  -- What was authorised: the text as shown, by its SHA-256, and who typed their name under it.
  text_sha256 text not null,
  signed_name text not null,
  language text not null,
  document_id text,
  created_at bigint not null,
  given_at bigint,
  ended_at bigint,
  -- 'customer', 'replaced', 'agreement_ended', 'processor', 'staff'.
  end_reason text,
  constraint mandates_reference_once unique (reference),
  constraint mandates_decision_once unique (decision_key)
);
create unique index mandates_one_given on mandates (agreement_id) where state = 'given';
create index mandates_by_customer on mandates (customer_id, created_at);
