"""The page for whoever receives a package: what it is, and how to check it with what every system has."""

from pathlib import Path

from bangfu.package.crate import README

_PAGE = """# {name}{year}年度结对帮扶审计证据包

内容:{holds}。运行编号:{run}。领取人:{recipient}。未脱敏,请勿转交。

核对(在本文件上一级文件夹中,不需要 bangfu):

```
sha256sum -c --quiet manifest-sha256.txt
sha256sum -c --quiet tagmanifest-sha256.txt
sha256sum tagmanifest-sha256.txt      # 应等于 statement.json 中的 sha256
openssl pkeyutl -verify -pubin -inkey signer.pem -rawin -in statement.json -sigfile statement.sig
openssl pkey -pubin -in signer.pem -outform DER | tail -c 32 | sha256sum | cut -c 1-32   # 签名人指纹,请与签名人当面核对
```

或用 bangfu:`bangfu verify 本证据包 --signer 指纹`,会逐一说出被改动、添加、删除、改名的文件。

各文件夹:`run` 运行结果;`params` 县参数、政策包、评分卡;`environment` 程序版本和运行环境;`workflow` 流程和笔记本原件;`reviews` 核实记录;
`papers` 取证单和底稿;`inputs` 原始文件(`=3A` 这类写法代表不能作文件名的字符);`inputs.sha256` 原始文件摘要;`case` 案件疑点及所依据的行;`code` 源代码。

---

# Evidence package: audit of paired assistance, {county}, {year}

Holds: {holds_en}. Run: {run}. Recipient: {recipient_en}. Not masked; not to be passed on.

The commands above check it with standard tools, in the folder above this file: every file by its digest, the lists of digests by theirs, the signature of the
statement, and the signer's fingerprint, which is to be compared with the one the signer tells you. `bangfu verify` names every file that was
changed, added, removed or renamed.
"""
_HOLDS = {"case": ("案件的疑点、所依据的行和底稿", "the findings of a case, the rows they rest on, and papers"), "county-year": ("一个县年度的全部结果", "everything of a county-year")}


def write_readme(data: Path, name: str, told: dict) -> None:
    """told: what the statement says of the package."""
    from bangfu.typography import chinese_marks

    zh, en = _HOLDS[told["holds"]]
    recipient = told["recipient"]
    words = {**told, "name": name, "holds": zh, "holds_en": en, "recipient": recipient or "未指定(打包人留存)", "recipient_en": recipient or "none named (kept by the one who packed it)"}
    chinese, rule, english = _PAGE.partition("\n---\n")
    head, fence, rest = chinese.format(**words).partition("```")
    commands, end, tail = rest.partition("```")
    (data / README).write_bytes((chinese_marks(head) + fence + commands + end + chinese_marks(tail) + rule + english.format(**words)).encode())
