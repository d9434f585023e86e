"""Reading Parquet of our own. A small file is read by one thread: starting others takes longer than reading it."""

from pathlib import Path

import pandas as pd
import pyarrow as pa

_SMALL = 4 << 20  # bytes


def read_table(path: Path) -> pa.Table:
    """The file as an Arrow table."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        return file.read(use_threads=path.stat().st_size > _SMALL)


def read_frame(path: Path) -> pd.DataFrame:
    """The file as it was written by `DataFrame.to_parquet`, with the same types."""
    return read_table(path).to_pandas(use_threads=path.stat().st_size > _SMALL)
