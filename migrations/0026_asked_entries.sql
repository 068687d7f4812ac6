-- What a person asked for under a key of their own, so that a key stands for one correction or write-off and for nothing else.
-- Entries from before this have none: what was asked for them is not known, so their keys cannot be used again.

create table asked_entries (
  decision_key text not null primary key,
  account_id text not null references accounts (id),
  -- The digest of account, kind, part and amount.
  request_sha256 text not null,
  -- The entry's own key in the ledger.
  once_key text not null
);
