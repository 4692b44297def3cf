-- Which channels took a message.
SELECT DISTINCT channel FROM alert_message WHERE sent_at IS NOT NULL
