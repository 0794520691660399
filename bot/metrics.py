"""What operators count. Names follow Prometheus; no label holds anything a user said."""

from functools import lru_cache

from prometheus_client import Counter, Gauge, Histogram, Info

RECEIVED = Counter("helpdesk_updates_received_total", "Updates stored", ["channel"])
REPEATED = Counter("helpdesk_updates_repeated_total", "Updates that had been stored before", ["channel"])
HANDLED = Counter("helpdesk_updates_handled_total", "Updates handled", ["channel"])
ASIDE = Counter("helpdesk_updates_set_aside_total", "Updates that could not be handled", ["channel"])
REPLIES = Counter("helpdesk_replies_total", "Replies by what became of the question", ["channel", "outcome"])
SENDS = Counter("helpdesk_sends_total", "Calls to a messenger by what became of them", ["state"])
TICKETS = Counter("helpdesk_tickets_total", "Tickets opened", ["channel"])
FEEDBACK = Counter("helpdesk_feedback_total", "Feedback given", ["verdict"])
LEADING = Gauge("helpdesk_leading", "1 where this replica polls and sends")
STAFF_AWAY = Gauge("helpdesk_staff_group_away", "1 while the bot is not in the staff group")
REACHED = Gauge("helpdesk_telegram_reached_timestamp_seconds", "When Telegram last answered")
WEBHOOK_FAULTS = Counter(
    "helpdesk_webhook_faults_total", "Times that the webhook was refused, or set by somebody else"
)
WAIT = Histogram("helpdesk_reply_seconds", "From receiving an update to storing its reply", ["channel"])
REQUESTS = Counter("helpdesk_http_requests_total", "HTTP requests by route", ["method", "route", "status"])
SECONDS = Histogram("helpdesk_http_seconds", "From a request's headers to the end of its response", ["route"])
PURGED = Gauge("helpdesk_purged_timestamp_seconds", "When what is older than its time was last deleted")
PURGE_FAILED = Counter("helpdesk_purge_failed_total", "Times that nothing could be deleted")
UNREMEMBERED = Counter("helpdesk_unremembered_total", "Questions answered but not kept", ["channel"])
FAULTS = Counter(
    "helpdesk_answer_faults_total", "Requests of a messenger answered by the menu after a fault", ["channel"]
)
LOGINS = Counter("helpdesk_logins_total", "Attempts to log in by what became of them", ["result"])
WRONG_KEYS = Counter("helpdesk_wrong_keys_total", "Requests with an API key that is none")
WAITING = Gauge("helpdesk_waiting", "Updates and calls that wait", ["what"])
WAITING_SECONDS = Gauge("helpdesk_waiting_seconds", "How long the first that waits has waited", ["what"])
BACKED_UP = Gauge("helpdesk_backup_timestamp_seconds", "When a back-up was last made; 0: never")
READY = Gauge("helpdesk_ready", "1 while the store takes writes and this replica is not stopping")
OUTDATED = Gauge("helpdesk_answers_outdated", "Answers that were to be looked at again by now")
LOOP_DELAY = Gauge("helpdesk_loop_delay_seconds", "The longest that the process kept everybody waiting of late")
RELOADS = Counter("helpdesk_knowledge_reloads_total", "Changes of the knowledge by what became of them", ["result"])
STALE = Gauge("helpdesk_knowledge_stale", "1 while the files are broken and an earlier version serves")
KNOWLEDGE = Info("helpdesk_knowledge", "The knowledge that serves")


def serving(version: str, entries: int) -> None:
    """Note which knowledge serves."""
    KNOWLEDGE.info({"version": version, "entries": str(entries)})


@lru_cache(maxsize=100)
def replies(channel: str, outcome: str) -> Counter:
    """Return what counts replies of a kind: finding it by its labels costs more than counting."""
    return REPLIES.labels(channel, outcome)
