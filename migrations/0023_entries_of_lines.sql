-- Each line of what a payment was applied to, and of the parts of a debt it paid, names the entry of the books it explains: the
-- payment, what went back, or what came again. The creditor's feed exports the lines of each entry with it.

-- ledger_transactions.once_key of that entry.
alter table payment_allocations add column entry_key text;
alter table payment_components add column entry_key text;

-- Lines from before: of what went back by its reversal, before anything went back the payment's own, and afterwards of what came
-- again, where that happened once. Where it happened more often nobody can say any more which was which: those stay empty.
update payment_allocations set entry_key = (
    select t.once_key from reversals r
    join ledger_transactions t
      on t.once_key in (r.kind || ':' || r.id, r.kind || ':' || r.id || ':' || payment_allocations.account_id)
    where r.id = payment_allocations.reversal_id)
where reversal_id is not null;
update payment_allocations set entry_key = (
    select t.once_key from ledger_transactions t
    where t.once_key in (
      'payment:' || payment_allocations.payment_id,
      'payment:' || payment_allocations.payment_id || ':' || payment_allocations.account_id))
where reversal_id is null
  and not exists (
    select 1 from payment_allocations earlier
    where earlier.payment_id = payment_allocations.payment_id and earlier.line < payment_allocations.line
      and earlier.reversal_id is not null);
update payment_allocations set entry_key = (
    select case when count(*) = 1 then min(t.once_key) end from ledger_transactions t
    where t.payment_id = payment_allocations.payment_id and t.account_id = payment_allocations.account_id
      and t.kind = 'reinstatement')
where reversal_id is null and entry_key is null;

update payment_components set entry_key = (
    select t.once_key from reversals r
    join ledger_transactions t
      on t.once_key in (r.kind || ':' || r.id, r.kind || ':' || r.id || ':' || payment_components.account_id)
    where r.id = payment_components.reversal_id)
where reversal_id is not null;
update payment_components set entry_key = (
    select t.once_key from ledger_transactions t
    where t.once_key in (
      'payment:' || payment_components.payment_id,
      'payment:' || payment_components.payment_id || ':' || payment_components.account_id))
where reversal_id is null
  and not exists (
    select 1 from payment_components earlier
    where earlier.payment_id = payment_components.payment_id and earlier.line < payment_components.line
      and earlier.reversal_id is not null);
update payment_components set entry_key = (
    select case when count(*) = 1 then min(t.once_key) end from ledger_transactions t
    where t.payment_id = payment_components.payment_id and t.account_id = payment_components.account_id
      and t.kind = 'reinstatement')
where reversal_id is null and entry_key is null;
