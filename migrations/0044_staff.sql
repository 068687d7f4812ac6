-- Staff accounts: whoever works here comes in with a password of their own and a second factor, into sessions of their own kind.
-- Nothing of it is ever in a customer's session, and nothing of a customer's in theirs (docs/decisions/0028-staff-accounts.md).

-- 1 while the password is one that somebody else made: good for choosing one's own, and for nothing else.
alter table staff add column password_is_made bigint not null default 1;
-- Rises with whatever ends all sessions of a person: another password, another second factor, another role, being disabled. A session
-- of an earlier number opens nothing, even one that was begun at the same moment.
alter table staff add column generation bigint not null default 0;
-- What their authenticator reckons its codes with (RFC 6238), in base32; null while there is none.
alter table staff add column totp_secret text;
-- The last step of thirty seconds whose code was taken: no code is taken twice.
alter table staff add column totp_step bigint;

create table staff_sessions (
  -- Of the id in the cookie, which is kept nowhere.
  id_digest text not null primary key,
  data text not null,
  -- Null before a password was right: such a session holds a refused form and nothing else.
  staff_id text references staff (id),
  generation bigint not null,
  created_at bigint not null,
  last_seen_at bigint not null,
  expires_at bigint not null
);
create index staff_sessions_by_expiry on staff_sessions (expires_at);
create index staff_sessions_by_staff on staff_sessions (staff_id);

-- Ways in for whoever has lost their authenticator, each good once. Only digests: a code has 117 bits of chance.
create table staff_recovery_codes (
  code_digest text not null primary key,
  staff_id text not null references staff (id),
  created_at bigint not null,
  used_at bigint
);
create index staff_recovery_codes_by_staff on staff_recovery_codes (staff_id);

-- The creditors whose customers a partner may see.
create table staff_creditors (
  staff_id text not null references staff (id),
  creditor_id text not null references creditors (id),
  constraint staff_creditors_once primary key (staff_id, creditor_id)
);

-- Who tried to come in as whom and how it went, for the person to look at. Coarse (no address) and deleted after 180 days.
create table staff_sign_ins (
  id text not null primary key,
  staff_id text not null references staff (id),
  at bigint not null,
  -- 'came_in', 'wrong_password', 'wrong_code', 'waited'.
  outcome text not null
);
create index staff_sign_ins_by_staff on staff_sign_ins (staff_id, at);
create index staff_sign_ins_by_age on staff_sign_ins (at);
