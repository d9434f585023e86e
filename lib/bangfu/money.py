"""Money is exact: fen as 64-bit integers inside, yuan at the edges."""

from decimal import Decimal


def yuan(fen: int) -> Decimal:
    """Fen as yuan with two decimals."""
    return Decimal(int(fen)).scaleb(-2)


def fen(amount: Decimal | int | str) -> int:
    """An amount in yuan as whole fen; ValueError where it has a part of a fen."""
    exact = Decimal(str(amount)) * 100
    if exact != exact.to_integral_value():
        raise ValueError(f"{amount} yuan is not a whole number of fen")
    return int(exact)


def in_words(fen_value: int, lang: str = "zh") -> str:
    """`1,234.50元`, `1,234.50 yuan`."""
    return f"{yuan(fen_value):,.2f}" + (" yuan" if lang == "en" else "元")
