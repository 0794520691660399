"""What each part of a server needs of the settings."""

from bot.channels.telegram.service import Options
from bot.channels.web.addresses import networks
from bot.channels.web.parts import WebOptions
from bot.settings import Settings, SettingsError


def telegram_options(settings: Settings) -> Options:
    """Return what the Telegram channel needs of the settings."""
    return Options(
        settings.telegram_token,
        settings.telegram_api,
        settings.public_url if webhook(settings) else "",
        settings.staff_chat,
        settings.staff_topics,
        settings.send_rate,
        1 if settings.database_url.startswith("sqlite") else 2,
    )


def webhook(settings: Settings) -> bool:
    """Tell whether Telegram calls us, rather than being asked."""
    return bool(settings.public_url) if settings.webhook is None else settings.webhook


def web_options(settings: Settings) -> WebOptions:
    """Return what the web needs of the settings.

    Raises:
        SettingsError: the proxies are no addresses.
    """
    try:
        proxies = networks(settings.proxies)
    except ValueError:
        raise SettingsError(
            f"HELPDESK_PROXIES: 주소가 아닌 것이 있습니다({settings.proxies}). 예: 10.0.3.7, ::1"
        ) from None
    return WebOptions(settings.public_url, settings.frame_ancestors, rate=settings.rate, proxies=proxies)
