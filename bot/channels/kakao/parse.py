"""Read skill requests. Pure.

A tap comes back with the `extra` of what was tapped as `clientExtra`.

Source: «응답 타입별 JSON 포맷», kakaobusiness.gitbook.io/main/tool/chatbot/skill_guide/answer_json_format.
"""

import json

from bot.channels.answering.message import BadRequest, Message, mapping, string, tapped
from bot.desk.language import tagged
from bot.knowledge import locale
from bot.languages import KOREAN

LONGEST_USER = 70
"""Characters of a user's id. Source: the guide, `userRequest.user`."""


def parse(body: object) -> Message:
    """Return the skill request in a decoded JSON body. Unknown, missing and null fields never fail.

    The user's id is different for each bot.

    Raises:
        BadRequest: not an object, no utterance, or no user id of 1 to 70 characters.
    """
    if not isinstance(body, dict):
        raise BadRequest("the body is not a JSON object")
    request = mapping(body.get("userRequest"))
    if not isinstance(request.get("utterance"), str):
        raise BadRequest("userRequest.utterance is not a string")
    user = string(mapping(request.get("user")).get("id"))
    if not 1 <= len(user) <= LONGEST_USER:
        raise BadRequest(f"userRequest.user.id is not a string of 1 to {LONGEST_USER} characters")
    extra = mapping(mapping(body.get("action")).get("clientExtra"))
    chosen = string(extra.get("l"))
    language = chosen or tagged(string(request.get("lang")))
    return Message(
        user,
        string(request["utterance"]),
        **tapped(extra),
        language=language if language in locale.codes() else KOREAN,
        chosen=chosen in locale.codes(),
        bot=string(mapping(body.get("bot")).get("id")),
        tester=mapping(request.get("params")).get("surface") == "BuilderBotTest",
        extra=json.dumps(extra, sort_keys=True) if extra else "{}",
    )
