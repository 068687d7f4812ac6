-- Evidence: what customers upload to support a hardship request, a dispute or a message. Encrypted with a key per case; when the
-- key is destroyed, no copy of the bytes made afterwards can be read (docs/decisions/0017-evidence.md).

create table evidence_cases (
  -- The id of the hardship case, dispute or message it belongs to.
  case_id text not null primary key,
  -- 'hardship', 'dispute', 'message'.
  kind text not null,
  customer_id text not null references customers (id),
  account_id text not null references accounts (id),
  begun_at bigint not null,
  -- It takes no more since then.
  finished_at bigint,
  -- The day on which everything in it is deleted, years first.
  delete_on text not null,
  -- The public half of the case's key (age), with which files are encrypted.
  recipient text not null,
  -- Its secret half, encrypted for the portal's evidence key; null once it is destroyed.
  wrapped_key bytea,
  key_destroyed_at bigint
);
create index evidence_cases_due on evidence_cases (delete_on) where wrapped_key is not null;
create index evidence_cases_by_customer on evidence_cases (customer_id);

create table evidence_items (
  id text not null primary key,
  case_id text not null references evidence_cases (case_id),
  -- 'pdf', 'jpeg', 'png', 'heic'. The customer's own name of the file is not kept.
  kind text not null,
  -- Of the cleaned file.
  bytes bigint not null,
  added_at bigint not null
);
create index evidence_items_by_case on evidence_items (case_id, added_at);

-- An age file in pieces, so that neither writing nor reading nor a backup holds a whole file in memory.
create table evidence_pieces (
  item_id text not null references evidence_items (id),
  number bigint not null,
  bytes bytea not null,
  primary key (item_id, number)
);

-- Who opened what, when and why; stays when the file is gone.
create table evidence_openings (
  id text not null primary key,
  case_id text not null references evidence_cases (case_id),
  item_id text not null,
  opened_at bigint not null,
  opened_by text not null,
  reason text not null
);
create index evidence_openings_by_case on evidence_openings (case_id, opened_at);
