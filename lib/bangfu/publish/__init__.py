"""What a run publishes: HTML, PDF and Word reports, the workbook of working papers, and the masking of personal data."""


def publish(chosen, county):
    """Publish what the notebooks of a county-year show; see `bangfu.publish.publication.publish`."""
    # Notebooks import tables and charts from here; they need none of the exporters.
    from bangfu.publish.publication import publish

    return publish(chosen, county)
