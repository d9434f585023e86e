"""Working papers in the forms auditors use: 审计取证单, 审计工作底稿, 问题台账; as Word and Excel, for a named recipient."""
