"""What relations are called: what stands before a number, roles of persons, and the sentence that each kind of statement is."""

# What stands before the number of a node; persons, companies and addresses have a name of their own.
NODE = {
    "person": ("", ""), "household": ("贫困户", "household"), "company": ("", ""), "account": ("账户", "account"),
    "phone": ("电话", "telephone"), "address": ("", ""), "project": ("项目", "project"),
}  # fmt: skip
ROLE = {
    "member": ("贫困户成员", "household member"), "head": ("户主", "head of household"), "helper": ("帮扶责任人", "helper"), "payroll": ("财政供养人员", "on the public payroll"),
    "representative": ("施工单位法定代表人", "contractor's legal representative"), "business": ("工商登记人员", "in the business register"), "vehicle": ("车辆所有人", "vehicle owner"),
    "property": ("房产所有人", "property owner"), "dead": ("死亡登记人员", "in the death register"), "beneficiary": ("补助受益人", "beneficiary"), "holder": ("账户户名", "account holder"),
    "applicant": ("支出申请人", "applicant"), "approver": ("支出审批人", "approver"),
}  # fmt: skip
STEP = {
    "member_of": ("{a}是{b}的成员", "{a} is a member of {b}"),
    "phone_of": ("{a}的联系方式是{b}", "{a} has {b}"),
    "account_of": ("{a}使用{b}", "{a} has {b}"),
    "paid_into": ("{a}的补助发入{b}", "benefits of {a} go to {b}"),
    "represents": ("{a}是{b}的法定代表人", "{a} is the legal representative of {b}"),
    "position_in": ("{a}在{b}登记任职", "{a} is registered with {b}"),
    "property_at": ("{a}的房产坐落于{b}", "{a} has property at {b}"),
    "helps": ("{a}是{b}的帮扶责任人", "{a} is the helper of {b}"),
    "contract": ("{a}承建{b}", "{a} is the contractor of {b}"),
    "applied": ("{a}申请{b}的支出", "{a} applied for spending on {b}"),
    "approved": ("{a}审批{b}的支出", "{a} approved spending on {b}"),
    "same": ("{a}与{b}疑为同一人", "{a} and {b} may be the same person"),
    "same_confirmed": ("{a}与{b}经人工确认是同一人", "{a} and {b} were confirmed to be the same person"),
}
SHORT = {
    "member_of": ("户成员", "member"), "phone_of": ("电话", "telephone"), "account_of": ("账户", "account"), "paid_into": ("补助", "benefits"), "represents": ("法定代表人", "represents"),
    "position_in": ("任职", "position"), "property_at": ("房产", "property"), "helps": ("帮扶", "helps"), "contract": ("承建", "contract"), "applied": ("申请", "applied"), "approved": ("审批", "approved"),
    "same": ("疑为同一人", "the same?"), "same_confirmed": ("确认同一人", "the same"),
}  # fmt: skip
STANDS = ("{name}是{role}", "{name}: {role}")
BASIS = {True: ("证件号码相同", "the same id number"), False: ("户编号和姓名相同", "the same household and name")}
STATUS = {
    "exact": ("号码一致", "numbers agree"),
    "confirmed": ("经人工确认", "confirmed by a person"),
    "suggested": ("疑似,待确认", "suggested, to be confirmed"),
    "doubtful": ("号码一致但须核实", "numbers agree, to be checked"),
}
DOUBT = {
    "names": ("同一证件号码下有不同姓名({names}),须核实", "different names stand beside one id number ({names}): to be checked"),
    "check": ("证件号码校验位不符,只在姓名相同时视为同一人,须核实", "the check character of the id number is wrong; rows were joined only where the name agrees: to be checked"),
}


def said(pair: tuple[str, str], lang: str) -> str:
    return pair[lang == "en"]
