pragma journal_mode=wal;
create table a(id integer primary key, k int, t text);
create table b(k int primary key, n real);
begin; with recursive c(i) as (select 1 union all select i+1 from c where i<2000) insert into a select i, i*7%50, hex(i*i) from c; commit;
insert into b select distinct k, k/3.0 from a;
select count(*), sum(a.id), printf('%.3f',sum(n)) from a join b using(k) where n>2;
begin; delete from a where id%2; rollback; select count(*) from a;
create index x on a(t); select id from a where t like '3%' order by t limit 3; vacuum; pragma integrity_check;
