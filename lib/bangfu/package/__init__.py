"""The evidence package: a county-year or a case with everything it rests on, sealed so that any change is named.

A package is a BagIt bag whose payload is a Workflow Run RO-Crate, with a signed statement beside it; one folder, or one zip of it.
"""

# Files beside the payload that the statement consists of; they cannot stand in the tag manifests, whose digests they sign.
STATEMENT, SIGNATURE, SIGNER = "statement.json", "statement.sig", "signer.pem"
# Folders of the payload.
RUN, PARAMS, INPUTS, REVIEWS, PAPERS, CASE, WORKFLOW, CODE, ENVIRONMENT = ("run", "params", "inputs", "reviews", "papers", "case", "workflow", "code", "environment")
