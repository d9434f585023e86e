"""Invented names of people and places: no real person, town or office is meant."""
from __future__ import annotations

import numpy as np
import pandas as pd

SURNAMES = np.array(list("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜"))
MALE = np.array(list("伟强磊军洋勇杰涛明超刚平辉健波斌宇浩凯亮栋晨峰庆东海山春林生成文武志国民安康富顺有福德义"))
FEMALE = np.array(list("芳娟敏静丽艳霞秀兰玲燕红梅莉桂英华慧巧美娜云莲真环雪荣爱妹香月莺媛瑞凡佳嘉琼勤珍贞"))
PLANTS = list("柳枫竹桐荷芦槐榆杏莲桂蒲菱茅")
WATERS = list("岸渡埠浦洲塘泽滩汀堰")
HOMES = ["家庄", "家沟", "家洼", "家屯", "家岭", "家湾", "家集", "家堡", "家坡", "家店"]
OFFICES = ["财政局", "教育局", "民政局", "林业局", "水务局", "农业农村局", "审计局", "统计局", "档案馆", "气象局", "人社局", "卫健局",
           "交通局", "住建局", "文旅局", "商务局", "医保局", "应急局", "司法局", "总工会", "团委", "妇联", "残联", "科协", "供销社",
           "图书馆", "党校", "税务局", "烟草局", "邮政局", "粮食局", "广播电视台"]
SERVICES = ["中心小学", "第一中学", "卫生院", "农技站", "水管站", "林业站", "财政所", "司法所", "信用社", "供电所", "文化站", "敬老院"]
BRANDS = ["恒泽", "同兴", "北辰", "惠禾", "宏垦", "永畅", "民筑", "青禾", "远山", "立信", "大成", "顺和", "长宁", "金穗", "众诚", "广源"]


def people(rng: np.random.Generator, sex: np.ndarray, surnames: np.ndarray | None = None) -> np.ndarray:
    """One invented name per person; sex is 男 or 女; surnames are drawn where none are given."""
    n = len(sex)
    surnames = rng.choice(SURNAMES, n) if surnames is None else surnames
    first = np.where(sex == "男", rng.choice(MALE, n), rng.choice(FEMALE, n))
    second = np.where(sex == "男", rng.choice(MALE, n), rng.choice(FEMALE, n))
    short = rng.random(n) < 0.2
    return np.array([a + b + ("" if s else c) for a, b, c, s in zip(surnames, first, second, short)], dtype=object)


def towns(rng: np.random.Generator, n: int) -> list[str]:
    """n different town names."""
    stems = [plant + water for plant in PLANTS for water in WATERS]
    picked = rng.permutation(len(stems))[:n]
    kinds = rng.choice(["镇", "镇", "乡", "街道"], n)
    return [stems[i] + kind for i, kind in zip(picked, kinds)]


def villages(rng: np.random.Generator, n: int) -> list[str]:
    """n different village names within one town."""
    stems = [surname + home for surname in SURNAMES for home in HOMES]
    return [stems[i] + "村" for i in rng.permutation(len(stems))[:n]]


def units(county: str, town_names: list[str], n: int) -> list[str]:
    """n different workplaces of officials: county offices first, then services of the towns."""
    offices = [county + office for office in OFFICES]
    services = [town + service for town in town_names for service in SERVICES]
    branches = [f"{office}第{i}分局" for i in range(1, 2 + n // 30) for office in offices]
    return (offices + services + branches)[:n]


def contractors(county: str, n: int) -> list[str]:
    """n different firms."""
    kinds = ["建设工程有限公司", "农业发展有限公司", "水利工程有限公司", "园林工程有限公司"]
    firms = [county[:2] + brand + kind for kind in kinds for brand in BRANDS]
    return (firms + [f"{firm}第{i}分公司" for i in range(1, 2 + n // 60) for firm in firms])[:n]


def phones(start: int, n: int) -> np.ndarray:
    """n different telephone numbers in a range that no operator gives out (1990...)."""
    numbers = (np.arange(start, start + n, dtype=np.int64) * 3_571_423 + 1_204_567) % 9_999_991
    return np.array([f"1990{number:07d}" for number in numbers], dtype=object)


def accounts(prefix: str, start: int, n: int) -> np.ndarray:
    """n different bank account numbers, scattered over the range of the prefix."""
    numbers = (np.arange(start, start + n, dtype=np.int64) * 7_919_047 + 40_503_721) % 999_999_937
    return np.array([f"{prefix}{number:09d}" for number in numbers], dtype=object)


def text(values) -> pd.Series:
    """A text column in the dtype of the typed tables."""
    return pd.Series(values, dtype="str")
