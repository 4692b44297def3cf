-- Tell the other processes on this database that there is work; the name says who rang.
SELECT pg_notify('accord_work', :who)
