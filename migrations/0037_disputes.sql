-- "This is not right": what a customer disputes of an account, all of it or a part, until it is answered in writing
-- (12 CFR 1006.38). Before this a dispute was a message (contact_requests.kind 'not-right') and its hold; those stay as they are.

create table disputes (
  id text not null primary key,
  -- `DP-…`, what people quote. Also the reason of its hold.
  reference text not null,
  account_id text not null references accounts (id),
  customer_id text not null references customers (id),
  -- 'not_mine', 'wrong_amount', 'paid_already', 'other'.
  reason text not null,
  -- The part that is disputed; null for all of it.
  part_minor bigint,
  -- 'open', 'more_needed', 'answered'.
  state text not null,
  -- 'verified', 'corrected', 'not_owed', 'withdrawn' (by its customer); null until it is answered.
  outcome text,
  -- What the customer was promised: the end of that day where they live.
  answer_by bigint not null,
  opened_at bigint not null,
  answered_at bigint,
  answered_by text,
  -- The letter that answers it; null where its customer withdrew it.
  document_id text references documents (id),
  -- The hold ended then: the answer was sent, or the dispute withdrawn. Until then nothing of it is collected.
  released_at bigint,
  -- 'sent', 'posted' (by a person), 'withdrawn'. What was sent and comes back was not sent: then it is in force again.
  released_because text,
  constraint disputes_reference_once unique (reference)
);
-- One at a time for each account; what else is not right is added to it.
create unique index disputes_in_force on disputes (account_id) where released_at is null;
create index disputes_by_account on disputes (account_id, opened_at);

-- What was written about it, in order.
create table dispute_words (
  dispute_id text not null references disputes (id),
  number bigint not null,
  -- 'said' and 'added' by the customer, 'asked' and 'answered' by a person here.
  kind text not null,
  words text not null,
  written_at bigint not null,
  written_by text not null,
  primary key (dispute_id, number)
);

-- What a customer has typed and not sent: one for each account, on any device. Its id becomes that of the dispute, so that pressing
-- "send" twice sends once.
create table dispute_drafts (
  account_id text not null primary key references accounts (id),
  id text not null,
  customer_id text not null references customers (id),
  -- Raised whenever it changes: what is sent is what was shown.
  revision bigint not null,
  -- Field names and what was typed (JSON).
  typed text not null,
  updated_at bigint not null
);

-- Letters that a customer asked for: the original creditor, an itemized statement, validation information. One of a kind a day.
create table information_requests (
  id text not null primary key,
  account_id text not null references accounts (id),
  customer_id text not null references customers (id),
  -- 'creditor', 'itemization', 'validation'.
  about text not null,
  asked_on text not null,
  language text not null,
  document_id text not null references documents (id),
  -- Of the request that a person answers, where our books do not say it all.
  request_reference text,
  created_at bigint not null,
  constraint information_once_a_day unique (account_id, about, asked_on, language)
);

-- Who first lent or billed it, where that is somebody else, and where they are reached; null is not known.
alter table creditors add column original_name text;
alter table creditors add column address text;
