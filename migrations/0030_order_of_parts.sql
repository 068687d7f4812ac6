-- In which order a payment paid the parts of a debt, such as 'fees interest principal': the policy may have another one by now. Null
-- for what was written before this column, and for what a reversal undid.
alter table payment_components add column parts_order text;
