"""Registered households held against the registers of other departments (十一不评)."""

import pandas as pd

from bangfu.findings import Found, found
from bangfu.parameters import Count, Texts, named
from bangfu.rules.catalogue import rule
from bangfu.sample.planting import planted

MEMBER = ["household_id", "id_number"]


def _people(members: pd.DataFrame) -> pd.DataFrame:
    """Each person once in each household that lists them; a person of two households stands in both."""
    return members.dropna(subset=MEMBER).drop_duplicates(MEMBER)


def _matched(members: pd.DataFrame, register: pd.DataFrame) -> pd.DataFrame:
    """The register's entries of members: household_id, the register's columns and `origin`, `origin_member`."""
    entries = register.dropna(subset="id_number")
    return _people(members).merge(entries, on="id_number", suffixes=("_member", "")).sort_values(["household_id", "origin"])


@rule(
    "CM-01",
    title="贫困户名下有机动车",
    severity="high",
    subject="household_id",
    reads={"members": MEMBER, "vehicles": ["id_number", "vehicle_type", "registered_on"]},
)
def owns_a_vehicle(members, vehicles, *, exempt_vehicles: named(Texts, "不计的车辆类型", "vehicle types not counted")) -> Found:
    """A member of a registered household has a motor vehicle in their name.

    查什么:贫困户成员名下登记有机动车。
    方法:成员证件号码在车辆登记中,且车辆类型不含不计车辆的字样(见参数,如摩托)。
    理由:家庭成员购置小车的户不评为贫困户,有车而在册可能是识别不准。
    不含:没有证件号码的成员、没有车辆类型的登记(计为未评估);摩托车等不计车辆。
    前提:登记即视为拥有,不看登记日期;报废、过户未办、残疾人专用等情形由审计人员核实。
    """
    cars = _matched(members, vehicles)
    motorcycle = pd.Series(False, index=cars.index)
    for word in exempt_vehicles:
        motorcycle |= cars["vehicle_type"].str.contains(word, regex=False).fillna(False).astype(bool)
    typed = cars["vehicle_type"].notna()
    return found(
        cars[typed & ~motorcycle],
        subject="household_id",
        zh="家庭成员名下有机动车登记{count}条,其中{vehicle_type}于{registered_on:day}登记。",
        en="The members have {count} entries in the vehicle register, among them a {vehicle_type} registered on {registered_on:day}.",
        origins=["origin", "origin_member"],
        assessed=members["id_number"].notna(),
        unassessed=int((~typed).sum()),
    )


@planted("CM-01", share=0.006)
def car_owner(county, n):
    """A car in the name of a member; motorcycles of others stay what they are."""
    owners = _one_of_each(county, county.take("households", n))
    rngs = [county.rng_of(person) for person in owners["id_number"]]
    county.add(
        "vehicles",
        id_number=owners["id_number"].tolist(),
        plate=[f"{county.name[0]}Z{rng.integers(10_000, 99_999)}" for rng in rngs],
        vehicle_type=[("小型轿车", "小型普通客车", "轻型货车")[rng.integers(3)] for rng in rngs],
        registered_on=[pd.Timestamp(county.year - 1 - int(rng.integers(5)), 6, 1) for rng in rngs],
    )
    return owners["household_id"]


def _one_of_each(county, homes: pd.DataFrame) -> pd.DataFrame:
    """The last-named adult of each household, so that it is not always the head."""
    members = county.tables["members"]
    adult = members["born_on"] < county.day(1, 1) - pd.DateOffset(years=18)
    return members[adult & members["household_id"].isin(homes["household_id"])].drop_duplicates("household_id", keep="last")


@rule(
    "CM-02",
    title="贫困户有多处房产",
    severity="high",
    subject="household_id",
    reads={"members": MEMBER, "properties": ["id_number", "certificate_no"]},
)
def owns_several_properties(members, properties, *, min_properties: named(Count, "房产处数界限", "number of properties")) -> Found:
    """The members of a registered household hold several entries in the real-estate register.

    查什么:一户成员名下合计有多处房产登记。
    方法:户内成员证件号码在房产登记中的条数合计达到规定条数。
    理由:有多处房产的户不评为贫困户。
    不含:没有证件号码的成员(计为未评估);全户只有一条登记的。
    前提:按登记条数计,夫妻共有或同一权证重复登记的也各计一条,句中另列权证数供核对;不看面积、坐落和登记日期。
    """
    entries = _matched(members, properties)
    homes = entries.groupby("household_id").agg(entries=("origin", "size"), certificates=("certificate_no", "nunique"))
    several = homes[homes["entries"] >= min_properties]
    return found(
        entries.merge(several, left_on="household_id", right_index=True),
        subject="household_id",
        zh="家庭成员在房产登记中共有{entries}条登记,权证{certificates}个。",
        en="The members hold {entries} entries in the real-estate register, under {certificates} certificates.",
        origins=["origin", "origin_member"],
        assessed=members["id_number"].notna(),
    )


@planted("CM-02", share=0.005)
def second_home(county, n):
    """Two entries of one person, or one more in a household that has one; households with one entry are no case."""
    register, members = county.tables["properties"], county.tables["members"]
    with_one = members.loc[members["id_number"].isin(register["id_number"]), "household_id"]
    homes = county.take("households", n)
    owners = _one_of_each(county, homes)
    entries = owners.loc[owners.index.repeat([1 if h in set(with_one) else 2 for h in owners["household_id"]])]
    county.add(
        "properties",
        id_number=entries["id_number"].tolist(),
        certificate_no=[f"不动产第{county.rng_of(p).integers(10**6, 10**7)}{i}号" for p, i in zip(entries["id_number"], entries.groupby("id_number").cumcount(), strict=True)],
        area=[float(county.rng_of(p).integers(60, 140)) for p in entries["id_number"]],
        location=f"{county.name}城区",
        registered_on=pd.Timestamp(county.year - 2, 3, 1),
    )
    return owners["household_id"]


@rule(
    "CM-03",
    title="贫困户经商办企业",
    severity="high",
    subject="household_id",
    reads={"members": MEMBER, "businesses": ["id_number", "business_name", "position", "registration_status"]},
)
def runs_a_business(members, businesses, *, in_business: named(Texts, "视为在营的登记状态", "registration status that counts as in business")) -> Found:
    """A member of a registered household stands in the business register with a business that exists.

    查什么:贫困户成员经商办企业。
    方法:成员证件号码在工商登记中,且登记状态属于在营的状态(见参数,如存续)。
    理由:经商户不评为贫困户。
    不含:没有证件号码的成员、没有登记状态的登记(计为未评估);注销、吊销的企业。
    前提:个体工商户和企业都算,任何职务都算;合作社社员、挂名等情形由审计人员核实。
    """
    shops = _matched(members, businesses)
    stated = shops["registration_status"].notna()
    return found(
        shops[shops["registration_status"].isin(in_business)],
        subject="household_id",
        zh="家庭成员在工商登记中有{count}条记录,其中{business_name}({position}),登记状态{registration_status}。",
        en="Members stand {count} times in the business register, among them as {position} of {business_name}, status {registration_status}.",
        origins=["origin", "origin_member"],
        assessed=members["id_number"].notna(),
        unassessed=int((~stated).sum()),
    )


@planted("CM-03", share=0.005)
def shopkeeper(county, n):
    """A business that exists; others of the county were struck off."""
    status = county.parameter("CM-03", "in_business", ("存续",))[0]
    owners = _one_of_each(county, county.take("households", n))
    county.add(
        "businesses",
        id_number=owners["id_number"].tolist(),
        business_name=[f"{name}商店" for name in owners["name"]],
        position="经营者",
        registered_capital=5_000_000,
        founded_on=pd.Timestamp(county.year - 3, 5, 1),
        registration_status=status,
    )
    return owners["household_id"]


@rule(
    "CM-04",
    title="贫困户有财政供养人员",
    severity="high",
    subject="household_id",
    reads={"members": MEMBER, "payroll": ["id_number", "unit"]},
)
def on_the_payroll(members, payroll) -> Found:
    """A member of a registered household is on the public payroll.

    查什么:贫困户成员是财政供养人员。
    方法:成员证件号码在财政供养人员名册中。
    理由:有财政供养人员的家庭有稳定收入,一般不应在册。
    不含:没有证件号码的成员(计为未评估)。
    前提:名册上的人都算,临时聘用、公益性岗位等情形由审计人员核实。
    """
    return found(
        _matched(members, payroll),
        subject="household_id",
        zh="家庭成员中有财政供养人员,工作单位{unit}。",
        en="A member is on the public payroll, at {unit}.",
        origins=["origin", "origin_member"],
        assessed=members["id_number"].notna(),
    )


@planted("CM-04", share=0.005)
def official_in_the_household(county, n):
    """A member on the payroll of one of the offices that are there already."""
    owners = _one_of_each(county, county.take("households", n))
    units = county.tables["payroll"]["unit"].dropna().drop_duplicates().sort_values().tolist()
    county.add(
        "payroll",
        id_number=owners["id_number"].tolist(),
        name=owners["name"].tolist(),
        unit=[units[county.rng_of(person).integers(len(units))] for person in owners["id_number"]],
    )
    return owners["household_id"]
