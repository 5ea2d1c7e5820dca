"""The council of a locked round: findings, cases, amended sheets, votes; what it decides becomes the minutes."""
