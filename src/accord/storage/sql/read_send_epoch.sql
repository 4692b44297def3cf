-- Out of which epoch customers are told.
SELECT id, since, sends, cluster, former, things, stopped FROM send_epoch
