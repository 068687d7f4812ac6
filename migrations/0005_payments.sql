-- Attempts to move money. A row is written before the processor is asked, and is never deleted.

create table payments (
  id text not null primary key,
  reference text not null,
  customer_id text not null references customers (id),
  account_id text not null references accounts (id),
  agreement_id text references agreements (id),
  -- 'balance' (pay in full), 'past_due' (get up to date), 'part', 'instalment'.
  purpose text not null,
  amount_minor bigint not null,
  -- A prompt-payment discount that is granted if this payment succeeds.
  discount_minor bigint not null,
  currency text not null,
  -- created, submitted, needs_customer, processing, succeeded, declined, cancelled, abandoned, unknown,
  -- partly_refunded, refunded, returned, charged_back.
  state text not null,
  decline_reason text,
  processor text not null,
  processor_reference text,
  hosted_page text,
  -- One decision by the customer: sent to the processor as its idempotency key.
  decision_key text not null,
  -- What was asked under that key; the same key with another request is refused.
  request_sha256 text not null,
  created_at bigint not null,
  submitted_at bigint,
  settled_at bigint,
  next_check_at bigint,
  checks bigint not null,
  constraint payments_reference_once unique (reference),
  constraint payments_decision_once unique (decision_key),
  constraint payments_processor_reference_once unique (processor, processor_reference)
);
create index payments_by_account on payments (account_id, created_at);
create index payments_to_check on payments (next_check_at);

-- What a succeeded payment was applied to.
create table payment_allocations (
  payment_id text not null references payments (id),
  line bigint not null,
  account_id text not null references accounts (id),
  -- 'past_due', 'balance', 'instalment', 'credit' (more than was owed).
  applied_to text not null,
  agreement_id text,
  instalment_number bigint,
  amount_minor bigint not null,
  primary key (payment_id, line)
);
create index payment_allocations_by_agreement on payment_allocations (agreement_id);

-- Every message of a processor, once.
create table processor_events (
  processor text not null,
  event_id text not null,
  payment_id text,
  received_at bigint not null,
  kind text not null,
  effect text not null,
  primary key (processor, event_id)
);

-- The sandbox processor's own books: it stands for a company elsewhere, so nothing of ours refers to it.
create table sandbox_charges (
  id text not null primary key,
  idempotency_key text not null,
  merchant_reference text not null,
  amount_minor bigint not null,
  currency text not null,
  -- open, needs_confirmation, processing, succeeded, declined, cancelled, expired.
  state text not null,
  decline_reason text,
  return_url text not null,
  cancel_url text not null,
  language text not null,
  method text,
  -- When a slow outcome becomes final, and how its webhook is to behave.
  settles_at bigint,
  settles_as text,
  hidden_until bigint,
  -- 'on_time', 'late', 'twice' or 'never'.
  webhook text not null,
  -- When the hosted page closes if nobody has paid on it.
  expires_at bigint not null,
  created_at bigint not null,
  constraint sandbox_charges_key_once unique (idempotency_key)
);

-- Webhooks the sandbox processor still has to deliver, and those it has delivered.
create table sandbox_deliveries (
  id text not null primary key,
  -- The same for a message that is delivered twice.
  event_id text not null,
  body text not null,
  deliver_at bigint not null,
  leased_until bigint,
  attempts bigint not null,
  delivered_at bigint
);
create index sandbox_deliveries_due on sandbox_deliveries (deliver_at) where delivered_at is null;

-- What the sandbox processor and the portal agreed on when the database was made: the secret that signs webhooks.
create table sandbox_settings (
  name text not null primary key,
  value text not null
);
