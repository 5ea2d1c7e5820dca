"""Appeals (khiếu nại) against published results: filed by authors, answered by people without a stake in them."""
