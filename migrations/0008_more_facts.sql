-- What a creditor may tell of an account beyond its figures: whether the time is over in which it can be sued for, and how
-- many instalments fell due and were paid by their day in the twelve months before its balance date. All three may be
-- missing: null is "unknown", never "no" and never zero.

-- 1: the time is over; 0: it is not.
alter table accounts add column time_barred bigint;
-- Both counts or neither.
alter table accounts add column instalments_due bigint;
alter table accounts add column instalments_kept bigint;

-- Agreements that have ended are looked up by their account too: how their instalments were kept counts.
create index agreement_accounts_by_account on agreement_accounts (account_id);
