-- What happened, what is to be done, and what is to be sent.

-- Every change has an event in its own transaction: who, when, what, on whose behalf, what was shown.
create table events (
  id text not null primary key,
  at bigint not null,
  -- 'customer', 'staff', 'system', 'processor', 'operator', 'visitor'.
  actor_kind text not null,
  actor_id text,
  on_behalf_of text,
  action text not null,
  customer_id text,
  account_id text,
  subject_id text,
  -- JSON without personal data: codes, ids, digests, amounts.
  details text not null
);
create index events_by_account on events (account_id, at);
create index events_by_customer on events (customer_id, at);

create table jobs (
  id text not null primary key,
  kind text not null,
  subject_id text not null,
  -- Asking twice for the same work makes one job.
  once_key text not null,
  run_at bigint not null,
  leased_until bigint,
  attempts bigint not null,
  last_error text,
  done_at bigint,
  created_at bigint not null,
  constraint jobs_once unique (once_key)
);
create index jobs_due on jobs (run_at) where done_at is null;

create table outbox (
  id text not null primary key,
  customer_id text not null references customers (id),
  channel text not null,
  template text not null,
  language text not null,
  recipient text not null,
  subject text not null,
  body_text text not null,
  body_html text not null,
  document_id text references documents (id),
  -- 'any' (the customer asked for it there and then) or 'contact' (only while contact is allowed where the customer is).
  hours text not null,
  -- 'waiting', 'sending', 'sent', 'not_sent'.
  state text not null,
  -- Why it waits or was not sent: 'no_mail_server', 'outside_window', 'server_unreachable', 'refused_by_server', 'no_address'.
  reason text,
  once_key text not null,
  -- While it is being sent: until when the sender may take. Whoever comes after that may try again.
  not_before bigint not null,
  created_at bigint not null,
  sent_at bigint,
  attempts bigint not null,
  constraint outbox_once unique (once_key)
);
create index outbox_waiting on outbox (not_before) where state in ('waiting', 'sending');
