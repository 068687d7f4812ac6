-- An agreement that was completed and is active again (a payment that had completed it went back) begins another life. What its
-- customer allowed in an earlier one allows nothing in this one.

-- Counted from 1.
alter table agreements add column life bigint not null default 1;
-- The life of the agreement in which it was authorised.
alter table mandates add column agreement_life bigint not null default 1;

update agreements set life = 2
where id in (select subject_id from events where action = 'agreement.reopened');
update mandates set agreement_life = 2
where agreement_id in (select subject_id from events where action = 'agreement.reopened')
  and created_at > (
    select max(at) from events where action = 'agreement.reopened' and subject_id = mandates.agreement_id);
