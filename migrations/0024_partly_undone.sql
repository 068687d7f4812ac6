-- A bank can take back a payment of which a part had been refunded before, and where it is in the right it gives that part back:
-- so what went back can come again in part. reversals.state has one more value for it, 'partly_undone', and this column says how
-- much came again; null in every other state.
alter table reversals add column undone_minor bigint;
