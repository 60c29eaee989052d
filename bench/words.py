"""What people write, roughly: phrases drawn with a steep distribution, some in English, and a few marked words.

How often the words of the fixed query set occur does not depend on how many cases there are.
"""

from __future__ import annotations

import random

_WHERE = [
    "东街",
    "西街",
    "南门口",
    "北巷",
    "中心小学旁",
    "菜市场后面",
    "老桥头",
    "三号楼下",
    "村委会门前",
    "河堤边",
    "卫生院对面",
    "车站广场",
]
_WHAT = [
    "排水沟堵了",
    "自来水发黄",
    "垃圾没人清",
    "路面塌了一块",
    "施工噪音很大",
    "油烟直接排出来",
    "电线垂得很低",
    "工资拖了三个月",
    "补偿款没有到账",
    "低保申请没有答复",
    "化粪池外溢",
    "公厕长期锁着",
    "树枝压着屋顶",
    "停车占住消防通道",
    "井盖松动",
    "桥栏杆断了",
    "证件办了两个月",
    "物业不肯退押金",
    "幼儿园收费不清",
    "医保报销被退回",
]
_SINCE = [
    "已经两个星期了",
    "上个月就报过",
    "每天晚上都这样",
    "下雨天更严重",
    "打过电话没有人来",
    "邻居们也都看见了",
]
_WANTS = [
    "请派人来看看",
    "请尽快修好",
    "希望给一个书面答复",
    "请说明由谁负责",
    "请按规定退还",
    "希望有人管一管",
]
_ENGLISH = [
    "The drain has been blocked since last month",
    "No one answered the telephone",
    "The bus stop sign fell down",
    "Water comes in when it rains",
    "The permit has been pending for weeks",
    "Please tell us who is responsible",
    "The noise goes on past midnight",
    "Rubbish is piling up behind the market.",
]

# (words in the text, share of texts, name in the query set)
MARKED = (
    ("噪音扰民", 0.30, "common"),
    ("路灯", 0.05, "two-character"),
    ("streetlight", 0.04, "english"),
    ("渗坑", 0.0008, "rare"),
)
# The fixed query set: name and what is typed.
QUERIES = {
    "rare": "渗坑",
    "common": "噪音扰民",
    "two-character": "路灯",
    "mixed": "路灯 streetlight",
    "several common": "排水沟 请派人来看看",
}


def claim(dice: random.Random) -> str:
    """What one person tells: about 110 characters."""
    said = []
    for _sentence in range(dice.choice((3, 4, 4, 5, 6))):
        # Steep: the first places and troubles of each list are by far the most frequent.
        what = _WHAT[int(len(_WHAT) * dice.random() ** 3)]
        where = _WHERE[int(len(_WHERE) * dice.random() ** 2)]
        said.append(f"{where}{dice.randrange(1, 400)}号{what}，{dice.choice(_SINCE)}。")
    if dice.random() < 0.25:
        said.append(dice.choice(_ENGLISH) + ". ")
    said.extend(f"{words}。" for words, share, _name in MARKED if dice.random() < share)
    if dice.random() < 0.02:
        said.append("路灯不亮，the streetlight is out. ")
    dice.shuffle(said)
    return "".join(said)


def wants(dice: random.Random) -> str:
    return dice.choice(_WANTS)
