"""Long messages: people tell first and ask at the end, or ask first and explain after."""

import pytest

from bot.desk.desk import HelpDesk
from bot.words import Query
from tests.conftest import NOW

STORIES = [
    (
        "royalty-period",
        "안녕하세요 저희는 대전에서 부품 가공을 하는 회사입니다. 2022년에 산학연플랫폼 과제를 했고 작년에 끝났습니다. 매출이 나기 시작했는데 기술료는 몇 년 동안 내야 하나요? 대표님이 궁금해하십니다.",
    ),
    (
        "status-open-now",
        "아는 사장님이 이 사업으로 2억 넘게 받았다고 자랑을 하길래 저도 해 보고 싶어서요. 저희는 직원 다섯 명이고 벤처 인증은 없습니다. 지금도 신청 받고 있나요?",
    ),
    (
        "ip-owner",
        "과제로 나온 특허는 누구 것이 되나요? 저희가 돈도 대고 사람도 댔는데 대학에서 자기네 이름으로 출원하겠다고 합니다. 교수님하고는 사이가 좋은 편인데 산학협력단이 강경합니다.",
    ),
    (
        "settlement-leftover",
        "담당하던 직원이 그만두면서 정리를 안 하고 나갔습니다. 통장을 보니 연구비가 삼백만 원쯤 남아 있는데 이 남은 돈은 어떻게 해야 하나요",
    ),
    (
        "report-late",
        "병원에 입원하느라 최종보고서 제출 날짜를 놓쳤습니다. 대학 교수님도 모르고 계셨다고 하네요. 보고서를 늦게 내면 불이익이 있을까요?",
    ),
    (
        "money-card-lost",
        "어제 출장 갔다가 지갑을 통째로 잃어버렸는데 거기에 연구비 카드가 들어 있었어요. 연구비 카드를 잃어버리면 어떻게 해야 하죠? 사장님한테 아직 말도 못 했어요.",
    ),
    (
        "institution-phone.kumoh",
        "구미에서 기계 부품을 만드는 회사입니다. 2022년에 금오공대와 과제를 했는데 담당 선생님이 바뀌어서 연락이 끊겼습니다. 그쪽 사업단 전화번호가 어떻게 되나요?",
    ),
    (
        "appeal-evaluation",
        "어제 평가 결과 메일을 받았습니다. 점수가 말이 안 됩니다. 위원들이 우리 기술을 전혀 이해하지 못한 것 같아요. 이의신청은 며칠 안에 해야 하나요?",
    ),
    (
        "agreement-partner-exit",
        "같이 과제를 하던 기업이 지난달에 폐업했습니다. 저희는 대학 산학협력단 담당자입니다. 남은 기간이 반년인데 참여기업이 폐업하면 과제는 어떻게 되는 건가요?",
    ),
    (
        "programme-amount",
        "얼마까지 지원해 줬는지 알고 싶습니다. 저희는 서울에 있는 소프트웨어 회사이고 연구소도 있고 벤처 인증도 있습니다. 작년에 대표가 바뀌었습니다.",
    ),
    (
        "fraud-broker",
        "모르는 번호로 전화가 와서 자기들이 정부 과제를 따 주겠대요. 착수금 없이 선정되면 10퍼센트를 수수료로 달라고 합니다. 이런 업체를 믿어도 되나요?",
    ),
    (
        "sanction-abandon",
        "회사가 어려워져서 직원 절반이 나갔습니다. 더는 연구를 할 사람이 없습니다. 과제를 중간에 포기하면 제재를 받나요? 다음에 다른 사업도 못 하게 될까 봐 걱정입니다.",
    ),
    (
        "lab-how",
        "저희 공장은 아직 연구소가 없습니다. 다음 공고를 준비하려고 하는데 기업부설연구소는 어떻게 만드나요? 직원은 열두 명이고 공대 나온 사람이 둘 있습니다.",
    ),
    (
        "eligibility-sole",
        "법인은 아니고 혼자 하는 사업입니다. 와이프가 도와주고요. 3D프린터로 부품을 만듭니다. 개인사업자도 신청할 수 있었나요?",
    ),
    (
        "sme-certificate-get",
        "은행에서 서류를 떼 오라고 하는데 뭔지 잘 모르겠어요. 중소기업확인서라고 하던데 이건 어디서 발급받나요? 세무사 사무실은 휴가랍니다.",
    ),
]


@pytest.mark.parametrize(("entry", "text"), STORIES)
def test_the_sentence_that_asks_wins_over_those_that_tell(shipped: HelpDesk, entry: str, text: str) -> None:
    assert entry in shipped.ask(Query(text, f"story-{entry}", NOW)).entries
