"""Equations solved in whole numbers: the same answer on every machine, to the last digit."""


def solve(matrix: list[list[int]], right: list[int]) -> tuple[list[int], int]:
    """Solve A·x = r for a symmetric positive definite A; x is the numerators over the one denominator.

    Elimination without fractions (Bareiss 1968): each division leaves no remainder. Symmetry halves the work:
    only the upper triangle is kept.
    """
    size = len(right)
    upper = [[*matrix[i][i:], right[i]] for i in range(size)]
    before = 1
    for step in range(size - 1):
        top = upper[step]
        pivot = top[0]
        for i in range(step + 1, size):
            factor, row = top[i - step], upper[i]
            tail = top[i - step :]
            upper[i] = [
                (pivot * own - factor * above) // before for own, above in zip(row, tail, strict=True)
            ]
        before = pivot
    whole = upper[-1][0] if size else 1
    answer = [0] * size
    for i in reversed(range(size)):
        row = upper[i]
        known = sum(row[j - i] * answer[j] for j in range(i + 1, size))
        answer[i] = (whole * row[-1] - known) // row[0]
    return answer, whole
