"""Every table, imported once: for migrations, and so that relationships find each other."""

import app.accounts.models
import app.campaigns.models
import app.core.events
import app.core.jobs
import app.core.numbers
import app.core.stored_files
import app.finals.facts
import app.finals.models
import app.ideas.facts
import app.ideas.models
import app.initiatives.models
import app.judging.evening.calibration.facts
import app.judging.facts
import app.judging.models
import app.judging.paper.facts
import app.judging.paper.models
import app.mail.models
import app.moderation.models
import app.results.appeals.facts
import app.results.appeals.models
import app.results.council.facts
import app.results.council.models
import app.results.facts
import app.results.models  # noqa: F401
